import { expect, test } from 'vitest';
import { MAX_LINE_CHARS, MAX_LOG_CHARS } from './contract.ts';
import { NATIVE_LOG_NOTE, createLineSink, formatLine } from './lines.ts';

test('objects become JSON, errors their stack, long lines are cut', () => {
  expect(formatLine({ a: 1 })).toBe('{"a":1}');
  expect(formatLine(new Error('boom'))).toContain('boom');
  expect(formatLine('x'.repeat(20_000))).toHaveLength(MAX_LINE_CHARS + 1);
});

test('a chatty function is cut off at the limit of its stream', () => {
  let chars = 0;
  const sink = createLineSink(true, (_stream, text) => {
    chars += text.length;
  });
  for (let line = 0; line < 200; line += 1) sink.write('log', 'x'.repeat(8_000));
  expect(chars).toBeLessThanOrEqual(MAX_LOG_CHARS);
});

test('console output is kept and announced once; nothing follows the end', () => {
  const lines: string[] = [];
  const sink = createLineSink(true, (_stream, text) => lines.push(text));
  sink.native(['a', { b: 1 }]);
  sink.native(['c']);
  sink.end();
  sink.write('log', 'late');
  expect(lines).toEqual([NATIVE_LOG_NOTE, 'a {"b":1}', 'c']);
});

test('switched off, nothing is kept', () => {
  const lines: string[] = [];
  createLineSink(false, (_stream, text) => lines.push(text)).write('log', 'x');
  expect(lines).toEqual([]);
});
