/**
 * What `state` answers. Guarantees: answers within five seconds whatever the gateway does, and asks
 * it one question at a time, at most once every two seconds, however many callers there are. A
 * gateway that is merely slow (a busy host) does not flap: what was seen in the last minute stands
 * until it answers. One that refuses or has gone is said so at once: what it said ends with the socket
 * it was said on.
 */
import type { BackupState } from '#schemas/contract/agent-backup.ts';
import type { CodexStatus, StateAnswer } from '#schemas/contract/agent.ts';
import { authStatus } from '#schemas/wire/openclaw.ts';
import type { Restores } from '../backup/restores.ts';
import type { CodexLogin } from '../codex/attempts.ts';
import type { AgentConfig } from '../config.ts';
import type { LoginRecord } from '../codex/record.ts';
import { within } from '../deadline.ts';
import { GatewayRefusal } from '../openclaw/failures.ts';
import type { GatewayConnection } from '../openclaw/connection.ts';
import type { Gateway } from '../openclaw/gateway.ts';
import type { Offsite } from '../offsite/offsite.ts';
import type { Check } from '../smoke/check.ts';
import type { Smoke } from '../smoke/run.ts';
import { agentVersion } from '../version.ts';
import type { CodexFact } from './codex.ts';
import { codexFactOf } from './codex.ts';
import type { Usage } from './usage.ts';

const freshForMs = 2_000;
const answerBudgetMs = 4_500;
/** How long a slow gateway is believed to be as it was; and waited for, in the background. */
const staleForMs = 60_000;
const authTimeoutMs = 20_000;
/** A cold start takes 12–43 s on two shared cores; after this it is no longer a start. */
const startGraceMs = 180_000;

interface GatewayFacts {
  readonly gateway: StateAnswer['gateway'];
  readonly codex: KnownLogin;
  /** That it was said on; null: nothing was said. */
  readonly connection: GatewayConnection | null;
}

const noGateway: GatewayFacts = {
  gateway: { status: 'unreachable', version: null },
  codex: { status: 'unknown', loginExpiresAtMs: null, loginId: null },
  connection: null,
};

interface Seen {
  readonly facts: GatewayFacts;
  readonly atMs: number;
}

interface KnownLogin extends CodexFact {
  readonly loginId: string | null;
}

export interface FactsOptions {
  readonly runtimeId: string;
  /** `export`: there is no gateway to be asked. */
  readonly mode: AgentConfig['mode'];
  readonly gateway: Gateway;
  readonly codexLogin: CodexLogin;
  readonly record: LoginRecord;
  readonly smoke: Smoke;
  readonly check: Check;
  readonly usage: Usage;
  readonly backup: () => BackupState;
  readonly restores: Pick<Restores, 'report'>;
  readonly exported: () => StateAnswer['export'];
  readonly offsite: Pick<Offsite, 'state'>;
  /** Whose browsers are in the Control UI. */
  readonly entered: () => string[];
  readonly now: () => number;
}

export class Facts {
  readonly #options: FactsOptions;
  /** When the gateway last began to start, as far as is known. */
  #startedMs = performance.now();
  #wasReady = false;
  #loginId: string | null = null;
  #turnsEnded = '';
  #asking: Promise<GatewayFacts> | null = null;
  #seen: Seen | null = null;
  #timesForgotten = 0;

  constructor(options: FactsOptions) {
    this.#options = options;
  }

  async read(): Promise<StateAnswer> {
    this.#forgetAfterTurns();
    const [{ gateway, codex }, usage] = await this.#look();
    const attempt = this.#options.codexLogin.view();
    const status: CodexStatus =
      attempt !== null && codex.status !== 'ok' ? 'linking' : codex.status;
    return {
      runtimeId: this.#options.runtimeId,
      agentVersion,
      mode: this.#options.mode,
      clockMs: this.#options.now(),
      gateway,
      codex: {
        status,
        attemptId: attempt?.attemptId ?? null,
        attemptExpiresAtMs: attempt?.expiresAtMs ?? null,
        loginExpiresAtMs: codex.loginExpiresAtMs,
        loginId: codex.loginId,
        ended: this.#options.record.ended,
      },
      smoke: this.#options.smoke.report(),
      check: this.#options.check.report(),
      backup: this.#options.backup(),
      restore: await this.#options.restores.report(),
      export: this.#options.exported(),
      offsite: this.#options.offsite.state(),
      sessions: this.#options.entered(),
      usage: gateway.status === 'ready' ? usage : null,
    };
  }

