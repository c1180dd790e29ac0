import { expect, test } from 'vitest';
import { holdsPersonalData } from './password-rules.ts';
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

test.each([
  ['Signal-99', true],
  ['xx-USER-7-xx', true],
  ['xx+82101234567', true],
  ['Kim Minsu!!', true],
  ['Corr3ct-Horse!', false],
])('%s holds personal data: %s', (password, holds) => {
  const owner = {
    id: 'user-7',
    name: 'kim minsu',
    email: 'al@example.com',
    phone: '+82101234567',
  };
  expect(holdsPersonalData(password, owner)).toBe(holds);
  expect(holdsPersonalData(password, { id: '', name: '', email: null, phone: null })).toBe(false);
});
