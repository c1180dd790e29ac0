import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTime } from '../kernel/time.ts';
import { column } from './samples.ts';
import { fromStored, grouped, normaliseDate, structureProblem, toStored } from './values.ts';

const columns = new Map(
  [
    column('title', { required: true }),
    column('n', { type: 'integer', size: 0, min: 0, max: 1000 }),
    column('big', { type: 'integer', size: 0 }),
    column('at', { type: 'datetime', size: 0 }),
    column('mail', { format: 'email', size: 254 }),
    column('link', { format: 'url', size: 2000 }),
    column('ip', { format: 'ip', size: 39 }),
    column('tags', { array: true, size: 5 }),
    column('where', { type: 'point', size: 0 }),
    column('constructor'),
  ].map((entry) => [entry.key, entry]),
);
const problem = (data: Record<string, unknown>, partial = true): string | undefined =>
  structureProblem(columns, data, partial);

describe('structure', () => {
  test('a missing required column is missed on create, not on update', () => {
    expect(problem({}, false)).toBe('Missing required attribute "title"');
    expect(problem({}, true)).toBeUndefined();
    expect(problem({ title: null }, true)).toBe('Missing required attribute "title"');
  });
  test('a column may be named like something every object inherits', () => {
    expect(problem({ title: 'x' }, false)).toBeUndefined();
    expect(problem({ toString: 'x' })).toBe('Unknown attribute: "toString"');
  });
  test('length counts characters, not bytes or UTF-16 units', () => {
    expect(problem({ title: '가'.repeat(40) })).toBeUndefined();
    expect(problem({ title: '🙂'.repeat(40) })).toBeUndefined();
    expect(problem({ title: '🙂'.repeat(41) })).toContain('no longer than 40 chars');
  });
  test.each([
    [{ n: 1001 }, 'range between 0 and 1,000'],
    [{ n: true }, '32-bit integer'],
    [{ big: 1e300 }, '64-bit integer'],
    [{ at: '2026-02-30T00:00:00' }, 'valid date'],
    [{ at: '0999-12-31T00:00:00Z' }, 'valid date'],
    [{ mail: 'a@b' }, 'valid email'],
    [{ mail: 'a b@example.com' }, 'valid email'],
    [{ link: 'example.com' }, 'valid URL'],
    [{ ip: '300.1.1.1' }, 'valid IP'],
    [{ tags: ['ok', 'too long'] }, `tags['1']`],
    [{ tags: 'x' }, 'must be an array'],
    [{ where: [1] }, 'must be a point'],
  ])('%j is refused', (data, text) => {
    expect(problem(data)).toContain(text);
  });
});

describe('dates', () => {
  test.each([
    ['2001-02-03T13:05:06.789+09:00', '2001-02-03T04:05:06.789+00:00'],
    ['2001-02-03 04:05:06', '2001-02-03T04:05:06.000+00:00'],
    ['2001-02-03', '2001-02-03T00:00:00.000+00:00'],
    ['2001-02-03T04:05:06.789123Z', '2001-02-03T04:05:06.789+00:00'],
  ])('%s is kept in UTC', (text, expected) => {
    expect(normaliseDate(text)).toBe(expected);
  });
  test('every moment the server writes is read back unchanged', () => {
    const moment = fc.integer({ min: Date.UTC(1000, 0), max: Date.UTC(9999, 0) });
    fc.assert(
      fc.property(moment, (epochMs) => normaliseDate(formatTime(epochMs)) === formatTime(epochMs)),
    );
  });
});

describe('storage', () => {
  test('valid values come back as they went', () => {
    const flag = column('f', { type: 'boolean', size: 0 });
    for (const value of [true, false, null])
      expect(fromStored(flag, toStored(flag, value))).toBe(value);
    const tags = column('t', { array: true });
    fc.assert(
      fc.property(fc.array(fc.string()), (value) => {
        expect(fromStored(tags, toStored(tags, value))).toEqual(value);
      }),
    );
  });
  test('bounds are written with commas', () => {
    expect([grouped(-1234567), grouped(999), grouped(1000.5)]).toEqual([
      '-1,234,567',
      '999',
      '1,000.5',
    ]);
  });
});
