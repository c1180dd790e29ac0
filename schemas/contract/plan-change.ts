/** checkout: another plan for a runtime, at once for money or from the next renewal on. */
import * as z from 'zod/mini';
import { id, isoTime, planKey, priceKrw, revision } from './common.ts';
import { operation } from './operation.ts';
import { payLink } from './checkout.ts';

/** What a larger plan costs for the time that is left, now; it only falls until it is ordered. */
export const quotePlan = operation({
  function: 'checkout',
  path: '/plan/quote',
  body: z.object({ runtimeId: id, planKey }),
  value: z.object({ from: z.string(), to: z.string(), priceKrw, until: isoTime }),
});

/**
 * Orders a larger plan for the time that is left. It is given once the payment has come: the runtime
 * is deployed anew with more memory, and proven again.
 */
export const upgradePlan = operation({
  function: 'checkout',
  path: '/plan/upgrade',
  body: z.object({
    runtimeId: id,
    planKey,
    phone: z.string().check(z.maxLength(32)),
    requestKey: z.string().check(z.regex(/^[a-z0-9]{16,32}$/)),
  }),
  value: payLink,
});

/** What renewals buy from now on; the plan it has already takes the choice back. */
export const chooseNextPlan = operation({
  function: 'checkout',
  path: '/plan/next',
  body: z.object({ runtimeId: id, revision, planKey }),
  value: z.object({ revision }),
});
