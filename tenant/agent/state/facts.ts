/**
 * What `state` answers. Guarantees: answers within five seconds whatever the gateway does, asks it
 * at most once every two seconds however many callers there are, and says `unknown` or
 * `unreachable` instead of repeating what was true earlier.
 */
import type { CodexStatus, StateAnswer } from '#schemas/contract/agent.ts';
import { authStatus } from '#schemas/wire/openclaw.ts';
import type { CodexLogin } from '../codex/attempts.ts';
import { within } from '../deadline.ts';
import { GatewayRefusal } from '../openclaw/failures.ts';
import type { Gateway } from '../openclaw/gateway.ts';
import type { Smoke } from '../smoke/run.ts';
import type { CodexFact } from './codex.ts';
import { codexFactOf } from './codex.ts';

const agentVersion = '1.0.0';
const freshForMs = 2_000;
const lookBudgetMs = 4_500;
const authTimeoutMs = 3_000;
/** A cold start takes 13–22 s on two cores; a first boot on a busy host was given ten times that. */
const startGraceMs = 180_000;

interface GatewayFacts {
  readonly gateway: StateAnswer['gateway'];
  readonly codex: CodexFact;
}

const nothingKnown: CodexFact = { status: 'unknown', loginExpiresAtMs: null };

export interface FactsOptions {
  readonly runtimeId: string;
  readonly gateway: Gateway;
  readonly codexLogin: CodexLogin;
  readonly smoke: Smoke;
  readonly now: () => number;
}

export class Facts {
  readonly #options: FactsOptions;
  readonly #startedMs = performance.now();
  #wasReady = false;
  #looking: Promise<GatewayFacts> | null = null;
  #seen: { readonly facts: GatewayFacts; readonly atMs: number } | null = null;

  constructor(options: FactsOptions) {
    this.#options = options;
  }

  async read(): Promise<StateAnswer> {
    const { gateway, codex } = await this.#recent();
    const attempt = this.#options.codexLogin.view();
    const status: CodexStatus =
      attempt !== null && codex.status !== 'ok' ? 'linking' : codex.status;
    return {
      runtimeId: this.#options.runtimeId,
      agentVersion,
      clockMs: this.#options.now(),
      gateway,
      codex: {
        status,
        attemptId: attempt?.attemptId ?? null,
        attemptExpiresAtMs: attempt?.expiresAtMs ?? null,
        loginExpiresAtMs: codex.loginExpiresAtMs,
      },
      smoke: this.#options.smoke.report(),
    };
  }

  /** After something changed the login: the next reader must see it. */
  forget(): void {
    this.#seen = null;
    this.#looking = null;
  }

  async #recent(): Promise<GatewayFacts> {
    const seen = this.#seen;
    if (seen && performance.now() - seen.atMs < freshForMs) return seen.facts;
    const looking = (this.#looking ??= this.#look());
    const facts = await looking;
    if (this.#looking === looking) {
      this.#looking = null;
      this.#seen = { facts, atMs: performance.now() };
    }
    return facts;
  }

  async #look(): Promise<GatewayFacts> {
    try {
      return await within(this.#ask(), lookBudgetMs, 'gateway facts');
    } catch (error) {
      const isStarting = error instanceof GatewayRefusal && error.isStarting;
      const mayStillStart = !this.#wasReady && performance.now() - this.#startedMs < startGraceMs;
      const status = isStarting || mayStillStart ? 'starting' : 'unreachable';
      return { gateway: { status, version: null }, codex: nothingKnown };
    }
  }

  async #ask(): Promise<GatewayFacts> {
    const { gateway, codexLogin } = this.#options;
    const { hello } = await gateway.shared();
    await codexLogin.settle();
    const options = { timeoutMs: authTimeoutMs };
    const answer = await gateway.call('models.authStatus', {}, authStatus, options);
    this.#wasReady = true;
    return {
      gateway: { status: 'ready', version: hello.server.version },
      codex: codexFactOf(answer),
    };
  }
}
