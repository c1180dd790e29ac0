/** JSON columns of `orders`: the plan as it was sold, effects still owed, refunds asked for. */
import * as z from 'zod/mini';
import { planName } from './term.ts';
import { refundSteps, taskKinds } from '../contract/vocabulary.ts';

export const planSnapshot = z.object({
  key: z.string(),
  version: z.number(),
  priceKrw: z.number(),
  memoryMiB: z.number(),
  cpus: z.number(),
  goodName: z.string(),
  /** How long it buys; 0 of a change of plan, which is for what is left. */
  months: z._default(z.number(), 1),
  /** Charged by itself, under this agreement. */
  autopayId: z.optional(z.string()),
  /** Of a change: from which plan, for what is left at `at` of the time until `until`. */
  change: z.optional(z.object({ from: planName, at: z.string(), until: z.string() })),
});
export type PlanSnapshot = z.infer<typeof planSnapshot>;

/** Data, written together with the state and carried out by the reconciler. */
export const effect = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open_runtime') }),
  z.object({ kind: z.literal('extend_runtime') }),
  z.object({ kind: z.literal('change_plan') }),
  /** The money went back: the runtime stops, or is never opened. */
  z.object({ kind: z.literal('suspend_runtime') }),
  /** The money of a renewal went back: the time it bought is taken away again. */
  z.object({ kind: z.literal('retract_period') }),
  /** The money of a change of plan went back: the plan goes back too. */
  z.object({ kind: z.literal('revert_plan') }),
  /** A pay link that must not stay payable. */
  z.object({ kind: z.literal('cancel_request'), mulNo: z.string() }),
  z.object({
    kind: z.literal('raise_task'),
    task: z.enum(taskKinds),
    mulNo: z.string(),
    /** What tells two tasks of one kind about one payment apart: a notice's id, a refund's number. */
    about: z.optional(z.string()),
  }),
]);
export type Effect = z.infer<typeof effect>;
export const effects = z.array(effect);
export const mulNos = z.array(z.string());

/** One refund we asked for. Kept for good: PayApp's later notices are held against it. */
export const refund = z.object({
  /** 1, 2, 3 … within the order. */
  no: z.number(),
  mulNo: z.string(),
  amountKrw: z.number(),
  /** False: PayApp was told to give everything back. */
  part: z.boolean(),
  step: z.enum(refundSteps),
  by: z.enum(['customer', 'operator', 'system']),
  at: z.string(),
  /** The notice that confirmed it: counted once. */
  noticeId: z._default(z.nullable(z.string()), null),
});
export type Refund = z.infer<typeof refund>;
export const refunds = z.array(refund);
