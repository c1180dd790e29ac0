import { expect, test } from 'vitest';
import { cacheControl, chooseVariant, contentTypeOf, findFile } from './files.ts';
import type { SiteFile, SiteIndex } from './files.ts';
import { outputRoot } from './serve.ts';

function indexOf(...paths: string[]): SiteIndex {
  const file = (urlPath: string): SiteFile => ({
    file: `/site${urlPath}`,
    contentType: contentTypeOf(urlPath),
    etag: undefined,
  });
  return new Map(paths.map((urlPath) => [urlPath, file(urlPath)]));
}

const index = indexOf(
  '/index.html',
  '/about.html',
  '/docs/index.html',
  '/app.html',
  '/_app/immutable/a.js',
  '/_app/immutable/a.js.br',
  '/_app/immutable/a.js.gz',
);

test.each([
  ['/', '/index.html'],
  ['/?a=1', '/index.html'],
  ['/about', '/about.html'],
  ['/docs/', '/docs/index.html'],
  ['/runtimes/r1', '/app.html'],
  ['/..%2f..%2fetc%2fpasswd', '/app.html'],
])('%s is answered by %s', (target, urlPath) => {
  expect(findFile(index, target, 'app.html')).toEqual({ urlPath, status: 200 });
});

test.each([
  ['/about/?a=1', '/about?a=1'],
  ['/docs', '/docs/'],
  ['//', '/'],
])('%s is sent to %s, where the links of the page are right', (target, location) => {
  expect(findFile(index, target, 'app.html')).toEqual({ location, status: 308 });
});

test('a path never becomes a redirect to another host', () => {
  expect(findFile(index, '//about/', '')).toBeUndefined();
  expect(findFile(index, '//docs', '')).toBeUndefined();
});

test('a missing script never gets the page of the app', () => {
  expect(findFile(index, '/_app/immutable/gone.js', 'app.html')).toBeUndefined();
});

test('without a fallback the own 404 page is used, and bad escapes find nothing', () => {
  expect(findFile(index, '/nope', '')).toBeUndefined();
  expect(findFile(indexOf('/404.html'), '/nope', '')).toEqual({
    urlPath: '/404.html',
    status: 404,
  });
  expect(findFile(index, '/%E0%A4%A', 'app.html')).toBeUndefined();
});

test.each([
  ['gzip, br', 'br'],
  ['gzip', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['', undefined],
])('%j is served %s', (accepted, encoding) => {
  const variant = chooseVariant(index, '/_app/immutable/a.js', accepted);
  expect(variant?.encoding).toBe(encoding);
  expect(variant?.varies).toBe(true);
});

test('hashed files are kept for good, everything else is asked for again', () => {
  expect(cacheControl('/_app/immutable/a.js')).toContain('immutable');
  expect(cacheControl('/index.html')).toContain('must-revalidate');
});

test('the output folder cannot leave the build', () => {
  expect(outputRoot('/d/build', './')).toBe('/d/build');
  expect(outputRoot('/d/build', 'out')).toBe('/d/build/out');
  expect(outputRoot('/d/build', '../../etc')).toBe('/d/build');
  expect(outputRoot('/d/build', '/out')).toBe('/d/build/out');
});
