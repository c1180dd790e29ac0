/**
 * One call of Dokploy's REST API: typed by the wire schemas, bounded in time and size, answered as
 * an outcome. A time-out, a broken connection or a proxy's 5xx is `unknown`: the call may have had
 * its effect, so it is never repeated here; whoever called looks what became of it.
 * Answers are picked apart at once; a whole answer is never logged (it can hold a decrypted env).
 */
import { readBounded } from '#adapters/http/bounded.ts';
import { dokployError, dokployOperations } from '#schemas/wire/dokploy.ts';
import type { DokployAnswer, DokployInput, DokployOperation } from '#schemas/wire/dokploy.ts';
import type { DeployerOutcome, DeployerRefusal } from '#ports/runtime.ts';
import type { Log } from '#ports/system.ts';
import { createKeyWatch } from './key-watch.ts';
import type { KeyWatch } from './key-watch.ts';

export interface DokploySettings {
  /** `https://host`, without `/api`. */
  readonly url: string;
  readonly apiKey: string;
  /** For calls that only read, write or queue. */
  readonly timeoutMs: number;
  /** For start, stop and delete, which block until the containers are down. */
  readonly slowTimeoutMs?: number;
}

export type DokployCall = <O extends DokployOperation>(
  operation: O,
  input: DokployInput<O>,
) => Promise<DeployerOutcome<DokployAnswer<O>>>;

const answerLimitBytes = 4 * 1024 * 1024;
const slowOperations: ReadonlySet<DokployOperation> = new Set([
  'compose.start',
  'compose.stop',
  'compose.delete',
]);

const queryOf = (input: object): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined) query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
};

/** Some refusals are plain text; no answer is. */
const notJson = Symbol('not JSON');

/** Void operations answer 200 with nothing; strings and booleans come as JSON. */
const parseAnswer = (text: string): unknown => {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return notJson;
  }
};

interface Reply {
  readonly status: number;
  /** Null: more than the limit. */
  readonly text: string | null;
}

/**
 * `fetch` keeps an idle connection for 4 s, or a second less than the server's own hint says:
 * below the 5 s after which Dokploy closes it (tried: tests/contract/dokploy-transport.test.ts).
 */
const send = async (
  settings: DokploySettings,
  operation: DokployOperation,
  input: object,
): Promise<Reply> => {
  const { method } = dokployOperations[operation];
  const isQuery = method === 'GET';
  const { timeoutMs, slowTimeoutMs = timeoutMs } = settings;
  const query = isQuery ? queryOf(input) : '';
  const response = await fetch(`${settings.url}/api/${operation}${query}`, {
    method,
    headers: { 'x-api-key': settings.apiKey, 'content-type': 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(slowOperations.has(operation) ? slowTimeoutMs : timeoutMs),
    ...(isQuery ? {} : { body: JSON.stringify(input) }),
  });
  return { status: response.status, text: await readBounded(response, answerLimitBytes) };
};

const refused = (code: DeployerRefusal): DeployerOutcome<never> => ({ kind: 'refused', code });

/** A proxy that lost Dokploy in mid-call: nobody knows whether it was done. */
const proxyLost: ReadonlySet<number> = new Set([502, 503, 504]);

/** Missing permission inside project, domain and server operations is wrapped as a 400. */
const isWrappedRefusal = (message: string): boolean =>
  /unauthorized to access|not authorized/i.test(message);

/** Everything but a bare 401, which says nothing about which of its three causes it has. */
const refusalOf = (reply: Reply): DeployerOutcome<never> | 'bare_401' => {
  const { status, text } = reply;
  const parsed = dokployError.safeParse(parseAnswer(text ?? ''));
  const error = parsed.success ? parsed.data : { message: '' };
  if (status === 404) return { kind: 'not_found' };
  if (status === 401 && error.code === undefined) return 'bare_401';
  if (status === 401 || status === 403) return refused('forbidden');
  if (status === 429) return refused('rate_limited');
  if (status === 400 && isWrappedRefusal(error.message)) return refused('forbidden');
  if (status < 500) return refused('invalid');
  return proxyLost.has(status) ? { kind: 'unknown' } : refused('failed');
};

interface Caller {
  readonly settings: DokploySettings;
  readonly log: Log;
  readonly key: KeyWatch;
}

const outcomeOf = async <O extends DokployOperation>(
  caller: Caller,
  operation: O,
  reply: Reply,
): Promise<DeployerOutcome<DokployAnswer<O>>> => {
  const { status, text } = reply;
  const failed = (reason: string): void =>
    caller.log.warn('dokploy.call_failed', { operation, status, reason });
  if (status < 200 || status > 299) {
    const refusal = refusalOf(reply);
    const outcome = refusal === 'bare_401' ? refused(await caller.key.explain()) : refusal;
    failed(outcome.kind === 'refused' ? outcome.code : outcome.kind);
    return outcome;
  }
  const { answer } = dokployOperations[operation];
  const parsed = text === null ? null : answer.safeParse(parseAnswer(text));
  if (parsed?.success !== true) {
    failed('answer not understood');
    return refused('failed');
  }
  caller.key.worked();
  return { kind: 'ok', value: parsed.data as DokployAnswer<O> };
};

export const createDokployCall = (settings: DokploySettings, log: Log): DokployCall => {
  const key = createKeyWatch(async () => {
    const reply = await send(settings, 'settings.getDokployVersion', {});
    return reply.status === 200;
  });
  const caller: Caller = { settings, log, key };
  return async (operation, input) => {
    let reply: Reply;
    try {
      reply = await send(settings, operation, input);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.name : 'unknown';
      log.warn('dokploy.call_failed', { operation, status: 0, reason });
      return { kind: 'unknown' };
    }
    return outcomeOf(caller, operation, reply);
  };
};
