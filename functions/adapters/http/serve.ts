/**
 * Turns operations of the contract into answers of a function: finds the operation by path, parses
 * the body by its one schema, proves who is calling, runs one use case, and answers with the
 * envelope. Internals go to the log with the correlation id, never to the caller; payloads go
 * nowhere.
 */
import type * as z from 'zod/mini';
import type { Account, Callers } from '#ports/accounts.ts';
import { StoreUnavailable } from '#ports/store.ts';
import type { Log } from '#ports/system.ts';
import { Misconfigured } from '#ports/system.ts';
import type { Failure, Result } from '#schemas/contract/errors.ts';
import { errorInfo, fail } from '#schemas/contract/errors.ts';
import type { Operation } from '#schemas/contract/operation.ts';
import type { Call, FunctionContext } from './context.ts';
import { callOf } from './context.ts';

export interface Route {
  /** Absent = POST. What is got changes nothing and has no body. */
  readonly method?: 'GET';
  readonly path: string;
  answer(call: Call, body: unknown): Promise<Result<unknown>>;
}

type Parsed<O> = O extends Operation<infer Body, z.ZodMiniType> ? z.infer<Body> : never;
type Answered<O> = O extends Operation<z.ZodMiniType, infer Value> ? z.infer<Value> : never;
type AnyOperation = Operation<z.ZodMiniType, z.ZodMiniType>;

/** Bodies of our operations are small; a callback URL is the longest thing in one. */
const bodyLengthAtMost = 32 * 1024;

/** Open to anyone. */
export const guest = <O extends AnyOperation>(
  operation: O,
  run: (body: Parsed<O>) => Promise<Result<Answered<O>>>,
): Route => ({
  path: operation.path,
  answer: async (_call, body) => {
    const parsed = parse<O>(operation, body);
    return parsed.ok ? run(parsed.value) : parsed;
  },
});

/** For a signed-in user, proven by the JWT that Appwrite made for this execution. */
export const member = <O extends AnyOperation>(
  operation: O,
  callers: Callers,
  run: (caller: Account, body: Parsed<O>) => Promise<Result<Answered<O>>>,
): Route => ({
  path: operation.path,
  answer: async (call, body) => {
    const caller = await callers.verify(call.userJwt);
    if (caller === null) return fail('not_signed_in');
    const parsed = parse<O>(operation, body);
    return parsed.ok ? run(caller, parsed.value) : parsed;
  },
});

const operatorLabel = 'operator';
const consoleActor = 'console';

/**
 * For operators. Only the function's own `execute: label:operator` lets a project's user through;
 * keys come without a user JWT, and the console with one that belongs to no user of the project.
 * Then `execute` was the authority, and the actor is recorded as the console.
 */
export const operator = <O extends AnyOperation>(
  operation: O,
  callers: Callers,
  run: (actor: string, body: Parsed<O>) => Promise<Result<Answered<O>>>,
): Route => ({
  path: operation.path,
  answer: async (call, body) => {
    const actor = await operatorOf(call, callers);
    if (!actor.ok) return actor;
    const parsed = parse<O>(operation, body);
    return parsed.ok ? run(actor.value, parsed.value) : parsed;
  },
});

/** For operators, got without a body. */
export const operatorPage = (
  paths: readonly string[],
  callers: Callers,
  run: () => Promise<Result<unknown>>,
): readonly Route[] =>
  paths.map((path) => ({
    method: 'GET',
    path,
    answer: async (call) => {
      const actor = await operatorOf(call, callers);
      return actor.ok ? run() : actor;
    },
  }));

const oneJwt = /^[\w-]+\.[\w-]+\.[\w-]+$/;

const operatorOf = async (call: Call, callers: Callers): Promise<Result<string>> => {
  if (call.trigger !== 'http') return fail('not_allowed');
  if (call.userJwt === '') return { ok: true, value: consoleActor };
  // A header sent twice arrives joined: an operator's try to be taken for the console.
  if (!oneJwt.test(call.userJwt)) return fail('not_signed_in');
  const caller = await callers.verify(call.userJwt);
  if (caller === null) return { ok: true, value: consoleActor };
  if (!caller.labels.includes(operatorLabel)) return fail('not_allowed');
  return { ok: true, value: caller.userId };
};

const parse = <O extends AnyOperation>(operation: O, body: unknown): Result<Parsed<O>> => {
  const parsed = operation.body.safeParse(body);
  // The schema is the operation's own: what it lets through has the operation's type.
  if (parsed.success) return { ok: true, value: parsed.data as Parsed<O> };
  const field = parsed.error.issues[0]?.path[0];
  return fail('body_invalid', field === undefined ? {} : { field: String(field) });
};

export type RoutesOf = (call: Call, log: Log) => readonly Route[];

/**
 * `routes` is built per execution, because its ports hold that execution's key. `indent`: spaces per
 * level, where people read answers as they come (the console, the CLI).
 */
export const serve = async (
  context: FunctionContext,
  log: (context: FunctionContext, correlationId: string) => Log,
  routes: RoutesOf,
  indent = 0,
): Promise<unknown> => {
  const call = callOf(context.req);
  const headers = { 'cache-control': 'no-store' };
  const reply = (value: object, status: number): unknown =>
    indent === 0
      ? context.res.json(value, status, headers)
      : context.res.text(JSON.stringify(value, null, indent), status, {
          ...headers,
          'content-type': 'application/json',
        });
  const lines = log(context, call.correlationId);
  const result = await answer(context, call, (each) => routes(each, lines)).catch(
    (error: unknown) => ({ ok: false as const, error: failureOf(error) }),
  );
  if (result.ok) return reply({ ok: true, value: result.value }, 200);
  const { code, field, detail } = result.error;
  const { status, retryable } = errorInfo[code];
  const { path } = context.req;
  lines[status < 500 ? 'info' : 'error']('call.refused', { path, code, detail: detail ?? '' });
  const { correlationId } = call;
  const error = { code, retryable, ...(field === undefined ? {} : { field }), correlationId };
  return reply({ ok: false, error }, status);
};

const answer = async (
  context: FunctionContext,
  call: Call,
  routes: (call: Call) => readonly Route[],
): Promise<Result<unknown>> => {
  const { method, path } = context.req;
  const text = method === 'GET' ? '' : context.req.bodyText;
  if (text.length > bodyLengthAtMost) return fail('body_invalid', { detail: 'too large' });
  const fits = (route: Route): boolean =>
    route.path === path && (route.method ?? 'POST') === method;
  const route = routes(call).find(fits);
  if (route === undefined) return fail('not_found');
  let body: unknown;
  try {
    body = text === '' ? {} : JSON.parse(text);
  } catch {
    return fail('body_invalid', { detail: 'not JSON' });
  }
  return route.answer(call, body);
};

/** Messages of our own errors name things, never values; others may hold anything. */
const failureOf = (error: unknown): Failure => {
  if (error instanceof StoreUnavailable)
    return { code: 'store_unavailable', detail: error.message };
  if (error instanceof Misconfigured) return { code: 'misconfigured', detail: error.message };
  return { code: 'internal', detail: error instanceof Error ? traceOf(error) : 'thrown value' };
};

/** Name and places; the message may quote input. */
const traceOf = (error: Error): string => {
  const places = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return [error.name, ...places.slice(0, 3).map((line) => line.trim())].join(' ');
};
