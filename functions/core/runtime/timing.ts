/**
 * When a runtime is looked at or tried again. Pure; observations count only if they were made since
 * `freshSince` (the start of this run), so that every run looks before it acts.
 */
import type { UpdateState } from '#schemas/contract/updates.ts';
import type { DesiredState } from '#schemas/contract/vocabulary.ts';

export interface Desired {
  readonly state: DesiredState;
  /** Hash of the rendered stack and its domain. */
  readonly configHash: string;
  readonly verifyRequestedAt: string | null;
  readonly smokeId: string | null;
  /** The restart that was asked for last. */
  readonly restartId: string | null;
  /** How often a step has failed in a row. */
  readonly failures: number;
  /** 0 ≤ n < 1, the runtime's own for ever: what failed together is not tried again together. */
  readonly jitter: number;
  /** ISO: what is paid ends. */
  readonly paidUntil: string;
  /** Lowest safe version of OpenClaw; null where nobody asks. */
  readonly versionFloor: string | null;
  /** While it is suspended: until then its agent alone is to run. */
  readonly exportUntil: string | null;
  /** How its newest update stands. */
  readonly update: UpdateState | null;
  /** Deleted, and an operator answers for what nobody can look at any more. */
  readonly declaredGone: boolean;
}

export interface Moment {
  readonly now: Date;
  readonly freshSince: Date;
}

export type Action =
  | { readonly kind: 'claim_slot' }
  | { readonly kind: 'ensure_project' }
  | { readonly kind: 'ensure_compose' }
  | { readonly kind: 'configure' }
  /** The intent (title, attempt) is written before the call. */
  | { readonly kind: 'deploy'; readonly attempt: number }
  /** Asked for, but not to be seen anywhere for too long: may be asked for again. */
  | { readonly kind: 'declare_lost' }
  | { readonly kind: 'observe_deployment' }
  | { readonly kind: 'observe_agent' }
  /** Does the agent of a suspended runtime answer, so that it can be exported? */
  | { readonly kind: 'observe_export' }
  /** The agent is silent: what does its machine show? */
  | { readonly kind: 'observe_machine' }
  /** Containers that are down, from the files of the last deployment. */
  | { readonly kind: 'start' }
  /** The halves of a restart that a member asked for. */
  | { readonly kind: 'restart_stop' }
  | { readonly kind: 'restart_start' }
  | { readonly kind: 'verify' }
  /** Tries from outside whether anything answers strangers. */
  | { readonly kind: 'prove_exposure' }
  /** Writes down a new smoke, as its owner would by a click. */
  | { readonly kind: 'ask_smoke' }
  | { readonly kind: 'start_smoke'; readonly smokeId: string }
  /** One cheap question to the model, so that a dead login is noticed before its owner does. */
  | { readonly kind: 'start_check'; readonly checkId: string }
  /** Copies, seals and proves the state on the tenant. */
  | { readonly kind: 'start_backup'; readonly backupId: string; readonly day: number }
  /** Keeps a restored state, or has the old one brought back by one more restart. */
  | { readonly kind: 'settle_restore'; readonly verdict: 'keep' | 'return' }
  /** Ends the sessions of everybody who is no owner of the workspace. */
  | { readonly kind: 'end_access' }
  /** A create whose answer was lost may have left a service nobody wrote down. */
  | { readonly kind: 'find_compose' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'remove' }
  /** Its service is deleted: does Docker still list anything of it? */
  | { readonly kind: 'look_gone' }
  /** Does anything of it still answer at its address? */
  | { readonly kind: 'prove_unrouted' }
  | { readonly kind: 'release_slot' }
  /** Everything is gone: says so on the row and in the history. */
  | { readonly kind: 'issue_receipt' }
  | { readonly kind: 'raise_task' }
  /** Nothing to do now. `settled`: and nothing is expected to happen by itself. */
  | { readonly kind: 'wait'; readonly untilMs: number; readonly settled: boolean };

export const second = 1_000;
export const minute = 60 * second;

const settledCheckMs = 24 * 60 * minute;
/** So many in a row, and a person is told; it goes on being tried at the longest interval. */
export const maxFailures = 8;

const firstBackoffMs = 5 * second;
const longestBackoffMs = 10 * minute;
/** A fifth either way. */
const jitterShare = 0.4;

/** 5 s doubling to 10 min, each ±20 % by the runtime's own jitter. */
export const backoffMs = (failures: number, jitter: number): number => {
  const plain = Math.min(firstBackoffMs * 2 ** Math.max(0, failures - 1), longestBackoffMs);
  return Math.round(plain * (1 - jitterShare / 2 + jitterShare * jitter));
};

export const timeOf = (iso: string | null): number => (iso === null ? 0 : Date.parse(iso));

export const settledUntil = (untilMs: number): Action => ({ kind: 'wait', untilMs, settled: true });

export const settled = (moment: Moment): Action =>
  settledUntil(moment.now.getTime() + settledCheckMs);

export const waitUntil = (untilMs: number): Action => ({ kind: 'wait', untilMs, settled: false });

export const isFresh = (observedAt: string | null, moment: Moment): boolean =>
  timeOf(observedAt) >= moment.freshSince.getTime();

/** Looks again every `everyMs`, and at least once in this run. */
export const lookEvery = (
  observedAt: string | null,
  everyMs: number,
  at: { readonly moment: Moment; readonly action: Action },
): Action => {
  const { moment, action } = at;
  const nextMs = timeOf(observedAt) + everyMs;
  if (!isFresh(observedAt, moment) || nextMs <= moment.now.getTime()) return action;
  return waitUntil(nextMs);
};

/** Tried at once, then with growing pauses since `lastAt` (null = not tried yet). */
export const retryOrGiveUp = (
  desired: Desired,
  moment: Moment,
  retry: { readonly lastAt: string | null; readonly action: Action },
): Action => {
  if (desired.failures === 0 || retry.lastAt === null) return retry.action;
  const due = timeOf(retry.lastAt) + backoffMs(desired.failures, desired.jitter);
  if (moment.now.getTime() < due) return waitUntil(due);
  return desired.failures === maxFailures ? { kind: 'raise_task' } : retry.action;
};

/** Of a step that did not work; null where it did, so that the next one starts at once. */
export const failedAt = (seen: {
  readonly observedAt: string | null;
  readonly error: string | null;
}): string | null => (seen.error === null ? null : seen.observedAt);
