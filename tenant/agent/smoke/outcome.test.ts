import { expect, it } from 'vitest';
import { isNonceAnswer, smokeMessage, turnProblem, verifyProblem } from './outcome.ts';

const nonce = 'Nonce0123456789abcdef';

it.each([
  [[nonce], true],
  [[`"${nonce}".`], true],
  [[`\`${nonce}\`\n`], true],
  [['', nonce, ' '], true],
  [['thinking', nonce], true],
  [[`Sorry, I cannot. You wrote: ${smokeMessage(nonce)}`], false],
  [[`The text is ${nonce}`], false],
  [[nonce.toLowerCase()], false],
  [[nonce, 'and more'], false],
  [[], false],
  [[''], false],
])('%j proves the turn: %s', (texts, proven) => {
  expect(isNonceAnswer(texts, nonce)).toBe(proven);
});

it.each([
  ['No route-compatible authentication source is configured for openai.', 'auth'],
  ['HTTP 429: You have hit your usage limit', 'rate_limit'],
  ['insufficient_quota', 'billing'],
  ['LLM request timed out', 'timeout'],
  ['503 Service Unavailable', 'unavailable'],
  ['something else', 'unknown'],
])('a turn that ends with %j is %s', (text, code) => {
  expect(turnProblem(text)).toBe(code);
});

it('takes the words of the model check, and no others', () => {
  expect(verifyProblem('billing')).toBe('billing');
  expect(verifyProblem('passed')).toBe('unknown');
});
