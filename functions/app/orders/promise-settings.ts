/**
 * "No runtime, no charge": how long a runtime may take, in the `settings` row `promise`. An operator
 * may change any of them; what is missing or out of bounds counts as its default.
 */
import * as z from 'zod/mini';
import type { Store } from '#ports/store.ts';
import { readJson } from '#schemas/record/json.ts';

export interface PromiseSettings {
  /** From payment to a runtime that runs. */
  readonly promisedMs: number;
  /** From the one retry to telling an operator. */
  readonly retryMs: number;
  /** From the promised time to giving the money back. */
  readonly graceMs: number;
}

export const promiseRow = 'promise';
const minuteMs = 60_000;

const minutes = (fallback: number, least: number, most: number) =>
  z.catch(z._default(z.int().check(z.gte(least), z.lte(most)), fallback), fallback);

/** The grace ends well before PayApp stops giving money back at once (five days). */
const promise = z.object({
  promisedMinutes: minutes(60, 5, 24 * 60),
  retryMinutes: minutes(30, 5, 12 * 60),
  graceMinutes: minutes(24 * 60, 60, 4 * 24 * 60),
});

export const promiseSettings = async (store: Pick<Store, 'get'>): Promise<PromiseSettings> => {
  const row = await store.get('settings', promiseRow);
  const value = readJson(promise, row?.value ?? null, promise.parse({}));
  return {
    promisedMs: value.promisedMinutes * minuteMs,
    retryMs: value.retryMinutes * minuteMs,
    graceMs: value.graceMinutes * minuteMs,
  };
};
