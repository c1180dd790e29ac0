/** What is known of one runtime and its update, and the steps there are. Pure. */
import type { DesiredState } from '#schemas/contract/vocabulary.ts';
import type {
  UpdateFailure,
  UpdateReason,
  UpdateRecord,
  UpdateState,
} from '#schemas/contract/updates.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import type { Quiet } from './quiet-hour.ts';

export interface Target {
  readonly image: string;
  readonly version: string;
  readonly noticeHours: number;
}

/** open: begin. busy: enough are under way. closed: stopped, or an earlier ring is not proven. */
export type Gate = 'open' | 'busy' | 'closed';

export interface UpdateFacts {
  readonly desired: DesiredState;
  readonly facts: Facts;
  /** Hash of the stack that is wanted now. */
  readonly configHash: string;
  /** What it is meant to run; `version` is what really answered, or what the pin said. */
  readonly current: { readonly image: string; readonly version: string | null };
  readonly smokeId: string | null;
  readonly isRestartOwed: boolean;
  readonly target: Target | null;
  readonly gate: Gate;
  readonly floor: { readonly version: string; readonly endsHoldsMs: number } | null;
  readonly state: UpdateState | null;
  readonly update: UpdateRecord | null;
  readonly quiet: Quiet;
  readonly heldUntilMs: number;
}

export type UpdateStep =
  /** Null: nothing is expected of it. */
  | { readonly kind: 'rest'; readonly untilMs: number | null }
  | {
      readonly kind: 'plan';
      readonly to: Target;
      readonly why: UpdateReason;
      readonly earliestMs: number;
      readonly startsMs: number;
      readonly latestMs: number | null;
    }
  | { readonly kind: 'replan'; readonly startsMs: number; readonly latestMs: number | null }
  | { readonly kind: 'drop' }
  | { readonly kind: 'start' }
  /** It is time, and there is no room for the copy of its state. */
  | { readonly kind: 'blocked'; readonly untilMs: number }
  | { readonly kind: 'ask_smoke'; readonly smokeId: string }
  | { readonly kind: 'keep'; readonly proven: boolean }
  | { readonly kind: 'roll_back'; readonly failure: UpdateFailure }
  | { readonly kind: 'end_rolled_back' }
  /** The old one does not come up either. */
  | { readonly kind: 'call_person'; readonly untilMs: number };

export const minute = 60_000;
export const hour = 60 * minute;

export const rest = (untilMs: number | null): UpdateStep => ({ kind: 'rest', untilMs });
