/** JSON column `charges` of `autopays`. */
import * as z from 'zod/mini';

/** One payment that PayApp made under an agreement, and what was made of it, once and for all. */
export const autopayCharge = z.object({
  mulNo: z.string(),
  paidAt: z.string(),
  /** False: it buys nothing, and its money goes back. */
  counts: z.boolean(),
});
export type AutopayCharge = z.infer<typeof autopayCharge>;
export const autopayCharges = z.array(autopayCharge);
