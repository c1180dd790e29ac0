/** Agreements to be charged each month by PayApp itself. */
import { autopayStates, autopayStopReasons } from '../contract/vocabulary.ts';
import { idText, integer, json, key, oneOf, optional, table, text, time } from './define.ts';

/**
 * Row id = `autopay-` and 24 hex digits, derived from (runtime, how many it had before): creating the
 * row is the claim. Read by functions only. No phone number is kept.
 */
export const autopays = table(
  'autopays',
  {
    workspaceId: idText(),
    runtimeId: idText(),
    /** Who agreed, when, to which amount of which plan on which day of the month. */
    userId: idText(),
    agreedAt: time(),
    priceKrw: integer(1_000, 100_000_000),
    /** As in `orders`: the plan and its price, as agreed. */
    planSnapshot: json(1_000),
    chargeDay: integer(1, 28),
    state: oneOf(autopayStates),
    /** PayApp's number of it; null while its answer is not here. */
    rebillNo: optional(text(20)),
    payUrl: optional(text(512)),
    failureCode: optional(text(64)),
    /** JSON of `record/autopay.ts`, the newest ones. */
    charges: json(4_000),
    /** The end of the day on which the next charge is due. */
    expectedAt: optional(time()),
    /** Charges in a row that did not come. */
    missed: integer(0, 1_000),
    stopReason: optional(oneOf(autopayStopReasons)),
    /** A user's id, or `system`. */
    stoppedBy: optional(text(64)),
    /** From here on no charge counts. */
    stoppedAt: optional(time()),
    /** PayApp said that it stopped. */
    endedAt: optional(time()),
    /** Times PayApp was asked to stop. */
    attempts: integer(0, 1_000),
    nextCheckAt: optional(time()),
  },
  { byRuntime: key('runtimeId'), byState: key('state'), due: key('nextCheckAt') },
);
