/**
 * One call of PayApp's API: bounded in time and size, no redirect followed, never repeated. What is
 * not a readable answer says why, because a timeout and an error page are different news to people.
 */
import type {
  PayAppPayCancel,
  PayAppPayCancelReq,
  PayAppPayRequest,
  PayAppRebillChange,
  PayAppRebillRegist,
  PayAppReply,
} from '#schemas/wire/payapp.ts';
import { payAppReply, readPayAppPairs } from '#schemas/wire/payapp.ts';
import { readBounded } from '#adapters/http/bounded.ts';

/** `silence`: the call may or may not have had its effect. */
export type Reply =
  | { readonly kind: 'reply'; readonly reply: PayAppReply }
  | { readonly kind: 'silence'; readonly reason: 'timeout' | 'unreadable_answer' };

const replyBytesAtMost = 64 * 1024;
const apiPath = '/oapi/apiLoad.html';
const unreadable: Reply = { kind: 'silence', reason: 'unreadable_answer' };

type Body =
  PayAppPayRequest | PayAppPayCancel | PayAppPayCancelReq | PayAppRebillRegist | PayAppRebillChange;

export const callPayApp = async (apiUrl: string, body: Body, timeoutMs: number): Promise<Reply> => {
  try {
    const response = await fetch(apiUrlOf(apiUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: formOf(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = response.ok ? await readBounded(response, replyBytesAtMost) : null;
    if (text === null) {
      await response.body?.cancel();
      return unreadable;
    }
    const parsed = payAppReply.safeParse(readPayAppPairs(text));
    return parsed.success ? { kind: 'reply', reply: parsed.data } : unreadable;
  } catch {
    return { kind: 'silence', reason: 'timeout' };
  }
};

const formOf = (body: Body): string => {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    if (value !== undefined) form.set(name, value);
  }
  return form.toString();
};

const apiUrlOf = (configured: string): string => {
  const url = new URL(configured);
  if (url.pathname === '/') url.pathname = apiPath;
  return url.toString();
};
