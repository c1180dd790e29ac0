/** The columns of `runtimes` about its term, as in rows of before terms were sold. */
export const noTermYet = {
  planVersion: null,
  periods: null,
  suspendedFor: null,
  suspendedAt: null,
  pausedAt: null,
  termDueAt: null,
} as const;