  async #look(): Promise<[GatewayFacts, StateAnswer['usage']]> {
    if (this.#options.mode === 'export') return [noGateway, null];
    const measuring = this.#options.usage.read();
    return Promise.all([this.#recent(), measuring]);
  }

  /** After something changed the login: the next reader must see it. */
  forget(): void {
    this.#seen = null;
    this.#asking = null;
    this.#timesForgotten += 1;
  }

  /** Asking the model refreshes a login, or finds that it is none any more. */
  #forgetAfterTurns(): void {
    const { smoke, check } = this.#options;
    const ended = [smoke.report()?.finishedAtMs, check.report()?.finishedAtMs].join();
    if (ended === this.#turnsEnded) return;
    this.#turnsEnded = ended;
    this.forget();
  }

  /** Asked again when the login changed meanwhile: the answer would be from before. */
  async #recent(): Promise<GatewayFacts> {
    const deadlineMs = performance.now() + answerBudgetMs;
    for (;;) {
      const times = this.#timesForgotten;
      const facts = await this.#recentWithin(deadlineMs - performance.now());
      if (times === this.#timesForgotten || performance.now() >= deadlineMs) return facts;
    }
  }

  async #recentWithin(budgetMs: number): Promise<GatewayFacts> {
    const seen = this.#standing();
    if (seen && performance.now() - seen.atMs < freshForMs) return seen.facts;
    const asking = (this.#asking ??= this.#askOnce());
    try {
      return await within(asking, budgetMs, 'gateway facts');
    } catch {
      const isRecent = seen && performance.now() - seen.atMs < staleForMs;
      return isRecent ? seen.facts : this.#absent(false);
    }
  }

  #standing(): Seen | null {
    const connection = this.#seen?.facts.connection ?? null;
    if (connection?.isOpen === false) this.#seen = null;
    return this.#seen;
  }

  /** Never rejects; what it found is kept unless `forget` was called meanwhile. */
  #askOnce(): Promise<GatewayFacts> {
    // Started in a later turn, so that `#asking` is this very promise when it ends.
    const asking = Promise.resolve()
      .then(async () => this.#ask())
      .catch((error: unknown) => {
        return this.#absent(error instanceof GatewayRefusal && error.isStarting);
      })
      .then((facts) => {
        if (this.#asking === asking) {
          this.#asking = null;
          this.#seen = { facts, atMs: performance.now() };
        }
        return facts;
      });
    return asking;
  }

  #absent(isStarting: boolean): GatewayFacts {
    // It says so itself: a new start, which may be too slow to answer every time.
    if (isStarting && this.#wasReady) {
      this.#wasReady = false;
      this.#startedMs = performance.now();
    }
    const mayStillStart = !this.#wasReady && performance.now() - this.#startedMs < startGraceMs;
    const status = isStarting || mayStillStart ? 'starting' : 'unreachable';
    // Who is signed in does not change while nobody can be asked.
    const loginId = this.#loginId;
    return {
      gateway: { status, version: null },
      codex: { status: 'unknown', loginExpiresAtMs: null, loginId },
      connection: null,
    };
  }

  async #ask(): Promise<GatewayFacts> {
    const { gateway, codexLogin, record } = this.#options;
    const { hello, connection } = await gateway.shared();
    await codexLogin.settle();
    const options = { timeoutMs: authTimeoutMs };
    const answer = await gateway.call('models.authStatus', {}, authStatus, options);
    this.#wasReady = true;
    this.#loginId = record.loginIdOf(answer);
    return {
      gateway: { status: 'ready', version: hello.server.version },
      codex: { ...codexFactOf(answer), loginId: this.#loginId },
      connection,
    };
  }
}
