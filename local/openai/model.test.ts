import { describe, expect, it } from 'vitest';
import { answerTo, openUserTexts, STAND_IN_SENTENCE, toFrames, turnEvents } from './model.ts';

const user = (text: string) => ({ role: 'user', content: [{ type: 'input_text', text }] });

describe('what the model hears', () => {
  it('is what the user said since the last answer, newest first', () => {
    const input = [user('old'), { role: 'assistant', content: 'said' }, user('a'), user('b')];
    expect(openUserTexts(input)).toEqual(['b', 'a']);
    expect(openUserTexts('plain')).toEqual(['plain']);
    expect(openUserTexts([{ type: 'reasoning', content: null }])).toEqual([]);
  });
});

describe('what the model says', () => {
  it.each([
    ['Reply with exactly: nonce-1', 'nonce-1'],
    ['[Mon 2026-11-23 08:26 UTC] reply with EXACTLY:  a b c \nmore', 'a b c'],
    ['Reply with exactly: "quoted text"', 'quoted text'],
    ['Reply with OK. Do not use tools.', 'OK'],
    ['Reply with only `READY`', 'READY'],
    ['Reply with exactly:', STAND_IN_SENTENCE],
    ['How are you?', STAND_IN_SENTENCE],
    ['', STAND_IN_SENTENCE],
  ])('%j', (prompt, answer) => {
    expect(answerTo([prompt])).toBe(answer);
  });

  it('obeys the newest order, even behind messages without one', () => {
    expect(answerTo(['context', 'Reply with exactly: new', 'Reply with exactly: old'])).toBe('new');
  });

  it('bounds an answer', () => {
    expect(answerTo([`Reply with exactly: ${'x'.repeat(9000)}`])).toHaveLength(2000);
  });
});

describe('the stream', () => {
  const events = turnEvents({
    responseId: 'resp_1',
    messageId: 'msg_1',
    model: 'gpt-x',
    createdAtSeconds: 1,
    promptChars: 400,
    answer: ' one  two\nthree ',
  });

  it('starts, adds one message, ends, and loses no white space', () => {
    expect(events[0]?.type).toBe('response.created');
    expect(events.at(-1)?.type).toBe('response.completed');
    expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, i) => i));
    const deltas = events.filter(({ type }) => type === 'response.output_text.delta');
    expect(deltas.map((event) => event['delta']).join('')).toBe(' one  two\nthree ');
    expect(events.at(-1)).toMatchObject({
      response: { status: 'completed', usage: { input_tokens: 100, output_tokens: 4 } },
    });
  });

  it('is framed as server-sent events', () => {
    const [first = ''] = toFrames(events);
    expect(first).toMatch(/^event: response\.created\ndata: \{.*\}\n\n$/);
  });
});
