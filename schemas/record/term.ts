/** JSON column `periods` of `runtimes`: the time that was bought or given, oldest first. */
import * as z from 'zod/mini';

/** A plan at a version of its prices. */
export const planName = z.object({ key: z.string(), version: z.number() });
export type PlanName = z.infer<typeof planName>;

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
  /** What it is paid for; null in rows of before plans could change: what the runtime is. */
  plan: z._default(z.nullable(planName), null),
});
export type Period = z.infer<typeof period>;
export const periods = z.array(period);

/** Changes of plan that were paid, oldest first; the newest are kept. Column `planChanges`. */
export const planChange = z.object({
  /** The order that paid it. */
  orderId: z.string(),
  /** When it was ordered: what was left then was paid. */
  at: z.string(),
  from: planName,
  to: planName,
  /** The periods it changed, by their orders. */
  covers: z.array(z.string()),
  /** Its money went back. */
  withdrawn: z.boolean(),
});
export type PlanChange = z.infer<typeof planChange>;
export const planChanges = z.array(planChange);
