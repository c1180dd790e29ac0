/** Asking for money. A timeout is `unknown`, never failed: the request may exist. */

export interface PaymentRequest {
  readonly orderId: string;
  readonly goodName: string;
  readonly priceKrw: number;
  /** Digits only, `01…`. */
  readonly phone: string;
}

export type PaymentRequestOutcome =
  | { readonly kind: 'opened'; readonly mulNo: string; readonly payUrl: string }
  | { readonly kind: 'refused'; readonly reason: PaymentRefusal }
  | { readonly kind: 'unknown' };

export type PaymentRefusal =
  | 'feedback_unreachable'
  | 'credentials'
  | 'invalid_parameter'
  | 'not_permitted'
  | 'malformed_answer'
  | 'other';

/** `unpaid_and_dead`: surely not paid and not payable any more. `refused`: possibly paid. */
export type ReadyCancelOutcome = 'unpaid_and_dead' | 'refused' | 'unknown';

export interface Payments {
  request(request: PaymentRequest): Promise<PaymentRequestOutcome>;
  cancelIfUnpaid(mulNo: string): Promise<ReadyCancelOutcome>;
}

/** Feedback URL token of an order: derived, not stored; appears nowhere else. */
export interface OrderTokens {
  tokenOf(orderId: string): string;
  matches(orderId: string, token: string): boolean;
}
