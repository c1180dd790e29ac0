import { expect, test } from 'vitest';
import { labelBelow } from './domains.ts';
import { errorPage } from './page.ts';
import { isDomain } from './rules.ts';

test.each(['hook.functions.localhost', 'shop.localhost', 'a-b.example.com', 'p_1.x.y'])(
  '%s is a domain',
  (domain) => {
    expect(isDomain(domain)).toBe(true);
  },
);

test.each(['localhost', '', 'a..b', '-a.b', 'a b.c', 'a.b/c', `${'a'.repeat(64)}.b`])(
  '%j is not',
  (domain) => {
    expect(isDomain(domain)).toBe(false);
  },
);

test('only names below a domain have a label', () => {
  expect(labelBelow('payapp.functions.localhost', 'functions.localhost')).toBe('payapp');
  expect(labelBelow('functions.localhost', 'functions.localhost')).toBeUndefined();
  expect(labelBelow('evilfunctions.localhost', 'functions.localhost')).toBeUndefined();
});

test('a page shows text, never markup of others', () => {
  expect(errorPage(404, 'a_b', '<script>')).toContain('&lt;script&gt;');
});
