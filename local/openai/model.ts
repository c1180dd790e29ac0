/**
 * The model: reads what the user said last and answers it, as a Responses event stream.
 * It follows one kind of order (“Reply with exactly: …”, “Reply with OK”) and otherwise says what
 * it is; it calls no tools. Pure: the same request and ids give the same stream.
 */
import type { CodexResponsesRequest } from '#schemas/wire/codex.ts';

export const STAND_IN_SENTENCE =
  'This is a stand-in for OpenAI on this machine: no language model is behind it. ' +
  '이 응답은 이 컴퓨터의 OpenAI 대역이 보냈으며, 실제 언어 모델이 아닙니다.';

const EXACT_ORDER = /reply with exactly:[^\S\n]*(\S[^\n]*)/i;
const ONE_WORD_ORDER = /\breply with (?:only |just )?["'`]?([A-Za-z0-9_-]{1,64})["'`]?(?=[.\s]|$)/i;
const ANSWER_LIMIT_CHARS = 2000;

/**
 * What the user has said since the last answer, newest first. A client may send several messages
 * for one turn: OpenClaw puts a block of its own context after the person's words.
 */
export function openUserTexts(input: CodexResponsesRequest['input']): readonly string[] {
  if (typeof input === 'string') return [input];
  const lastAnswer = input.findLastIndex((item) => item.role === 'assistant');
  return input
    .slice(lastAnswer + 1)
    .filter((item) => item.role === 'user')
    .map(({ content }) =>
      typeof content === 'string'
        ? content
        : (content ?? []).map((part) => part.text ?? '').join('\n'),
    )
    .reverse();
}

/** What the stand-in says: it obeys the newest order among the texts, if there is one. */
export function answerTo(newestFirst: readonly string[]): string {
  for (const text of newestFirst) {
    const exact = EXACT_ORDER.exec(text)?.[1];
    if (exact !== undefined) return unquote(exact.trim()).slice(0, ANSWER_LIMIT_CHARS);
    const word = ONE_WORD_ORDER.exec(text)?.[1];
    if (word !== undefined) return word;
  }
  return STAND_IN_SENTENCE;
}

function unquote(text: string): string {
  return /^(["'`])(.*)\1$/.exec(text)?.[2] ?? text;
}

export interface Turn {
  readonly responseId: string;
  readonly messageId: string;
  readonly model: string;
  readonly createdAtSeconds: number;
  readonly promptChars: number;
  readonly answer: string;
}

interface StreamEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The events of one finished turn, in the vendor's order. */
export function turnEvents(turn: Turn): readonly StreamEvent[] {
  const place = { item_id: turn.messageId, output_index: 0, content_index: 0 };
  const part = { type: 'output_text', text: turn.answer, annotations: [] };
  const item = {
    id: turn.messageId,
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [part],
  };
  const response = {
    id: turn.responseId,
    object: 'response',
    created_at: turn.createdAtSeconds,
    model: turn.model,
    error: null,
    incomplete_details: null,
  };
  const begun = { ...response, status: 'in_progress', output: [], usage: null };
  const ended = { ...response, status: 'completed', output: [item], usage: usageOf(turn) };
  return [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
    ...pieces(turn.answer).map((delta) => ({
      type: 'response.output_text.delta',
      ...place,
      delta,
    })),
    { type: 'response.output_text.done', ...place, text: turn.answer },
    { type: 'response.content_part.done', ...place, part },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: ended },
  ].map((event, index) => ({ ...event, sequence_number: index }));
}

/** Server-sent-event frames; the event name repeats the type, as the vendor does. */
export function toFrames(events: readonly StreamEvent[]): readonly string[] {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

/** About four characters a token: an estimate, said to be one nowhere else. */
function usageOf(turn: Turn): Record<string, unknown> {
  const input = Math.ceil(turn.promptChars / 4);
  const output = Math.max(1, Math.ceil(turn.answer.length / 4));
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  };
}

/** Words with the space before them, so that a reader sees a stream and not one block. */
function pieces(text: string): readonly string[] {
  return text.match(/\s*\S+\s*$|\s*\S+/g) ?? [text];
}
