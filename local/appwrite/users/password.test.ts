import { expect, test } from 'vitest';
import { hashPassword, passwordMatches } from './password.ts';

test('a password fits its own hash only, and no hash fits nothing', async () => {
  const stored = await hashPassword('Corr3ct-Horse!');
  expect(stored).toMatch(/^\$scrypt\$\d+\$/);
  expect(stored).not.toContain('Horse');
  expect(await passwordMatches('Corr3ct-Horse!', stored)).toBe(true);
  expect(await passwordMatches('corr3ct-horse!', stored)).toBe(false);
  expect(await passwordMatches('', null)).toBe(false);
  expect(await passwordMatches('x', '$argon2id$v=19$x')).toBe(false);
});
