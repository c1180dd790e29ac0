/**
 * "No runtime, no charge": how long a runtime may take, in the `settings` row `promise`. An operator
 * may change any of them; what is missing, out of bounds or not to be read counts as its default.
 */
import type { Store } from '#ports/store.ts';
import { StoreUnavailable } from '#ports/store.ts';
import { readJson } from '#schemas/record/json.ts';
import { promiseMinutes } from '#schemas/record/settings.ts';

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

export const promiseSettings = async (store: Pick<Store, 'get'>): Promise<PromiseSettings> => {
  const row = await store.get('settings', promiseRow).catch((error: unknown) => {
    // A payment must not wait for a setting.
    if (error instanceof StoreUnavailable) return null;
    throw error;
  });
  const value = readJson(promiseMinutes, row?.value ?? null, promiseMinutes.parse({}));
  return {
    promisedMs: value.promisedMinutes * minuteMs,
    retryMs: value.retryMinutes * minuteMs,
    graceMs: value.graceMinutes * minuteMs,
  };
};
