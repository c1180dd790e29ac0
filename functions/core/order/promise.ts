/**
 * "No runtime, no charge", as a decision: given how late a paid order's runtime is and what was done
 * about it already, what comes next and when to look again. Pure; each stage is reached once.
 */
import type { PromiseStage, RuntimeStatus } from '#schemas/contract/vocabulary.ts';

export interface LatePromise {
  readonly promisedByMs: number;
  readonly stage: PromiseStage | null;
  /** Null: there is no runtime at all. */
  readonly runtime: { readonly status: RuntimeStatus; readonly proven: boolean } | null;
  /** From the one retry to telling an operator. */
  readonly retryMs: number;
  /** From the promised time to giving the money back. */
  readonly graceMs: number;
  readonly paidAtMs: number;
}

export type PromiseStep =
  | { readonly kind: 'kept' }
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'retry' | 'report' | 'give_back' };

/** PayApp gives back at once up to five days after approval; half a day is left for trouble. */
const giveBackWithinMs = 4.5 * 24 * 60 * 60_000;

/** Statuses of a runtime that came up at least once, or that nobody wants up. */
const keepsPromise: Readonly<Record<RuntimeStatus, boolean>> = {
  provisioning: false,
  failed: false,
  running: true,
  auth_required: true,
  linking: true,
  ready: true,
  degraded: true,
  suspended: true,
  deleting: true,
  deleted: true,
};

/** It came up at least once, or nobody wants it up. */
export const hasComeUp = (runtime: NonNullable<LatePromise['runtime']>): boolean =>
  runtime.proven || keepsPromise[runtime.status];

export const nextForPromise = (late: LatePromise, nowMs: number): PromiseStep => {
  const { runtime, promisedByMs } = late;
  if (runtime !== null && hasComeUp(runtime)) return { kind: 'kept' };
  const reportAtMs = promisedByMs + late.retryMs;
  const latestMs = late.paidAtMs + giveBackWithinMs;
  const giveBackAtMs = Math.max(reportAtMs, Math.min(promisedByMs + late.graceMs, latestMs));
  switch (late.stage) {
    case null:
      return nowMs < promisedByMs ? { kind: 'wait', untilMs: promisedByMs } : { kind: 'retry' };
    case 'retried':
      return nowMs < reportAtMs ? { kind: 'wait', untilMs: reportAtMs } : { kind: 'report' };
    case 'reported':
      return nowMs < giveBackAtMs ? { kind: 'wait', untilMs: giveBackAtMs } : { kind: 'give_back' };
  }
};
