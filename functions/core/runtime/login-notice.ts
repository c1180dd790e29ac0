/**
 * What a customer is to be told of the Codex login, from what was known and what is known now. About
 * one login, by its id: another login is another matter. Pure.
 */
import type { Facts } from '#schemas/record/runtime.ts';
import { hasLogin, isRefused } from './proof.ts';

export interface LoginNotice {
  readonly kind: 'login_expiring' | 'login_lost';
  readonly loginId: string;
}

const works = (facts: Facts): boolean => hasLogin(facts) && !isRefused(facts);

/** Gone, run out or refused; one that is just being made anew is not lost. */
const isLost = (facts: Facts): boolean => {
  const { status } = facts.codex;
  return status === 'expired' || status === 'none' || (hasLogin(facts) && isRefused(facts));
};

export const loginNotice = (before: Facts, after: Facts): LoginNotice | null => {
  const { codex: known } = before;
  const { codex } = after;
  if (known.loginId !== null && works(before) && isLost(after)) {
    const isOther = codex.loginId !== null && codex.loginId !== known.loginId;
    return isOther ? null : { kind: 'login_lost', loginId: known.loginId };
  }
  if (codex.status !== 'expiring' || codex.loginId === null || !works(after)) return null;
  const isKnown = known.status === 'expiring' && known.loginId === codex.loginId;
  return isKnown ? null : { kind: 'login_expiring', loginId: codex.loginId };
};
