import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isSocketTarget, uiTarget } from './target.ts';

it.each([
  '/ui',
  '/ui/',
  '/ui/chat?session=agent%3Amain%3Amain',
  '/ui/assets/index-Ab_1.js',
  '/ui/files/%ED%95%9C.png?v=1&next=%2Fui%2F',
  '/ui/...',
  '/ui?x=../..',
])('lets %s through as it stands', (target) => {
  expect(uiTarget(target)).toBe(target);
});

it.each([
  undefined,
  '',
  '*',
  '/',
  '/u',
  '/uix',
  '/UI/',
  'ui/',
  '//ui/',
  '/api/v1/admin/rpc',
  '/tools/invoke',
  '/v1/models',
  '/sessions/x/history',
  'http://acme.runtimes.example/ui/',
  '/ui/../tools/invoke',
  '/ui/..',
  '/ui/./x',
  '/ui//tools/invoke',
  '/ui/%2e%2e/tools/invoke',
  '/ui/%2E%2E%2Ftools',
  '/ui/..%2ftools/invoke',
  '/ui/%252e%252e/tools',
  '/ui%2f..%2ftools',
  '/ui\\..\\tools',
  '/ui/..\\tools',
  '/ui/%5c..%5ctools',
  '/ui/%00',
  '/ui/%0d%0aHost:%20evil',
  '/ui/a b',
  '/ui/\u0000',
  '/ui/é',
  '/ui/%zz',
  '/ui/%ee',
  '/ui/%ef%2',
  '/ui/%2',
  '/ui/#/tools',
  '/ui;/../tools/../..',
  '/ui/?a=\r\nx: y',
  `/ui/${'a'.repeat(5000)}`,
])('refuses %j', (target) => {
  expect(uiTarget(target)).toBeNull();
});

it('knows the one address of the socket', () => {
  expect(isSocketTarget('/ui')).toBe(true);
  const others = [undefined, '/', '/ui/', '/ui?x=1', '/ui/ws', '/ws', 'http://x/ui'];
  expect(others.filter(isSocketTarget)).toEqual([]);
});

it('lets nothing through that a parser of addresses would read as another place', () => {
  const pieces = [
    '/',
    '//',
    '.',
    '..',
    '%',
    '2',
    '25',
    'e',
    'f',
    '5c',
    '\\',
    ';',
    '?',
    '#',
    '@',
    ':',
  ];
  const words = ['ui', 'tools', 'http:', 'a', '\u0000', '\r\n', ' ', '한'];
  const target = fc.array(fc.constantFrom(...pieces, ...words), { maxLength: 12 });
  fc.assert(
    fc.property(target, fc.boolean(), (parts, isBelow) => {
      const text = `${isBelow ? '/ui' : ''}${parts.join('')}`;
      const passed = uiTarget(text);
      if (passed === null) return true;
      const { origin, pathname } = new URL(passed, 'http://acme.example');
      const decoded = decodeURIComponent(pathname);
      const isUi = decoded === '/ui' || decoded.startsWith('/ui/');
      const isPlain = pathname === passed.split('?')[0] && !/\/\.{0,2}\/|\\|%/.test(decoded);
      return origin === 'http://acme.example' && isUi && isPlain;
    }),
    { numRuns: 10_000 },
  );
});
