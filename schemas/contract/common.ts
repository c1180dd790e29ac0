/** Field shapes that several operations share. */
import * as z from 'zod/mini';

/** Appwrite ids: 1–36 of `[A-Za-z0-9._-]`, not starting with a special character. */
export const id = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,35}$/));
export const email = z.email().check(z.maxLength(254));
export const displayName = z.string().check(z.trim(), z.minLength(1), z.maxLength(64));
/** Text as typed; rules and reserved names are checked in core so that the field gets a code. */
export const subdomainText = z.string().check(z.maxLength(128));
export const planKey = z.string().check(z.minLength(1), z.maxLength(32));
/** Revision the caller saw; an older one is refused with `stale_revision`. */
export const revision = z.int().check(z.nonnegative());
export const isoTime = z.string();
/** Whole Korean won. */
export const priceKrw = z.int().check(z.nonnegative());
