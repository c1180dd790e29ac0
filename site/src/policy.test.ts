import { expect, test } from 'vitest';
import { connectSources, narrowPolicy } from '../deploy/policy.ts';

const page = `<meta content="default-src 'none'; connect-src 'self' https: wss:; script-src 'self'">`;

test('a deployed page may reach its own API and runtimes and nothing else', () => {
  const sources = connectSources({
    endpoint: 'https://api.example.com/v1',
    runtimeOrigin: 'https://*.runtimes.example.com',
  });
  const narrowed = narrowPolicy(page, sources);
  expect(narrowed).toContain(
    "connect-src 'self' https://api.example.com wss://api.example.com " +
      "https://*.runtimes.example.com; script-src 'self'",
  );
  expect(narrowPolicy(narrowed, sources)).toBe(narrowed);
});

test('a page without a policy is not shipped', () => {
  expect(() => narrowPolicy('<html></html>', [])).toThrow('connect-src');
});
