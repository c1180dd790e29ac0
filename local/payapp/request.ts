/**
 * A payment request and what may happen to it: one table, pure functions, no clock of their own.
 * Guarantees: a request is paid at most once, and nothing leaves `cancelled` or `refunded`.
 */
import * as z from 'zod';
import { PAYAPP_PAY_TYPE } from '#schemas/wire/payapp.ts';

export const METHODS = ['card', 'kakaopay', 'vbank'] as const;
export type Method = (typeof METHODS)[number];

export const payRequest = z.object({
  mulNo: z.string(),
  /** The recurring payment that made it; empty of any other. */
  rebillNo: z.string().default(''),
  code: z.string(),
  status: z.enum(['requested', 'waiting', 'paid', 'partly_refunded', 'refunded', 'cancelled']),
  goodname: z.string(),
  priceKrw: z.number(),
  recvphone: z.string(),
  memo: z.string(),
  reqaddr: z.string(),
  feedbackUrl: z.string(),
  retries: z.boolean(),
  returnUrl: z.string(),
  skipsReceipt: z.boolean(),
  openPayType: z.string(),
  var1: z.string(),
  var2: z.string(),
  requestedAtMs: z.number(),
  paidAtMs: z.number().optional(),
  cancelledAtMs: z.number().optional(),
  method: z.enum(METHODS).optional(),
  /** Not `smsuse=n`: PayApp would text the link to the payer. */
  texted: z.boolean().default(false),
  payMemo: z.string().default(''),
  payAddress: z.string().default(''),
  accountNumber: z.string().default(''),
  approvalNumber: z.string().default(''),
  refundedKrw: z.number().default(0),
  settled: z.boolean().default(false),
  /** Asked for by `paycancelreq`; the money has not moved yet. */
  refundAskedKrw: z.number().default(0),
});
export type PayRequest = z.infer<typeof payRequest>;

export type Event =
  | { readonly kind: 'account_issued'; readonly accountNumber: string }
  | { readonly kind: 'paid'; readonly method: Method; readonly approvalNumber: string }
  | { readonly kind: 'deposited' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'refunded'; readonly amountKrw: number };

const LEGAL: Readonly<Record<PayRequest['status'], readonly Event['kind'][]>> = {
  requested: ['account_issued', 'paid', 'cancelled'],
  waiting: ['deposited', 'cancelled'],
  paid: ['refunded'],
  partly_refunded: ['refunded'],
  refunded: [],
  cancelled: [],
};

/** The request after an event, or undefined when the event cannot happen to it now. */
export function advance(request: PayRequest, event: Event, atMs: number): PayRequest | undefined {
  if (!LEGAL[request.status].includes(event.kind)) return undefined;
  switch (event.kind) {
    case 'account_issued':
      return {
        ...request,
        status: 'waiting',
        method: 'vbank',
        accountNumber: event.accountNumber,
      };
    case 'paid':
      return {
        ...request,
        status: 'paid',
        method: event.method,
        approvalNumber: event.approvalNumber,
        paidAtMs: atMs,
      };
    case 'deposited':
      return { ...request, status: 'paid', paidAtMs: atMs };
    case 'cancelled':
      return { ...request, status: 'cancelled', cancelledAtMs: atMs };
    case 'refunded':
      return refund(request, event.amountKrw, atMs);
  }
}

export function refundableKrw(request: PayRequest): number {
  return request.priceKrw - request.refundedKrw;
}

function refund(request: PayRequest, amountKrw: number, atMs: number): PayRequest | undefined {
  if (!Number.isSafeInteger(amountKrw) || amountKrw < 1) return undefined;
  if (amountKrw > refundableKrw(request)) return undefined;
  const refundedKrw = request.refundedKrw + amountKrw;
  const status = refundedKrw === request.priceKrw ? 'refunded' : 'partly_refunded';
  return { ...request, status, refundedKrw, refundAskedKrw: 0, cancelledAtMs: atMs };
}

/** Methods the page offers: PayApp's words in `openpaytype`, as far as the sandbox has them. */
export function offeredMethods(openPayType: string): readonly Method[] {
  const asked = openPayType.split(',').map((word) => word.trim());
  const offered = METHODS.filter((method) => asked.includes(method));
  return offered.length > 0 ? offered : METHODS;
}

/** `pay_type`; empty while the payer has not chosen. */
export function payType(request: PayRequest): string {
  switch (request.method) {
    case 'card':
      return PAYAPP_PAY_TYPE.card;
    case 'kakaopay':
      return PAYAPP_PAY_TYPE.kakaoPay;
    case 'vbank':
      return PAYAPP_PAY_TYPE.virtualAccount;
    case undefined:
      return '';
  }
}
