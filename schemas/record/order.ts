/** JSON columns of `orders`: the plan as it was sold, and effects still owed. */
import * as z from 'zod/mini';
import { taskKinds } from '../contract/vocabulary.ts';

export const planSnapshot = z.object({
  key: z.string(),
  version: z.number(),
  priceKrw: z.number(),
  memoryMiB: z.number(),
  cpus: z.number(),
  goodName: z.string(),
});
export type PlanSnapshot = z.infer<typeof planSnapshot>;

/** Data, written together with the state and carried out by the reconciler. */
export const effect = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open_runtime') }),
  z.object({ kind: z.literal('extend_runtime') }),
  /** The money went back: the runtime stops, or is never opened. */
  z.object({ kind: z.literal('suspend_runtime') }),
  /** A pay link that must not stay payable. */
  z.object({ kind: z.literal('cancel_request'), mulNo: z.string() }),
  z.object({ kind: z.literal('raise_task'), task: z.enum(taskKinds), mulNo: z.string() }),
]);
export type Effect = z.infer<typeof effect>;
export const effects = z.array(effect);
export const mulNos = z.array(z.string());
