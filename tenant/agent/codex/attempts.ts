/**
 * The Codex login of this runtime: one attempt at a time.
 * Guarantees: a new start ends the old attempt; an attempt ends by its deadline, by its connection
 * or by its outcome, and frees OpenClaw's slot then; a wrong paste leaves it standing; the same
 * callback sent twice is spent once; code, state and verifier live in this process only.
 */
import { randomUUID } from 'node:crypto';
import { AgentFailure } from '../failure.ts';
import type { Log } from '../log.ts';
import { errorKind } from '../log.ts';
import { pause } from '../deadline.ts';
import { GatewayRefusal } from '../openclaw/failures.ts';
import type { Gateway, OpenedGateway } from '../openclaw/gateway.ts';
import { asAgentFailure } from '../openclaw/gateway.ts';
import { inspectCallback } from './callback.ts';
import { loginProblem } from './outcome.ts';
import type { LoginWizard } from './wizard.ts';
import { issuerOrigin, startLogin } from './wizard.ts';

/** OpenClaw gives up after 25 minutes; ending first keeps the reason ours. */
const attemptLifeMs = 20 * 60 * 1000;
/** A closed connection frees the login slot a moment later. */
const slotWaitMs = 3_000;
const slotRetryMs = 150;

interface Attempt {
  readonly id: string;
  readonly expiresAtMs: number;
  readonly opened: OpenedGateway;
  readonly wizard: LoginWizard;
  readonly timer: NodeJS.Timeout;
  /** Set while the callback is being exchanged. */
  finishing: Promise<string | null> | null;
}

export interface StartedAttempt {
  readonly attemptId: string;
  readonly authorizeUrl: string;
  readonly expiresAtMs: number;
}

export interface AttemptView {
  readonly attemptId: string;
  readonly expiresAtMs: number;
}

export interface CodexLoginOptions {
  readonly gateway: Gateway;
  /** Replaces the issuer's origin in what the person is shown; null in production. */
  readonly authorizeOrigin: string | null;
  readonly now: () => number;
  readonly log: Log;
}

type Ending = 'linked' | 'expired' | 'failed' | 'replaced' | 'lost';

export class CodexLogin {
  readonly #options: CodexLoginOptions;
  #current: Attempt | null = null;
  #starting: Promise<StartedAttempt> | null = null;
  /** How the last attempt ended, so that a late or repeated callback gets a true answer. */
  #last: { readonly id: string; readonly ending: Ending } | null = null;

  constructor(options: CodexLoginOptions) {
    this.#options = options;
  }

  /** A running start is shared: two clicks give one attempt. */
  async start(): Promise<StartedAttempt> {
    this.#starting ??= this.#startOnce().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  view(): AttemptView | null {
    const attempt = this.#current;
    return attempt && { attemptId: attempt.id, expiresAtMs: attempt.expiresAtMs };
  }

  /**
   * Notices a login that OpenClaw finished by itself; bounded, never throws. A look that fails says
   * nothing: the loss of the connection ends the attempt, not a slow answer.
   */
  async settle(): Promise<void> {
    const attempt = this.#current;
    if (attempt?.finishing !== null) return;
    const seen = await attempt.wizard.look().catch(() => 'running' as const);
    if (seen === 'running' || this.#current !== attempt) return;
    this.#end(attempt, seen === 'done' ? 'linked' : 'failed');
  }

  /** Resolves when the login stands; otherwise throws `AgentFailure` with a `codex_*` code. */
  async finish(attemptId: string, pasted: string): Promise<void> {
    await this.settle();
    const attempt = this.#current;
    if (attempt?.id !== attemptId) {
      this.#answerForEnded(attemptId);
      return;
    }
    const { state, redirectUri, authorizeUrl } = attempt.wizard;
    const inspected = inspectCallback(pasted, {
      state,
      redirectUri,
      authorizeOrigins: [issuerOrigin, new URL(this.#shown(authorizeUrl)).origin],
    });
    if (!inspected.ok) throw new AgentFailure(inspected.code, false);
    attempt.finishing ??= attempt.wizard.finish(inspected.callbackUrl);
    await this.#conclude(attempt, attempt.finishing);
  }

  close(): void {
    if (this.#current) this.#end(this.#current, 'lost');
  }

  async #startOnce(): Promise<StartedAttempt> {
    if (this.#current) this.#end(this.#current, 'replaced');
    const opened = await this.#options.gateway.openOwn().catch((error: unknown) => {
      throw asAgentFailure(error);
    });
    try {
      return this.#adopt(opened, await startWhenFree(opened));
    } catch (error) {
      opened.connection.close();
      this.#options.log('codex_start_failed', { kind: errorKind(error) });
      throw isSlotBusy(error) ? new AgentFailure('codex_busy') : asAgentFailure(error);
    }
  }

  #adopt(opened: OpenedGateway, wizard: LoginWizard): StartedAttempt {
    const id = randomUUID();
    const expiresAtMs = this.#options.now() + attemptLifeMs;
    const timer = setTimeout(() => this.#end(attempt, 'expired'), attemptLifeMs);
    timer.unref();
    const attempt: Attempt = { id, expiresAtMs, opened, wizard, timer, finishing: null };
    this.#current = attempt;
    void opened.connection.closed.then(() => this.#end(attempt, 'lost'));
    this.#options.log('codex_login_started', { attempt: id });
    return { attemptId: id, authorizeUrl: this.#shown(wizard.authorizeUrl), expiresAtMs };
  }

  async #conclude(attempt: Attempt, finishing: Promise<string | null>): Promise<void> {
    let wizardError: string | null;
    try {
      wizardError = await finishing;
    } catch (error) {
      this.#end(attempt, 'failed');
      this.#options.log('codex_finish_broke', { kind: errorKind(error) });
      throw new AgentFailure('codex_upstream_unavailable', true);
    }
    this.#end(attempt, wizardError === null ? 'linked' : 'failed');
    if (wizardError !== null) throw new AgentFailure(loginProblem(wizardError), true);
  }

  #answerForEnded(attemptId: string): void {
    const last = this.#last?.id === attemptId ? this.#last : null;
    if (last?.ending === 'linked') return;
    const expired = last?.ending === 'expired';
    throw new AgentFailure(expired ? 'codex_attempt_expired' : 'codex_attempt_unknown', true);
  }

  #end(attempt: Attempt, ending: Ending): void {
    if (this.#current !== attempt) return;
    this.#current = null;
    this.#last = { id: attempt.id, ending };
    clearTimeout(attempt.timer);
    attempt.opened.connection.close();
    this.#options.log('codex_login_ended', { attempt: attempt.id, ending });
  }

  /** The authorize URL as the person gets it. */
  #shown(authorizeUrl: string): string {
    const { authorizeOrigin } = this.#options;
    if (authorizeOrigin === null) return authorizeUrl;
    const { pathname, search } = new URL(authorizeUrl);
    return new URL(`${pathname}${search}`, authorizeOrigin).href;
  }
}

async function startWhenFree(opened: OpenedGateway): Promise<LoginWizard> {
  const deadlineMs = performance.now() + slotWaitMs;
  for (;;) {
    try {
      return await startLogin(opened.connection);
    } catch (error) {
      if (!isSlotBusy(error) || performance.now() > deadlineMs) throw error;
      await pause(slotRetryMs);
    }
  }
}

function isSlotBusy(error: unknown): boolean {
  return error instanceof GatewayRefusal && error.detail === 'SETUP_ADMISSION_BUSY';
}
