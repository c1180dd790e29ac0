import * as z from 'zod/mini';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Callers } from '#ports/accounts.ts';
import { StoreUnavailable } from '#ports/store.ts';
import { Misconfigured } from '#ports/system.ts';
import { jsonLog } from '#adapters/system/log.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import { operation } from '#schemas/contract/operation.ts';
import type { FunctionContext } from './context.ts';
import type { Route } from './serve.ts';
import { guest, member, operator, operatorPage, serve } from './serve.ts';

const echo = operation({
  function: 'signup',
  path: '/echo',
  body: z.object({ word: z.string().check(z.maxLength(10)) }),
  value: z.object({ said: z.string() }),
});

const accounts: Readonly<Record<string, readonly string[]>> = { mina: [], ops: ['operator'] };
const callers: Callers = {
  verify: async (jwt) => {
    const userId = /^head\.(\w+)\.signature$/.exec(jwt)?.[1] ?? '';
    const labels = accounts[userId];
    return labels === undefined ? null : { userId, email: '', name: '', labels };
  },
};

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
});

const ask = async (
  routes: readonly Route[],
  request: {
    body?: string;
    path?: string;
    method?: string;
    headers?: Record<string, string>;
  } = {},
): Promise<{ status: number; body: unknown }> => {
  let answered = { status: 0, body: {} };
  const context: FunctionContext = {
    req: {
      method: request.method ?? 'POST',
      path: request.path ?? '/echo',
      headers: {
        'x-appwrite-trigger': 'http',
        'x-appwrite-execution-id': 'exec1',
        ...request.headers,
      },
      bodyText: request.body ?? '{"word":"hi"}',
    },
    res: {
      json: (body, status = 200) => (answered = { status, body }),
      text: (body, status = 200) => (answered = { status, body: { body } }),
    },
    log: (line) => lines.push(line),
    error: (line) => lines.push(line),
  };
  await serve(
    context,
    (sink, id) => jsonLog(sink, id),
    () => routes,
  );
  return answered;
};
const code = async (answer: Promise<{ status: number; body: unknown }>) => {
  const { body } = await answer;
  return z.object({ error: z.object({ code: z.string() }) }).safeParse(body).data?.error.code;
};
const open = guest(echo, async ({ word }) => succeed({ said: word }));

test('an operation answers in the envelope', async () => {
  expect(await ask([open])).toEqual({ status: 200, body: { ok: true, value: { said: 'hi' } } });
});

test.each([
  ['{"word":3}', 'word'],
  ['{"word":"much too long"}', 'word'],
  ['{}', 'word'],
])('the body %s is refused at its field', async (body, field) => {
  const error = { code: 'body_invalid', retryable: false, field, correlationId: 'exec1' };
  expect(await ask([open], { body })).toEqual({ status: 400, body: { ok: false, error } });
});

test.each(['{', 'null', '[]', '"x"', `{"word":"${'x'.repeat(40_000)}"}`])(
  'a body that is no object of ours is refused (%#)',
  async (body) => {
    expect(await code(ask([open], { body }))).toBe('body_invalid');
  },
);

test('another path or method is not found', async () => {
  expect(await code(ask([open], { path: '/other' }))).toBe('not_found');
  expect(await code(ask([open], { method: 'GET' }))).toBe('not_found');
});

test('what is got is got by its path alone, by an operator, whatever body comes with it', async () => {
  const page = operatorPage(['/help'], callers, async () => succeed({ said: 'read me' }));
  const get = { path: '/help', method: 'GET', body: '{' };
  expect(await ask(page, get)).toMatchObject({ body: { value: { said: 'read me' } } });
  expect(await code(ask(page, { path: '/help' }))).toBe('not_found');
  const headers = { 'x-appwrite-user-jwt': 'head.mina.signature' };
  expect(await code(ask(page, { ...get, headers }))).toBe('not_allowed');
});

describe('who is calling', () => {
  const who = member(echo, callers, async ({ userId }) => succeed({ said: userId }));
  const ops = operator(echo, callers, async (actor) => succeed({ said: actor }));
  const jwt = (value: string) => ({ headers: { 'x-appwrite-user-jwt': value } });
  const token = (userId: string) => jwt(`head.${userId}.signature`);

  test('is proven by the JWT, whatever the user id header says', async () => {
    expect(await ask([who], token('mina'))).toMatchObject({ body: { value: { said: 'mina' } } });
    const forged = { headers: { 'x-appwrite-user-id': 'mina', 'X-Appwrite-User-Id': 'mina' } };
    expect(await code(ask([who], forged))).toBe('not_signed_in');
    expect(await code(ask([who], token('nobody')))).toBe('not_signed_in');
  });

  test('must be an operator, or the console, for the operator’s operations', async () => {
    expect(await ask([ops], token('ops'))).toMatchObject({ body: { value: { said: 'ops' } } });
    expect(await ask([ops])).toMatchObject({ body: { value: { said: 'console' } } });
    expect(await code(ask([ops], token('mina')))).toBe('not_allowed');
    // The console's own JWT is of no user of the project; recorded from a real server.
    expect(await ask([ops], token('nobody'))).toMatchObject({
      body: { value: { said: 'console' } },
    });
    // Forged next to the real one: they arrive joined.
    expect(await code(ask([ops], jwt('forged, head.mina.signature')))).toBe('not_signed_in');
    const event = { headers: { 'x-appwrite-trigger': 'event' } };
    expect(await code(ask([ops], event))).toBe('not_allowed');
  });
});

describe('a failure', () => {
  const failing = (error: Error) => guest(echo, () => Promise.reject(error));

  test.each([
    [new StoreUnavailable('GET /x: 500'), 'store_unavailable', 503],
    [new Misconfigured('PAYAPP_USERID'), 'misconfigured', 500],
    [new Error('secret 4242'), 'internal', 500],
  ])('%o has a stable code and tells nothing else', async (error, expected, status) => {
    const answer = await ask([failing(error)]);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      ok: false,
      error: { code: expected, retryable: expect.any(Boolean) as boolean, correlationId: 'exec1' },
    });
    expect(lines.join('\n')).not.toContain('secret 4242');
    expect(lines).toHaveLength(1);
  });

  test('of a use case keeps its detail in the log', async () => {
    const route = guest(echo, async () => fail('email_taken', { field: 'word', detail: 'why' }));
    const answer = await ask([route]);
    expect(JSON.stringify(answer.body)).not.toContain('why');
    expect(lines.join()).toContain('why');
  });
});
