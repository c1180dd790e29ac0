/**
 * One call of Dokploy's REST API: typed by the wire schemas, bounded in time and size, answered as
 * an outcome. A time-out or a broken connection is `unknown`: the call may have had its effect.
 * Answers are picked apart at once; a whole answer is never logged (it can hold a decrypted env).
 */
import { readBounded } from '#adapters/http/bounded.ts';
import { dokployOperations } from '#schemas/wire/dokploy.ts';
import type { DokployAnswer, DokployInput, DokployOperation } from '#schemas/wire/dokploy.ts';
import type { DeployerOutcome } from '#ports/runtime.ts';
import type { Log } from '#ports/system.ts';

export interface DokploySettings {
  /** `https://host`, without `/api`. */
  readonly url: string;
  readonly apiKey: string;
  readonly timeoutMs: number;
}

export type DokployCall = <O extends DokployOperation>(
  operation: O,
  input: DokployInput<O>,
) => Promise<DeployerOutcome<DokployAnswer<O>>>;

const answerLimitBytes = 4 * 1024 * 1024;

const queryOf = (input: object): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.toString();
};

/** Void operations answer 200 with nothing; strings and booleans come as JSON. */
const parseAnswer = (text: string): unknown => {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

const refusalOf = (status: number): DeployerOutcome<never> => {
  if (status === 404) return { kind: 'not_found' };
  // Bad key, rate-limited key and missing permission all read the same from outside.
  if (status === 401 || status === 403) return { kind: 'refused', code: 'unauthorized' };
  return { kind: 'refused', code: status < 500 ? 'invalid' : 'failed' };
};

export const createDokployCall =
  (settings: DokploySettings, log: Log): DokployCall =>
  async (operation, input) => {
    const { method, answer } = dokployOperations[operation];
    const isQuery = method === 'GET';
    const query = isQuery ? `?${queryOf(input)}` : '';
    const failed = (reason: string, status = 0): void =>
      log.warn('dokploy.call_failed', { operation, status, reason });
    try {
      const response = await fetch(`${settings.url}/api/${operation}${query}`, {
        method,
        headers: { 'x-api-key': settings.apiKey, 'content-type': 'application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(settings.timeoutMs),
        ...(isQuery ? {} : { body: JSON.stringify(input) }),
      });
      const text = await readBounded(response, answerLimitBytes);
      if (!response.ok) {
        failed('refused', response.status);
        return refusalOf(response.status);
      }
      const parsed = text === null ? null : answer.safeParse(parseAnswer(text));
      if (parsed?.success === true) {
        return { kind: 'ok', value: parsed.data as DokployAnswer<typeof operation> };
      }
      failed('answer not understood', response.status);
      return { kind: 'refused', code: 'failed' };
    } catch (cause) {
      failed(cause instanceof Error ? cause.name : 'unknown');
      return { kind: 'unknown' };
    }
  };
