/**
 * Talks to the tenant's own agent: straight from this browser, with a ticket that works once.
 * Nothing of it goes through Appwrite, into storage or into a log.
 */
import type * as z from 'zod/mini';
import { agentError, codexCallbackAnswer, codexDeviceAnswer } from '#schemas/contract/agent.ts';
import type { AgentErrorCode, CodexDeviceAnswer } from '#schemas/contract/agent.ts';

export type AgentRefusal =
  | {
      readonly kind: 'refused';
      readonly code: AgentErrorCode;
      readonly retryable: boolean;
      readonly loginEnded: boolean;
    }
  /** No usable answer: it may or may not have arrived. */
  | { readonly kind: 'unreachable' };

export type AgentOutcome<T> = { readonly kind: 'done'; readonly value: T } | AgentRefusal;

/** What one route takes and gives; the ticket says which runtime. */
interface Question<Shape extends z.ZodMiniType> {
  readonly endpoint: string;
  readonly ticket: string;
  readonly body: unknown;
  readonly shape: Shape;
}

const timeoutMs = 45_000;
const maxCharacters = 16_384;

/** What the agent answered, held to the contract. */
export const readAgentAnswer = <Shape extends z.ZodMiniType>(
  shape: Shape,
  ok: boolean,
  text: string,
): AgentOutcome<z.infer<Shape>> => {
  if (text.length > maxCharacters) return { kind: 'unreachable' };
  let answer: unknown = null;
  try {
    answer = JSON.parse(text);
  } catch {
    return { kind: 'unreachable' };
  }
  const value = ok ? shape.safeParse(answer) : null;
  if (value?.success === true) return { kind: 'done', value: value.data };
  const refused = agentError.safeParse(answer);
  if (!refused.success) return { kind: 'unreachable' };
  const { code, retryable, loginEnded } = refused.data.error;
  return { kind: 'refused', code, retryable, loginEnded: loginEnded ?? false };
};

/** Never rejects. */
export const askAgent = async <Shape extends z.ZodMiniType>(
  question: Question<Shape>,
): Promise<AgentOutcome<z.infer<Shape>>> => {
  try {
    const response = await fetch(question.endpoint, {
      method: 'POST',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      headers: {
        authorization: `Bearer ${question.ticket}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(question.body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return readAgentAnswer(question.shape, response.ok, await response.text());
  } catch {
    return { kind: 'unreachable' };
  }
};

export const sendCallback = (
  endpoint: string,
  ticket: string,
  callbackUrl: string,
): Promise<AgentOutcome<z.infer<typeof codexCallbackAnswer>>> =>
  askAgent({ endpoint, ticket, body: { callbackUrl }, shape: codexCallbackAnswer });

/** The code that comes back is for the person at this screen alone. */
export const askDeviceCode = (
  endpoint: string,
  ticket: string,
): Promise<AgentOutcome<CodexDeviceAnswer>> =>
  askAgent({ endpoint, ticket, body: {}, shape: codexDeviceAnswer });
