/**
 * One Codex login as this browser sees it, by the pasted address. The attempt survives a reload
 * (session storage, this tab only): its address and id are no secrets. Tickets are held in memory
 * alone and fetched afresh.
 */
import type { ConditionsView } from '#schemas/contract/rows.ts';
import { codexTicket, startCodex } from '#schemas/contract/runtimes.ts';
import * as z from 'zod/mini';
import { sendCallback } from '../api/agent.ts';
import type { AgentRefusal } from '../api/agent.ts';
import type { Failure } from '../api/failure.ts';
import type { CodexErrorCode } from '../copy/en/codex-errors.ts';
import { checkCallback } from '../flow/callback.ts';
import { endedWhy, followLogin, justStarted } from '../flow/login.ts';
import type { Followed } from '../flow/login.ts';
import { Action } from './action.svelte.ts';
import type { App } from './app.svelte.ts';
import { RuntimeLook } from './runtime-look.ts';
import { wishSmoke } from './wish.ts';
import type { World } from './world.svelte.ts';

const attemptShape = z.object({
  attemptId: z.string(),
  authorizeUrl: z.string(),
  expiresAt: z.string(),
});
export type Attempt = z.infer<typeof attemptShape>;

interface Ticket {
  readonly endpoint: string;
  readonly ticket: string;
  readonly expiresAtMs: number;
}

export type CodexProblem =
  | { readonly kind: 'agent'; readonly code: CodexErrorCode; readonly retryable: boolean }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'call'; readonly failure: Failure };

/** A ticket this close to its end is not worth sending. */
const ticketMarginMs = 15_000;

const keyOf = (runtimeId: string): string => `hd.codex.${runtimeId}`;

const load = (runtimeId: string): Attempt | null => {
  try {
    const parsed = attemptShape.safeParse(
      JSON.parse(sessionStorage.getItem(keyOf(runtimeId)) ?? 'null'),
    );
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};

const store = (runtimeId: string, attempt: Attempt | null): void => {
  try {
    if (attempt === null) sessionStorage.removeItem(keyOf(runtimeId));
    else sessionStorage.setItem(keyOf(runtimeId), JSON.stringify(attempt));
  } catch {
    // Then a reload starts a new login.
  }
};

/** What a refusal of the agent means to the person before the screen. */
export const problemOf = (refusal: AgentRefusal): CodexProblem =>
  refusal.kind === 'unreachable'
    ? { kind: 'unreachable' }
    : { kind: 'agent', code: refusal.code, retryable: refusal.retryable };

export class CodexLogin {
  attempt = $state.raw<Attempt | null>(null);
  problem = $state.raw<CodexProblem | null>(null);
  /** The agent said `linked`; the rows follow a moment later. */
  linked = $state(false);
  sending = $state(false);
  readonly starting = new Action();

  readonly #app: App;
  readonly #runtimeId: string;
  readonly #look: RuntimeLook;
  #ticket: Ticket | null = null;
  #followed: Followed = justStarted;

  constructor(app: App, world: World, runtimeId: string) {
    this.#app = app;
    this.#runtimeId = runtimeId;
    this.#look = new RuntimeLook(app, world, runtimeId);
    this.attempt = load(runtimeId);
  }

  stop(): void {
    this.#look.stop();
  }

  isExpired(nowMs: number): boolean {
    return this.attempt !== null && Date.parse(this.attempt.expiresAt) <= nowMs;
  }

  /** Rows came: a login the runtime no longer has must not be waited for. */
  follow(conditions: ConditionsView): void {
    if (this.attempt === null || this.sending) return;
    this.#followed = followLogin(this.#followed, conditions, this.attempt.attemptId);
    if (this.#followed.view === 'waiting') return;
    const lost = this.#followed.view === 'ended' && !this.isExpired(this.#app.nowMs());
    this.linked = this.#followed.view === 'linked';
    this.#setAttempt(null);
    if (lost) {
      const code = endedWhy(conditions) ?? 'codex_attempt_unknown';
      this.problem = { kind: 'agent', code, retryable: false };
    }
  }

  async start(revision: number): Promise<void> {
    this.problem = null;
    const runtimeId = this.#runtimeId;
    const done = await this.starting.run(() =>
      this.#app.with((gateway) => gateway.call(startCodex, { runtimeId, revision })),
    );
    this.#look.rows();
    if (done === null) return;
    const { attemptId, authorizeUrl, expiresAt, ...pass } = done.value;
    this.linked = false;
    this.#followed = justStarted;
    this.#keepTicket(pass);
    this.#setAttempt({ attemptId, authorizeUrl, expiresAt });
    wishSmoke(runtimeId);
  }

  /** Another way was chosen. */
  leave(): void {
    this.problem = null;
    this.#setAttempt(null);
  }

  async submit(pasted: string): Promise<boolean> {
    const { attempt } = this;
    if (attempt === null || this.sending) return false;
    const check = checkCallback(pasted, {
      authorizeUrl: attempt.authorizeUrl,
      expired: this.isExpired(this.#app.nowMs()),
    });
    if (!check.ok) {
      this.problem = { kind: 'agent', code: check.problem, retryable: false };
      return false;
    }
    this.sending = true;
    this.problem = null;
    try {
      return await this.#hand(attempt, check.callbackUrl);
    } finally {
      this.sending = false;
    }
  }

  async #hand(attempt: Attempt, callbackUrl: string): Promise<boolean> {
    const ticket = await this.#freshTicket(attempt);
    if (ticket === null) return false;
    // Single use: gone whatever the answer is.
    this.#ticket = null;
    const outcome = await sendCallback(ticket.endpoint, ticket.ticket, callbackUrl);
    if (outcome.kind !== 'done') {
      this.#refused(outcome);
      return false;
    }
    this.linked = true;
    this.#setAttempt(null);
    void this.#look.ask();
    return true;
  }

  #refused(refusal: AgentRefusal): void {
    this.problem = problemOf(refusal);
    if (refusal.kind === 'unreachable') void this.#look.ask();
    else if (refusal.loginEnded) this.#setAttempt(null);
  }

  async #freshTicket(attempt: Attempt): Promise<Ticket | null> {
    const held = this.#ticket;
    if (held !== null && held.expiresAtMs - ticketMarginMs > this.#app.nowMs()) return held;
    const body = { runtimeId: this.#runtimeId, attemptId: attempt.attemptId };
    const outcome = await this.#app.with((gateway) => gateway.call(codexTicket, body));
    if (outcome.ok) return this.#keepTicket(outcome.value);
    this.problem = { kind: 'call', failure: outcome.error };
    return null;
  }

  #keepTicket(pass: {
    readonly callbackEndpoint: string;
    readonly callbackTicket: string;
    readonly ticketExpiresAt: string;
  }): Ticket {
    this.#ticket = {
      endpoint: pass.callbackEndpoint,
      ticket: pass.callbackTicket,
      expiresAtMs: Date.parse(pass.ticketExpiresAt),
    };
    return this.#ticket;
  }

  #setAttempt(attempt: Attempt | null): void {
    this.attempt = attempt;
    store(this.#runtimeId, attempt);
  }
}
