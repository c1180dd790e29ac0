/**
 * How the issuer says no. Guarantees: pure. The shapes are the vendor's own: an object with a code
 * for its API, a plain string for OAuth's errors, and a page where a firewall in front of it answers.
 */
import type { Answer } from './http.ts';
import { json, page } from './http.ts';
import { gatekeeperPage } from './pages.ts';

export const refusalReasons = [
  'server_error',
  'rate_limit_exceeded',
  'unsupported_country_region_territory',
  'access_denied',
  'invalid_grant',
  /** No reason at all: the page of a firewall. */
  'firewall',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

const messages: Readonly<Record<Exclude<RefusalReason, 'firewall'>, string>> = {
  server_error: 'A knob of the stand-in refuses this.',
  rate_limit_exceeded: 'Too many requests. Please try again later.',
  unsupported_country_region_territory: 'Country, region, or territory not supported',
  access_denied: 'The user denied access',
  invalid_grant: 'The code is wrong, spent, expired or not yours.',
};

export function refuseFor(status: number, reason: RefusalReason): Answer {
  if (reason === 'firewall') return page(status, gatekeeperPage());
  return refusal(status, reason, messages[reason]);
}

/** OAuth's own errors are a plain string with a description; everything else is the API's shape. */
export function refusal(status: number, code: string, message: string): Answer {
  const isOAuthCode = /^(invalid_grant|invalid_client|access_denied)$/.test(code);
  return json(
    status,
    isOAuthCode
      ? { error: code, error_description: message }
      : { error: { message, type: 'invalid_request_error', param: null, code } },
  );
}
