/** Appwrite's own refusals in our words. Apart from the failures themselves: the first page has none. */
import { siteFailure } from './failure.ts';
import type { Failure } from './failure.ts';

/** What Appwrite refused, by its own word for it and the HTTP status. */
export const appwriteFailure = (
  type: string,
  status: number,
): { readonly ok: false; readonly error: Failure } => {
  switch (type) {
    case 'user_invalid_credentials':
      return siteFailure('credentials_wrong');
    case 'user_blocked':
      return siteFailure('account_blocked');
    case 'general_unauthorized_scope':
    case 'user_unauthorized':
    case 'user_jwt_invalid':
      return siteFailure('session_lost');
    case 'function_execute_permission_missing':
      return { ok: false, error: { code: 'not_allowed', retryable: false } };
    case 'function_synchronous_timeout':
      return siteFailure('answer_late');
  }
  if (status === 429) return { ok: false, error: { code: 'too_many_requests', retryable: true } };
  if (status >= 500) return { ok: false, error: { code: 'store_unavailable', retryable: true } };
  return siteFailure('unknown', { rawCode: type || String(status) });
};
