/**
 * What the end of a turn means. Guarantees: pure; the model's answer is compared here and dropped;
 * upstream text is read for its marker only.
 */
import type { SmokeCode } from '#schemas/contract/agent.ts';
import { GatewayRefusal, GatewayTransportError } from '../openclaw/failures.ts';

/** `status` of `openclaw.setup.verify` when the model did not answer. */
const verifyCodes: ReadonlyMap<string, SmokeCode> = new Map<string, SmokeCode>([
  ['auth', 'auth'],
  ['rate_limit', 'rate_limit'],
  ['billing', 'billing'],
  ['timeout', 'timeout'],
  ['format', 'format'],
  ['unavailable', 'unavailable'],
]);

export function verifyProblem(status: string): SmokeCode {
  return verifyCodes.get(status) ?? 'unknown';
}

/** A run that ended without an answer of the model. */
export function problemOfError(error: unknown): SmokeCode {
  if (error instanceof GatewayTransportError) {
    return error.reason === 'timeout' ? 'timeout' : 'unavailable';
  }
  return error instanceof GatewayRefusal && error.isStarting ? 'unavailable' : 'unknown';
}

const turnMarkers: readonly (readonly [RegExp, SmokeCode])[] = [
  [/timed? ?out|deadline|ETIMEDOUT/i, 'timeout'],
  [/rate.?limit|usage limit|too many requests|\b429\b/i, 'rate_limit'],
  [/billing|quota|payment|insufficient|\b402\b/i, 'billing'],
  [/auth|credential|sign.?in|log.?in|\b40[13]\b/i, 'auth'],
  [/invalid request|schema|\b400\b|\b422\b/i, 'format'],
  [/overload|unavailable|fetch failed|network|ECONN|\b5\d\d\b/i, 'unavailable'],
];

export function turnProblem(upstreamText: string): SmokeCode {
  return turnMarkers.find(([marker]) => marker.test(upstreamText))?.[1] ?? 'unknown';
}

export function smokeMessage(nonce: string): string {
  return `Reply with exactly: ${nonce}`;
}

/**
 * The nonce and nothing but punctuation around it. Containing it is not enough: an error that
 * quotes the question contains it too.
 */
export function isNonceAnswer(texts: readonly string[], nonce: string): boolean {
  const answers = texts.map((text) => text.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, ''));
  const spoken = answers.filter((text) => text !== '');
  return spoken.length > 0 && spoken.at(-1) === nonce;
}
