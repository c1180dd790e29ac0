/** checkout: renewal that PayApp charges by itself each month, where the installation offers it. */
import * as z from 'zod/mini';
import { id, isoTime, priceKrw } from './common.ts';
import { operation } from './operation.ts';
import { autopayStates, autopayStopReasons } from './vocabulary.ts';

export const autopay = z.object({
  autopayId: id,
  state: z.enum(autopayStates),
  priceKrw,
  /** Day of the month, Korean time. */
  chargeDay: z.number(),
  agreedAt: isoTime,
  /** Where the payer approves the first charge, while that is to be done. */
  payUrl: z.nullable(z.url()),
  /** The next charge is due by then. */
  expectedAt: z.nullable(isoTime),
  /** Charges in a row that did not come. */
  missed: z.number(),
  stopReason: z.nullable(z.enum(autopayStopReasons)),
  stoppedAt: z.nullable(isoTime),
});
export type Autopay = z.infer<typeof autopay>;

/** `offer` is null where it cannot be had now; the newest agreement, or null. */
export const showAutopay = operation({
  function: 'checkout',
  path: '/autopay/show',
  body: z.object({ runtimeId: id }),
  value: z.object({
    offer: z.nullable(z.object({ priceKrw, chargeDay: z.number() })),
    present: z.nullable(autopay),
  }),
});

/**
 * The member agrees to exactly what was shown; anything else is `stale_revision`. `phone` as typed:
 * for PayApp's request and nothing else. Asked twice, it is one agreement.
 */
export const startAutopay = operation({
  function: 'checkout',
  path: '/autopay/start',
  body: z.object({
    runtimeId: id,
    phone: z.string().check(z.maxLength(32)),
    agreed: z.object({ priceKrw, chargeDay: z.number() }),
  }),
  value: z.object({ autopayId: id, payUrl: z.url() }),
});

/** From here on no charge counts; `ended`: PayApp has confirmed it too. */
export const stopAutopay = operation({
  function: 'checkout',
  path: '/autopay/stop',
  body: z.object({ autopayId: id }),
  value: z.object({ autopayId: id, state: z.enum(autopayStates) }),
});
