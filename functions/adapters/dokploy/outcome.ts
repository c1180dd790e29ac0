/** Small words about outcomes. */
import type { DeployerOutcome } from '#ports/runtime.ts';

export type NotOk = Exclude<DeployerOutcome<unknown>, { kind: 'ok' }>;

export const ok = <T>(value: T): DeployerOutcome<T> => ({ kind: 'ok', value });
export const unknown: DeployerOutcome<never> = { kind: 'unknown' };
export const failed: DeployerOutcome<never> = { kind: 'refused', code: 'failed' };

/**
 * After a call whose effect is unknown: `look` again, and only what is really there counts as
 * done. What is not there yet may still be on its way, so that stays unknown.
 */
export const lookAfterUnknown = async <T>(
  outcome: DeployerOutcome<T>,
  look: () => Promise<DeployerOutcome<T | null>>,
): Promise<DeployerOutcome<T>> => {
  if (outcome.kind !== 'unknown') return outcome;
  const seen = await look();
  return seen.kind === 'ok' && seen.value !== null ? ok(seen.value) : unknown;
};

/** Oldest first; equal times by id, so that every caller settles on the same one. */
export const byAge = <T extends { readonly createdAt: string }>(
  items: readonly T[],
  idOf: (item: T) => string,
): readonly T[] =>
  items.toSorted(
    (left, right) =>
      left.createdAt.localeCompare(right.createdAt) || idOf(left).localeCompare(idOf(right)),
  );
