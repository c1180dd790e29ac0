/** Asking for money. A timeout is `unknown`, never failed: the request may exist. */

export interface PaymentRequest {
  readonly orderId: string;
  readonly goodName: string;
  readonly priceKrw: number;
  /** Digits only, `01…`. */
  readonly phone: string;
  /** PayApp texts the link to the phone. Absent = it does not. */
  readonly texts?: boolean;
  /** The payer has no account here and returns to the front page. Absent = to the order. */
  readonly withoutAccount?: boolean;
}

export type PaymentRequestOutcome =
  | { readonly kind: 'opened'; readonly mulNo: string; readonly payUrl: string }
  | { readonly kind: 'refused'; readonly reason: PaymentRefusal }
  /** Without a reason: nothing came in time. */
  | { readonly kind: 'unknown'; readonly reason?: PaymentSilence };

/** The provider said no. */
export type PaymentRefusal =
  | 'feedback_unreachable'
  | 'credentials'
  | 'invalid_parameter'
  | 'not_permitted'
  | 'not_https'
  | 'unknown_command'
  | 'other';

/** No answer that says what happened: the call may or may not have had its effect. */
export type PaymentSilence =
  | 'timeout'
  | 'unreadable_answer'
  /** Accepted, without the number or link we would need. */
  | 'incomplete_answer'
  | 'transport_error';

/** `unpaid_and_dead`: surely not paid and not payable any more. `refused`: possibly paid. */
export type ReadyCancelOutcome = 'unpaid_and_dead' | 'refused' | 'unknown';

export interface RefundRequest {
  readonly mulNo: string;
  readonly amountKrw: number;
  /** False: everything, whatever `amountKrw` says. */
  readonly part: boolean;
}

/** Where the seller has to pay the refund in. */
export interface PaybackAccount {
  readonly account: string;
  readonly amountKrw: number;
  readonly depositor: string;
}

/** `looked`: the provider judged this payment; false: it refused us before looking at it. */
export type RefundOutcome =
  | { readonly kind: 'refunded' }
  | { readonly kind: 'refused'; readonly looked: boolean; readonly errno: string }
  | { readonly kind: 'unknown' };

export type RefundRequestOutcome =
  | { readonly kind: 'requested'; readonly payback: PaybackAccount }
  | Exclude<RefundOutcome, { readonly kind: 'refunded' }>;

/** PayApp charges by itself: the first time when the payer approves, then each month. */
export interface RecurringRequest {
  /** Feedback and failures are told under it. */
  readonly autopayId: string;
  readonly runtimeId: string;
  readonly goodName: string;
  readonly priceKrw: number;
  /** Digits only, `01…`. */
  readonly phone: string;
  /** Day of the month, 1–28. */
  readonly chargeDay: number;
  /** `yyyy-mm-dd`, Korean time: nothing is charged after it. */
  readonly until: string;
}

export type RecurringOutcome =
  | { readonly kind: 'opened'; readonly rebillNo: string; readonly payUrl: string }
  | { readonly kind: 'refused'; readonly reason: PaymentRefusal }
  | { readonly kind: 'unknown'; readonly reason?: PaymentSilence };

/** `refused`: PayApp does not say that it stopped; it may have stopped before. */
export type RecurringCancelOutcome = 'cancelled' | 'refused' | 'unknown';

export interface Payments {
  request(request: PaymentRequest): Promise<PaymentRequestOutcome>;
  cancelIfUnpaid(mulNo: string): Promise<ReadyCancelOutcome>;
  /** Gives money back at once, while it is not settled to the seller (five days at most). */
  refund(request: RefundRequest): Promise<RefundOutcome>;
  /** Asks for a refund after that; the end comes as a notice. */
  requestRefund(request: RefundRequest): Promise<RefundRequestOutcome>;
  registerRecurring(request: RecurringRequest): Promise<RecurringOutcome>;
  /** Ends what is to be charged from now on; gives nothing back. */
  cancelRecurring(rebillNo: string): Promise<RecurringCancelOutcome>;
}

/** Feedback URL token of an order: derived, not stored; appears nowhere else. */
export interface OrderTokens {
  tokenOf(orderId: string): string;
  matches(orderId: string, token: string): boolean;
}

/** What PayApp said of one payment, without secrets, card data or phone number. */
export interface NoticeFields {
  readonly mulNo: string;
  readonly payState: string;
  readonly payType: string;
  readonly priceKrw: number;
  /** As sent, KST, empty when not paid or not cancelled. */
  readonly payDate: string;
  readonly cancelDate: string;
  readonly currency: string;
  /** PayApp's receipt page, a web address or null. */
  readonly receiptUrl: string | null;
  /** Of a charge that PayApp made by itself; null of any other. */
  readonly rebillNo: string | null;
}

/**
 * probe: nobody's payment, nothing to keep. refused: not from PayApp, or not for this order.
 * keys_absent: the order's token is right and the shared keys are missing altogether.
 * malformed: from PayApp, but not readable; `digest` tells two such bodies apart.
 */
export type FeedbackVerdict =
  | { readonly kind: 'probe' }
  | { readonly kind: 'refused'; readonly reason: FeedbackRefusal }
  | { readonly kind: 'authentic'; readonly notice: NoticeFields }
  | { readonly kind: 'keys_absent'; readonly notice: NoticeFields }
  | { readonly kind: 'malformed'; readonly digest: string };

export type FeedbackRefusal =
  | 'path'
  | 'content_type'
  | 'too_large'
  | 'duplicate_keys'
  | 'token'
  | 'userid'
  | 'keys'
  | 'unreadable';

export interface FeedbackRequest {
  readonly method: string;
  readonly orderId: string;
  readonly token: string;
  readonly contentType: string;
  readonly body: string;
}

/** Reads and authenticates PayApp's feedback; comparisons take the same time for any input. */
export interface FeedbackGate {
  judge(request: FeedbackRequest): FeedbackVerdict;
}
