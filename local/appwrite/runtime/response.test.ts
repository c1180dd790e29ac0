import { expect, test } from 'vitest';
import { createResponse, toOutput, toWire } from './response.ts';

const res = createResponse();

test('every answer gets a charset, as on the real runtime', () => {
  const answer = toWire(res.json({ ok: true }, 201), 'open-runtimes');
  expect(answer).toMatchObject({
    status: 201,
    headers: { 'content-type': 'application/json; charset=utf-8' },
  });
  expect(answer.body.toString()).toBe('{"ok":true}');
});

test('header names go out in lower case, lists stay lists, control headers are dropped', () => {
  const headers = { 'X-Test': 'a', 'Set-Cookie': ['a=1', 'b=2'], 'X-Open-Runtimes-Secret': 'x' };
  const answer = toWire(res.text('t', 200, headers), 'recorded');
  expect(answer.headers).toEqual({
    'x-test': 'a',
    'set-cookie': ['a=1', 'b=2'],
    'content-type': 'text/plain',
  });
});

test('empty is 204 and redirect names its target', () => {
  expect(res.empty().statusCode).toBe(204);
  expect(res.redirect('https://a.example/')).toMatchObject({
    statusCode: 301,
    headers: { location: 'https://a.example/' },
  });
});

test('a forgotten return is no answer', () => {
  expect(toOutput(undefined)).toBeUndefined();
  expect(toOutput(null)).toBeUndefined();
  expect(toOutput('text')).toBeUndefined();
});

test.each([101, 99, 600, 200.5, Number.NaN])('the status %d becomes a 500', (statusCode) => {
  expect(toWire(res.text('t', statusCode), 'open-runtimes').status).toBe(500);
});

test('a function cannot say how its answer is framed', () => {
  const headers = { 'Content-Length': '3', 'transfer-encoding': 'chunked', connection: 'close' };
  const answer = toWire(res.text('longer', 200, headers), 'open-runtimes');
  expect(Object.keys(answer.headers)).toEqual(['content-type']);
});
