import { expect, test } from 'vitest';
import { createRequest, parseQuery } from './request.ts';

const wire = {
  method: 'POST',
  target: '/a/b?x=%20y&u=https://a/?b=1',
  headers: { host: 'hook.functions.localhost:8080', 'content-type': 'text/plain' },
  body: Buffer.from('userid=a&goodname=%ED%85%8C+x'),
  style: 'open-runtimes',
} as const;

test('query values stay encoded and a second question mark ends the query', () => {
  const request = createRequest(wire);
  expect(request.path).toBe('/a/b');
  expect(request.queryString).toBe('x=%20y&u=https://a/');
  expect(request.query).toEqual({ x: '%20y', u: 'https://a/' });
});

test('the recorded stand-in decodes query values', () => {
  expect(parseQuery('x=1&y=two%20words&x=3', 'recorded')).toEqual({ x: '3', y: 'two words' });
});

test('a form body reaches the function byte for byte', () => {
  const request = createRequest(wire);
  expect(request.bodyText).toBe('userid=a&goodname=%ED%85%8C+x');
  expect(request.body).toBe(request.bodyText);
});

test('a JSON body is parsed, an empty one is an empty object, a bad one throws', () => {
  const json = { ...wire, headers: { 'content-type': 'application/json; charset=utf-8' } };
  expect(createRequest({ ...json, body: Buffer.from('{"a":1}') }).body).toEqual({ a: 1 });
  expect(createRequest({ ...json, body: Buffer.alloc(0) }).body).toEqual({});
  const bad = createRequest({ ...json, body: Buffer.from('{') });
  expect(() => bad.body).toThrow(SyntaxError);
});

test('host, port and url come from the Host header, control headers are hidden', () => {
  const headers = { ...wire.headers, 'x-open-runtimes-secret': 's', 'x-forwarded-proto': 'https' };
  const request = createRequest({ ...wire, headers, target: '/p' });
  expect(request).toMatchObject({ host: 'hook.functions.localhost', port: 8080, scheme: 'https' });
  expect(request.url).toBe('https://hook.functions.localhost:8080/p');
  expect(request.headers).not.toHaveProperty('x-open-runtimes-secret');
});

test('a path no HTTP request line can carry arrives as written', () => {
  const headers = { ...wire.headers, 'x-open-runtimes-target': encodeURIComponent('abc?q=한') };
  expect(createRequest({ ...wire, headers, target: '/' })).toMatchObject({
    path: 'abc',
    queryString: 'q=한',
  });
});
