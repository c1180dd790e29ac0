/**
 * Reads what a runtime streams to this browser: straight from the tenant's own agent, with a ticket
 * that works once. Nothing of it goes through Appwrite, into storage or into a log. Bounded: a line
 * that never ends, or is no event of the contract, ends the stream.
 */
import { watchEvent } from '#schemas/contract/watch.ts';
import type { WatchEvent } from '#schemas/contract/watch.ts';
import { agentErrorCode } from '#schemas/contract/agent.ts';
import type { AgentErrorCode } from '#schemas/contract/agent.ts';

/** A thousand lines of two thousand characters, escaped at their worst. */
const eventCharactersAtMost = 16_000_000;
const answerTimeoutMs = 15_000;

export type StreamEnd =
  | { readonly kind: 'ended' }
  /** `null`: it may be any server that said so. */
  | { readonly kind: 'refused'; readonly code: AgentErrorCode | null }
  | { readonly kind: 'unreachable' };

export interface WatchPass {
  readonly endpoint: string;
  readonly ticket: string;
}

const refusalIn = async (response: Response): Promise<StreamEnd> => {
  const answer = (await response.json().catch(() => null)) as { error?: { code?: unknown } } | null;
  const code = agentErrorCode.safeParse(answer?.error?.code);
  return { kind: 'refused', code: code.success ? code.data : null };
};

const eventIn = (line: string): WatchEvent | null => {
  try {
    const parsed = watchEvent.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};

const readEvents = async (
  body: ReadableStream<Uint8Array>,
  onevent: (event: WatchEvent) => void,
): Promise<void> => {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = eventIn(line);
      if (event === null) throw new Error('no event of the contract');
      onevent(event);
    }
    if (rest.length > eventCharactersAtMost) throw new Error('an event without an end');
  }
};

/** Until it ends, for whatever reason; `signal` ends it from here. Never rejects. */
export const followWatch = async (
  { endpoint, ticket }: WatchPass,
  onevent: (event: WatchEvent) => void,
  signal: AbortSignal,
): Promise<StreamEnd> => {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), answerTimeoutMs);
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      headers: { authorization: `Bearer ${ticket}`, 'content-type': 'application/json' },
      body: '{}',
      signal: AbortSignal.any([signal, late.signal]),
    });
    clearTimeout(timer);
    if (!response.ok || response.body === null) return await refusalIn(response);
    await readEvents(response.body, onevent);
    return { kind: 'ended' };
  } catch {
    return { kind: 'unreachable' };
  } finally {
    clearTimeout(timer);
  }
};
