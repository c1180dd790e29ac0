/**
 * Hands the Codex callback to the tenant's own agent: straight from this browser, with a ticket
 * that works once. Nothing of it goes through Appwrite, into storage or into a log.
 */
import { agentError, codexCallbackAnswer } from '#schemas/contract/agent.ts';
import type { AgentErrorCode } from '#schemas/contract/agent.ts';

export type CallbackOutcome =
  | { readonly kind: 'linked' }
  | {
      readonly kind: 'refused';
      readonly code: AgentErrorCode;
      readonly retryable: boolean;
      readonly loginEnded: boolean;
    }
  /** No usable answer: it may or may not have arrived. */
  | { readonly kind: 'unreachable' };

const timeoutMs = 45_000;
const maxCharacters = 16_384;

export const readCallbackAnswer = (ok: boolean, text: string): CallbackOutcome => {
  if (text.length > maxCharacters) return { kind: 'unreachable' };
  let answer: unknown = null;
  try {
    answer = JSON.parse(text);
  } catch {
    return { kind: 'unreachable' };
  }
  if (ok && codexCallbackAnswer.safeParse(answer).success) return { kind: 'linked' };
  const refused = agentError.safeParse(answer);
  if (!refused.success) return { kind: 'unreachable' };
  const { code, retryable, loginEnded } = refused.data.error;
  return { kind: 'refused', code, retryable, loginEnded: loginEnded ?? false };
};

export const sendCallback = async (
  endpoint: string,
  ticket: string,
  callbackUrl: string,
): Promise<CallbackOutcome> => {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      headers: { authorization: `Bearer ${ticket}`, 'content-type': 'application/json' },
      body: JSON.stringify({ callbackUrl }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return readCallbackAnswer(response.ok, await response.text());
  } catch {
    return { kind: 'unreachable' };
  }
};
