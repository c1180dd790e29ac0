import { expect, test } from 'vitest';
import { narrowPolicy, sourcesOf } from '../deploy/policy.ts';

const page =
  `<meta content="default-src 'none'; connect-src 'self' https: wss:; ` +
  `form-action 'self' https:; script-src 'self'">`;

const sources = sourcesOf({
  endpoint: 'https://api.example.com/v1',
  runtimeOrigin: 'https://*.runtimes.example.com',
});

test('a deployed page may reach its own API and runtimes and nothing else', () => {
  const narrowed = narrowPolicy(page, sources);
  expect(narrowed).toContain(
    "connect-src 'self' https://api.example.com wss://api.example.com " +
      'https://*.runtimes.example.com; ',
  );
  expect(narrowPolicy(narrowed, sources)).toBe(narrowed);
});

test('a deployed page may post a form to its own runtimes and to nobody else', () => {
  expect(narrowPolicy(page, sources)).toContain(
    "form-action 'self' https://*.runtimes.example.com; script-src 'self'",
  );
});

test.each(['connect-src', 'form-action'])('a page without %s is not shipped', (name) => {
  const without = page.replace(name, 'other-src');
  expect(() => narrowPolicy(without, sources)).toThrow(name);
});
