import { expect, it } from 'vitest';
import { createLog, errorKind, limited } from './log.ts';

it('writes one line of JSON, and cuts what is long', () => {
  const lines: string[] = [];
  const log = createLog(
    (line) => lines.push(line),
    () => 0,
  );
  log('decided', { reason: 'x'.repeat(500), count: 1 });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    event: 'decided',
    reason: 'x'.repeat(200),
    count: 1,
  });
  expect(lines[0]).toMatch(/^[^\n]*\n$/);
});

it('names an error by its kind, never by its text', () => {
  expect(errorKind(new TypeError('canary'))).toBe('TypeError');
  expect(errorKind(Object.assign(new Error('canary'), { code: 'EADDRINUSE' }))).toBe('EADDRINUSE');
  expect(errorKind('canary')).toBe('unknown');
});

it('does not let strangers fill the disk', () => {
  const events: string[] = [];
  let nowMs = 0;
  const log = limited((event) => events.push(event), { linesPerMinute: 3, now: () => nowMs });
  for (let index = 0; index < 100; index += 1) log('refused');
  expect(events).toEqual(['refused', 'refused', 'refused', 'lines_suppressed']);
  nowMs = 60_000;
  log('refused');
  expect(events).toHaveLength(5);
});
