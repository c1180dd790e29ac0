/**
 * A restored state on trial: the ladder, the proof from outside and a turn decide whether it stays; the
 * old one lies beside it until then and comes back otherwise. Pure.
 *
 * A login that is none any more (its refresh token was renewed since the backup) is no fault of the
 * state: its owner logs in again, as was said before.
 */
import type { RestoreStep } from '#schemas/contract/agent-restore.ts';
import type { SmokeCode } from '#schemas/contract/agent.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { hasLogin, isClosed, isRefused, proofOf } from './proof.ts';
import { failedAt, minute, retryOrGiveUp, timeOf } from './timing.ts';
import type { Action, Desired, Moment } from './timing.ts';

/** A cold start takes 15–45 s, a migration of an older state minutes, a turn up to three. */
const trialMs = 12 * minute;

/** What the model or the account says, and not the state. */
const notOurs: ReadonlySet<SmokeCode> = new Set(['auth', 'rate_limit', 'billing']);

export const isOnTrial = ({ restore }: Facts): boolean => restore.report?.code === 'swapped';

/** Until when it has to be proven. */
export const trialEndsMs = ({ restore }: Facts): number => timeOf(restore.swappedAt) + trialMs;

const verdictOf = (
  facts: Facts,
  moment: Moment,
): Extract<RestoreStep, 'keep' | 'return'> | null => {
  const { agent, verify, exposure, smoke, deployment } = facts;
  const isUp = agent.error === null && agent.gateway === 'ready';
  const isVerified = verify.report?.rungs.every(({ result }) => result !== 'fail') ?? false;
  const isPrivate = exposure.report !== null && isClosed(exposure.report);
  if (isUp && isVerified && isPrivate) {
    // Nothing was proven before either, and no turn is owed.
    if (proofOf(facts) !== null || !deployment.proves) return 'keep';
    const isWithout = facts.codex.status === 'none' || facts.codex.status === 'expired';
    if (isWithout || (hasLogin(facts) && isRefused(facts))) return 'keep';
    const { report } = smoke;
    const isSince = report !== null && report.smokeId !== deployment.precedingSmokeId;
    if (isSince && report.code !== 'running') return notOurs.has(report.code) ? 'keep' : 'return';
  }
  return moment.now.getTime() >= trialEndsMs(facts) ? 'return' : null;
};

export const planRestore = (desired: Desired, facts: Facts, moment: Moment): Action | null => {
  // Taken back is what can be started again by the restart it came with.
  if (!isOnTrial(facts) || desired.restartId === null) return null;
  const verdict = verdictOf(facts, moment);
  if (verdict === null) return null;
  const action: Action = { kind: 'settle_restore', verdict };
  return retryOrGiveUp(desired, moment, { lastAt: failedAt(facts.restore), action });
};

/** Under way, from the order to the decision. */
export const isRestoring = ({ restore }: Facts): boolean =>
  ['ordered', 'swapping', 'swapped', 'return_ordered', 'returning'].includes(
    restore.report?.code ?? '',
  );
