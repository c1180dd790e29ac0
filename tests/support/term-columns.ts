import { neverUpdated } from '#app/updates/floor.ts';

/** The columns of `runtimes` about its term and its updates, as in rows of before there were any. */
export const noTermYet = {
  planVersion: null,
  periods: null,
  nextPlanKey: null,
  nextPlanVersion: null,
  planChanges: null,
  suspendedFor: null,
  suspendedAt: null,
  pausedAt: null,
  exportUntil: null,
  deletesAt: null,
  deletion: null,
  termDueAt: null,
  ...neverUpdated,
} as const;
