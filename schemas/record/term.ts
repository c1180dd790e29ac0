/** JSON column `periods` of `runtimes`: the time that was bought or given, oldest first. */
import * as z from 'zod/mini';

export const period = z.object({
  /** The order that bought it, at most one period each; `given-…` = an operator gave it. */
  orderId: z.string(),
  from: z.string(),
  to: z.string(),
  /**
   * Day of the month on which the first of an unbroken row of periods began: one that ends on
   * 28 February for want of a 31st goes on to 31 March.
   */
  anchorDay: z.number(),
  /** Its money went back: it counts for nothing, and keeps its order from adding it again. */
  withdrawn: z._default(z.boolean(), false),
});
export type Period = z.infer<typeof period>;
export const periods = z.array(period);
