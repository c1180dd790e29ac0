import { expect, it } from 'vitest';
import { loginPatterns, redactPatterns } from './redaction.ts';

const masked = (text: string): string =>
  loginPatterns.reduce((left, pattern) => left.replace(new RegExp(pattern, 'gi'), '***'), text);

it.each([
  ['Auth profile: openai:a.b+c@mail.example (openai/oauth)', 'Auth profile: *** (openai/oauth)'],
  ['{"profileId":"openai-codex:a@mail.example"}', '{"profileId":"***"}'],
  ['\n\nhttps://auth.openai.com/oauth/authorize?state=ab&x=y\n', '\n\n***\n'],
])('masks what a login prints: %j', (said, shown) => {
  expect(masked(said)).toBe(shown);
});

it.each(['write to a@mail.example', 'openai: hello', 'https://auth.openai.com/codex/device'])(
  'leaves alone what an agent works with: %j',
  (text) => {
    expect(masked(text)).toBe(text);
  },
);

it("keeps the customer's patterns and OpenClaw's own, each once, whatever stood there", () => {
  const first = redactPatterns(undefined);
  expect(first.length).toBeGreaterThan(120);
  expect(redactPatterns(['mine', 7, null, ...first])).toEqual([...first, 'mine']);
  expect(redactPatterns(first)).toEqual(first);
  expect(redactPatterns('nonsense')).toEqual(first);
});
