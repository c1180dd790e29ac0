/** JSON of `settings` rows. What is missing or out of bounds counts as its default. */
import * as z from 'zod/mini';

const minutes = (fallback: number, least: number, most: number) =>
  z.catch(z._default(z.int().check(z.gte(least), z.lte(most)), fallback), fallback);

/** Row `promise`. The grace ends well before PayApp stops giving money back at once (five days). */
export const promiseMinutes = z.object({
  /** From payment to a runtime that runs. */
  promisedMinutes: minutes(60, 5, 24 * 60),
  /** From the one retry to telling an operator. */
  retryMinutes: minutes(30, 5, 12 * 60),
  /** From the promised time to giving the money back. */
  graceMinutes: minutes(24 * 60, 60, 4 * 24 * 60),
});
