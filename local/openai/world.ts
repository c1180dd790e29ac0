/**
 * What every route of the stand-in shares: the store, the token mint, the clock, the knobs, and
 * counts of what happened. Counts and lists are bounded; nothing here listens or times by itself.
 */
import type { IncomingMessage } from 'node:http';
import type { Answer } from './http.ts';
import type { Knobs } from './knobs.ts';
import type { Store } from './store.ts';
import type { TokenMint } from './tokens.ts';

/** One finished model turn; no prompt, no token. */
export interface TurnRecord {
  readonly at: string;
  readonly model: string;
  readonly accountId: string;
  readonly promptChars: number;
  readonly obeyed: boolean;
}

export interface World {
  readonly store: Store;
  readonly mint: TokenMint;
  readonly now: () => number;
  knobs: Knobs;
  /** `METHOD /path status` → how often. */
  readonly requests: Map<string, number>;
  /** Hosts that the proxy refused to connect to. */
  readonly refusedHosts: Map<string, number>;
  readonly turns: TurnRecord[];
}

export interface Exchange {
  readonly world: World;
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: string;
}

export type Handler = (exchange: Exchange) => Answer | Promise<Answer>;

const COUNTED_KEYS_LIMIT = 500;
const TURNS_LIMIT = 100;

export function count(counts: Map<string, number>, key: string): void {
  const known = counts.get(key);
  if (known === undefined && counts.size >= COUNTED_KEYS_LIMIT) return;
  counts.set(key, (known ?? 0) + 1);
}

export function recordTurn(world: World, turn: TurnRecord): void {
  world.turns.push(turn);
  if (world.turns.length > TURNS_LIMIT) world.turns.shift();
}

/** Resolves early when the caller hangs up, so that a slow knob holds nothing open. */
export async function wait(request: IncomingMessage, durationMs: number): Promise<void> {
  if (durationMs === 0) return;
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      request.socket.off('close', finish);
      resolve();
    };
    const timer = setTimeout(finish, durationMs);
    timer.unref();
    request.socket.once('close', finish);
  });
}
