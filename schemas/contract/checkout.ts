/** checkout: signed-in members of the workspace. One order buys one runtime. */
import * as z from 'zod/mini';
import { displayName, id, planKey, priceKrw, revision } from './common.ts';
import { operation } from './operation.ts';
import { termMonths } from './terms.ts';
import { orderStates } from './vocabulary.ts';

const months = z.literal(termMonths);

export const payLink = z.object({
  orderId: id,
  runtimeId: id,
  payUrl: z.url(),
  priceKrw,
  revision,
});

/** `phone`: Korean mobile number as typed; used for PayApp's request and nothing else. */
export const openOrder = operation({
  function: 'checkout',
  path: '/open',
  body: z.object({
    workspaceId: id,
    planKey,
    runtimeName: displayName,
    /** How long it is paid for; absent = one month. */
    months: z.optional(months),
    phone: z.string().check(z.maxLength(32)),
    /** Chosen by the browser per click-through; the same key never opens a second order. */
    requestKey: z.string().check(z.regex(/^[a-z0-9]{16,32}$/)),
  }),
  value: payLink,
});

/**
 * More time for a runtime, at the price it was bought for. The term goes on where what is paid ends,
 * or begins when the payment comes, where that is over.
 */
export const renewRuntime = operation({
  function: 'checkout',
  path: '/renew',
  body: z.object({
    runtimeId: id,
    months,
    phone: z.string().check(z.maxLength(32)),
    requestKey: z.string().check(z.regex(/^[a-z0-9]{16,32}$/)),
  }),
  value: payLink,
});

/** A new pay link for an order whose first one failed, expired or was lost. */
export const renewPayLink = operation({
  function: 'checkout',
  path: '/pay-link',
  body: z.object({ orderId: id, phone: z.string().check(z.maxLength(32)), revision }),
  value: payLink,
});

export const cancelOrder = operation({
  function: 'checkout',
  path: '/cancel',
  body: z.object({ orderId: id, revision }),
  value: z.object({ orderId: id, state: z.string() }),
});

/** A customer may take an order back for so long after paying, if the runtime never was ready. */
export const customerRefundDays = 7;

/**
 * The customer's own refund, in full. `state` is `refunded` when the money is on its way back, and
 * `refund_requested` while PayApp's word is awaited.
 */
export const requestRefund = operation({
  function: 'checkout',
  path: '/refund',
  body: z.object({ orderId: id, revision }),
  value: z.object({ orderId: id, state: z.enum(orderStates) }),
});
