/**
 * What a bare 401 means. Dokploy answers the same for a wrong key, a used-up one (never 429) and an
 * expired one; a second cheap call and the memory of whether the key ever worked tell them apart
 * as far as it goes. Asks at most once in `probeEveryMs`: each call counts twice against the key.
 */
import type { DeployerRefusal } from '#ports/runtime.ts';

type KeyTrouble = Extract<
  DeployerRefusal,
  'unauthorized' | 'rate_limited_or_unauthorized' | 'rate_limited'
>;

export interface KeyWatch {
  /** A call with this key was answered. */
  worked(): void;
  explain(): Promise<KeyTrouble>;
}

const probeEveryMs = 60_000;

/** `probe` says whether the key works now; it may throw. */
export const createKeyWatch = (
  probe: () => Promise<boolean>,
  now: () => number = Date.now,
): KeyWatch => {
  let hasWorked = false;
  let probedAtMs = -Infinity;
  let verdict: Promise<KeyTrouble> | null = null;
  const ask = async (): Promise<KeyTrouble> => {
    const worksNow = await probe().catch(() => false);
    // Refused a moment ago and good now: the limit's window turned over between the two.
    if (worksNow) return 'rate_limited';
    return hasWorked ? 'rate_limited_or_unauthorized' : 'unauthorized';
  };
  return {
    worked: () => {
      hasWorked = true;
      verdict = null;
    },
    explain: () => {
      const isStale = now() - probedAtMs >= probeEveryMs;
      if (verdict !== null && !isStale) return verdict;
      probedAtMs = now();
      verdict = ask();
      return verdict;
    },
  };
};
