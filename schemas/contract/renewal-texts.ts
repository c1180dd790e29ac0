/** checkout: the pay link of the renewal by text message, for whoever wants it. */
import * as z from 'zod/mini';
import { id, isoTime } from './common.ts';
import { operation } from './operation.ts';

const wish = z.object({
  /** The end of the number; the whole is shown to nobody. */
  lastDigits: z.string(),
  agreedAt: isoTime,
  /** It is the caller's own wish. */
  isYours: z.boolean(),
});
export type RenewalTexts = z.infer<typeof wish>;

const value = z.object({ present: z.nullable(wish) });

export const showRenewalTexts = operation({
  function: 'checkout',
  path: '/texts/show',
  body: z.object({ runtimeId: id }),
  value,
});

/**
 * `phone` as typed: kept until it is ended, and used for nothing but the renewal that is opened a week
 * before the end. Null ends it. One number a runtime: another one takes its place.
 */
export const chooseRenewalTexts = operation({
  function: 'checkout',
  path: '/texts/choose',
  body: z.object({ runtimeId: id, phone: z.nullable(z.string().check(z.maxLength(32))) }),
  value,
});
