import { expect, it } from 'vitest';
import { dropCookie, readCookie, setCookie } from './cookie.ts';

const value = 'a'.repeat(43);

it('is bound to the host on https', () => {
  const cookie = setCookie('https', value);
  expect(cookie).toBe(`__Host-runtime-session=${value}; Path=/; HttpOnly; SameSite=Lax; Secure`);
});

it('has a plain name where a browser would refuse the other', () => {
  expect(setCookie('http', value)).toBe(`runtime-session=${value}; Path=/; HttpOnly; SameSite=Lax`);
  expect(dropCookie('http')).toContain('Max-Age=0');
});

it('is read by its whole name', () => {
  const header = `other=1; __Host-runtime-session=${value}; x__Host-runtime-session=b`;
  expect(readCookie('https', header)).toBe(value);
  expect(readCookie('http', header)).toBeNull();
});

it.each([
  undefined,
  '',
  '__Host-runtime-session=',
  '__Host-runtime-session=short',
  `__Host-runtime-session=${value}x`,
  `__host-runtime-session=${value}`,
  `runtime-session=${value}`,
  `__Host-runtime-session=${value}; __Host-runtime-session=${'b'.repeat(43)}`,
])('is not found in %j', (header) => {
  expect(readCookie('https', header)).toBeNull();
});
