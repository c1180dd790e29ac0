/**
 * The API's one-line answer, `key=value&key=value`, values URL-encoded, Korean error texts.
 * Pure. The texts are for a merchant's operator; the numbers are what code looks at.
 */
import { PAYAPP_ERRNO } from '#schemas/wire/payapp.ts';

export type Errno = (typeof PAYAPP_ERRNO)[keyof typeof PAYAPP_ERRNO];
export type ReplyFields = Readonly<Record<string, string>>;

export function accepted(fields: ReplyFields): ReplyFields {
  return { state: '1', errno: PAYAPP_ERRNO.ok, errorMessage: '', ...fields };
}

export function refused(errno: Errno, errorMessage: string): ReplyFields {
  return { state: '0', errno, errorMessage };
}

/** The text for one parameter that is missing or malformed. */
export function wrongParameter(name: string): ReplyFields {
  return refused(PAYAPP_ERRNO.wrongParameter, `${name} 값을 확인하세요.`);
}

export function toLine(fields: ReplyFields): string {
  return new URLSearchParams(fields).toString();
}
