import { describe, expect, test } from 'vitest';
import { logLinesAtMost } from '#schemas/contract/watch.ts';
import { addLines, findLines, textOfLines } from './log-lines.ts';

const line = (text: string, source = 'gateway') =>
  ({ at: '2026-11-27T01:02:03.000Z', level: 'info', source, text }) as const;

describe('lines of the log', () => {
  test('are numbered on, and the oldest go', () => {
    const first = addLines([], [line('a'), line('b')]);
    const all = addLines(
      first,
      Array.from({ length: logLinesAtMost }, () => line('c')),
    );
    expect(all).toHaveLength(logLinesAtMost);
    expect(all[0]?.id).toBe(3);
    expect(all.at(-1)?.id).toBe(logLinesAtMost + 2);
  });

  test('are found by every word, in any part, however it is written', () => {
    const all = addLines([], [line('HTTP server listening'), line('준비됨', 'gateway/ws')]);
    const found = (typed: string) => findLines(all, typed).map(({ id }) => id);
    expect(found('')).toEqual([1, 2]);
    expect(found('server http')).toEqual([1]);
    expect(found('준비 ws')).toEqual([2]);
    expect(found('  info ')).toEqual([1, 2]);
    expect(found('nowhere')).toEqual([]);
  });

  test('are one text to paste', () => {
    const bare = { at: null, level: null, source: '', text: 'torn' };
    expect(textOfLines(addLines([], [line('ready'), bare]))).toBe(
      '2026-11-27T01:02:03.000Z info [gateway] ready\ntorn',
    );
  });
});
