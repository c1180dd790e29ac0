/**
 * Feedback tokens: HMAC-SHA256 of the order's id under our own key. Derived, so never stored, and in
 * no field that PayApp echoes or a browser sees.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { OrderTokens } from '#ports/payments.ts';

const purpose = 'payapp-feedback:v1:';

export const orderTokens = (key: Uint8Array): OrderTokens => {
  const tokenOf = (orderId: string): string =>
    createHmac('sha256', key)
      .update(purpose + orderId)
      .digest('base64url');
  return { tokenOf, matches: (orderId, token) => sameText(tokenOf(orderId), token) };
};

/** Takes the same time wherever the two differ, and whatever their lengths. */
export const sameText = (expected: string, given: string): boolean =>
  timingSafeEqual(digest(expected), digest(given));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
