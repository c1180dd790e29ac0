/**
 * What a round of sending makes of a notice: done, looked at again soon, tried again later, given up.
 * Pure. After some tries a person is told, and it goes on being tried: a mail server that was away
 * for days must not cost a customer the notice. One that refuses this very mail is asked less often.
 */
import type { Delivery } from '#schemas/record/message.ts';
import type { MessageState } from '#schemas/contract/vocabulary.ts';

/**
 * Of the port's failures, and: no_recipients: nobody of the workspace is concerned. unreachable: no
 * answer came. stuck: handed on, and no end to be seen; it may have gone. values: they are not those of the kind.
 */
export type RoundFailure =
  | 'no_provider'
  | 'no_address'
  | 'rejected'
  | 'undelivered'
  | 'refused'
  | 'no_recipients'
  | 'unreachable'
  | 'stuck'
  | 'values';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Before the second try, the third …; then once a day. */
const pausesMs = [1, 3, 10, 30, 120, 360].map((minutes) => minutes * minuteMs);

/** Tries before a person is told: about three hours. */
export const triesBeforeTask = 6;
/** Two weeks. */
export const triesAtMost = 20;
/** A mail server's own no is not asked for twenty times. */
export const refusalsAtMost = triesBeforeTask;
/** Handed on, it is looked at again after. */
export const lookAgainMs = minuteMs;
/** Appwrite's worker is done within minutes, or died over it and will never say. */
export const stuckAfterMs = 60 * minuteMs;

export const pauseAfter = (attempts: number): number => pausesMs[attempts - 1] ?? dayMs;

export interface Round {
  readonly deliveries: readonly Delivery[];
  /** The worst that happened; null = nothing bad. */
  readonly failure: RoundFailure | null;
  readonly now: Date;
}

export interface Standing {
  readonly attempts: number;
  readonly sentAt: string | null;
}

export interface AfterRound {
  readonly state: MessageState;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly sentAt: string | null;
  readonly failedAt: string | null;
  readonly failureCode: RoundFailure | null;
  /** A person is to be told. */
  readonly raises: boolean;
}

export const afterRound = (before: Standing, round: Round): AfterRound => {
  const { deliveries, failure, now } = round;
  const isSent = deliveries.some(({ state }) => state === 'sent');
  const sentAt = before.sentAt ?? (isSent ? now.toISOString() : null);
  const at = (ms: number): string => new Date(now.getTime() + ms).toISOString();
  const kept = { attempts: before.attempts, sentAt, failedAt: null, failureCode: null };
  if (failure === null) {
    return deliveries.every(({ state }) => state === 'sent')
      ? { ...kept, state: 'sent', nextAttemptAt: null, raises: false }
      : { ...kept, state: 'pending', nextAttemptAt: at(lookAgainMs), raises: false };
  }
  const attempts = before.attempts + 1;
  const isOver = attempts >= (failure === 'rejected' ? refusalsAtMost : triesAtMost);
  return {
    state: isOver ? 'failed' : 'pending',
    attempts,
    nextAttemptAt: isOver ? null : at(pauseAfter(attempts)),
    sentAt,
    failedAt: isOver ? now.toISOString() : null,
    failureCode: failure,
    raises: isOver || attempts === triesBeforeTask,
  };
};
