/** E-mail to people who have an account. The address is known to the one who delivers, not to us. */

/**
 * no_provider: nobody is set up who delivers. no_address: the account has none. rejected: the mail
 * server says that this address takes no mail. undelivered: it was not to be had, or says something
 * else. refused: the service itself refused the call.
 */
export type DeliveryFailure = 'no_provider' | 'no_address' | 'rejected' | 'undelivered' | 'refused';

export type DeliveryState =
  | { readonly kind: 'absent' }
  /** `sinceMs`: when it was handed on, by the clock of whoever delivers. */
  | { readonly kind: 'processing'; readonly sinceMs: number }
  | { readonly kind: 'sent' }
  | { readonly kind: 'failed'; readonly code: DeliveryFailure };

export interface Messages {
  /**
   * Hands one mail on. Key: `messageId`; what is there already is not handed on again, and goes by
   * `known`. Rejects with `StoreUnavailable` when it cannot be told which.
   */
  send(mail: {
    readonly messageId: string;
    readonly userId: string;
    readonly subject: string;
    readonly html: string;
  }): Promise<'handed_on' | 'known' | 'refused'>;
  look(messageId: string): Promise<DeliveryState>;
  /** A mail that failed names the address in its errors: it does not stay. Gone already is done. */
  forget(messageId: string): Promise<void>;
}
