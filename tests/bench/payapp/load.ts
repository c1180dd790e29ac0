/**
 * Open-loop load: every call leaves at its appointed time, whether or not the ones before it came
 * back, and its time is counted from the appointment. A slow server cannot slow the load down.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';

/** PayApp's own patience is not published; the sandbox waits as long. */
const callTimeoutMs = 15_000;
const connectionsAtMost = 512;

export interface Call {
  readonly path: string;
  readonly body: string;
  /** Milliseconds after the start of the load. */
  readonly dueMs: number;
}

export interface Load {
  /** `http://127.0.0.1:port`, and the function's own name for the Host header. */
  readonly origin: string;
  readonly host: string;
  readonly calls: readonly Call[];
}

export interface Loaded {
  readonly sent: number;
  /** Calls that really left, by the time the last one left. */
  readonly sentPerSecond: number;
  readonly succeeded: number;
  readonly timesMs: readonly number[];
}

export const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' };

export const apply = async ({ origin, host, calls }: Load): Promise<Loaded> => {
  const dispatcher = new Agent({ connections: connectionsAtMost, bodyTimeout: callTimeoutMs });
  const timesMs: number[] = [];
  let succeeded = 0;
  const startedAt = performance.now();
  const one = async ({ path, body, dueMs }: Call): Promise<void> => {
    const answer = await post(dispatcher, { origin, host, path, body }).catch(() => 'no answer');
    timesMs.push(performance.now() - startedAt - dueMs);
    if (answer === 'SUCCESS') succeeded += 1;
  };
  const open: Promise<void>[] = [];
  for (const call of calls) {
    const waitMs = call.dueMs - (performance.now() - startedAt);
    if (waitMs > 0) await pause(waitMs);
    open.push(one(call));
  }
  const sendingMs = performance.now() - startedAt;
  await Promise.all(open);
  await dispatcher.close();
  const sentPerSecond = calls.length / (sendingMs / 1_000);
  return { sent: calls.length, sentPerSecond, succeeded, timesMs };
};

const post = async (
  dispatcher: Dispatcher,
  call: Pick<Load, 'origin' | 'host'> & Pick<Call, 'path' | 'body'>,
): Promise<string> => {
  const response = await dispatcher.request({
    origin: call.origin,
    path: call.path,
    method: 'POST',
    headers: { ...formHeaders, host: call.host },
    body: call.body,
    headersTimeout: callTimeoutMs,
  });
  return (await response.body.text()).trim();
};

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
};
