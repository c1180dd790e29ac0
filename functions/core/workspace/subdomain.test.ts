import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkSubdomain, runtimeName } from './subdomain.ts';

test('what passes is a DNS label, also numbered, and passes again', () => {
  const typed = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.stringMatching(/^[a-zA-Z0-9-]{1,34}$/),
    fc.stringMatching(/^ ?[a-z0-9]{1,3}-{1,2}[a-z0-9]{1,6} ?$/),
  );
  fc.assert(
    fc.property(typed, fc.integer({ min: 1, max: 200 }), (text, place) => {
      const checked = checkSubdomain(text);
      if (!checked.ok) return;
      const label = runtimeName(checked.name, place);
      expect(label).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/);
      expect(label.slice(2, 4)).not.toBe('--');
      expect(checkSubdomain(checked.name)).toEqual(checked);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  [' Acme ', 'acme'],
  ['a1b', 'a1b'],
  ['my-team-7', 'my-team-7'],
  ['a'.repeat(30), 'a'.repeat(30)],
])('%s may be claimed as %s', (typed, name) => {
  expect(checkSubdomain(typed)).toEqual({ ok: true, name });
});

test.each(['www', 'Api', 'operator', 'runtimes', 'wpad', 'localhost', 'mail-3'])(
  '%s is kept for ourselves',
  (typed) => {
    expect(checkSubdomain(typed)).toMatchObject({ ok: false, code: 'subdomain_reserved' });
  },
);

test.each([
  '',
  'ab',
  'a.b',
  'a_b',
  'a b',
  '-abc',
  'abc-',
  'ab--cd',
  'xn--3e0b707e',
  'émile',
  '한글이름',
])('%s is no name', (typed) => {
  expect(checkSubdomain(typed)).toMatchObject({ ok: false, code: 'subdomain_invalid' });
});
