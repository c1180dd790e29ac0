/**
 * How a Codex login that was started in this browser ended, told from the rows alone: a device code
 * is confirmed elsewhere, and a login that is pasted can be lost with the agent's memory.
 */
import type { ConditionsView } from '#schemas/contract/rows.ts';
import type { ReasonCode } from '#schemas/contract/vocabulary.ts';
import type { CodexErrorCode } from '../copy/en/codex-errors.ts';

/**
 * waiting: the rows have not shown the login yet, or show it as open. linked: it went through.
 * ended: it was open and is gone without a login: declined, lost in a restart, or replaced.
 */
export type LoginView = 'waiting' | 'linked' | 'ended';

export interface Followed {
  /** The rows have shown this login as open; before that they speak of what was. */
  readonly seenOpen: boolean;
  readonly view: LoginView;
}

export const justStarted: Followed = { seenOpen: false, view: 'waiting' };

const noLogin: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'login_missing',
  'login_expired',
  'login_refused',
  // The login from before still stands, and the new one did not take its place.
  'login_expiring',
]);

const linkedIn = (conditions: ConditionsView): ConditionsView[number] | undefined =>
  conditions.find((condition) => condition.type === 'codex_linked');

/** `attemptId`: the login that is followed; the rows may name it as one that came to nothing. */
export const followLogin = (
  before: Followed,
  conditions: ConditionsView,
  attemptId: string,
): Followed => {
  const linked = linkedIn(conditions);
  if (linked === undefined || before.view !== 'waiting') return before;
  if (linked.attempt?.attemptId === attemptId) return { seenOpen: true, view: 'ended' };
  if (linked.reason === 'login_in_progress') return { seenOpen: true, view: 'waiting' };
  if (!before.seenOpen) return before;
  if (noLogin.has(linked.reason)) return { seenOpen: true, view: 'ended' };
  return linked.value === 'true' ? { seenOpen: true, view: 'linked' } : before;
};

/** Why the last attempt came to nothing, where the runtime knows it. */
export const endedWhy = (conditions: ConditionsView): CodexErrorCode | null => {
  const attempt = linkedIn(conditions)?.attempt;
  switch (attempt?.ending) {
    case 'failed':
      return attempt.code;
    case 'expired':
      return 'codex_attempt_expired';
    case 'lost':
      return 'codex_attempt_unknown';
    default:
      return null;
  }
};

/** What must be said about a login that stands, or stood, before anything is started. */
export type LoginWarning = 'login_expiring' | 'login_expired' | 'login_refused';

export const loginWarning = (conditions: ConditionsView): LoginWarning | null => {
  const reason = linkedIn(conditions)?.reason;
  switch (reason) {
    case 'login_expiring':
    case 'login_expired':
    case 'login_refused':
      return reason;
    default:
      return null;
  }
};
