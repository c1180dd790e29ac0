/**
 * The proof that a customer's own login answers: a cheap check of the model, then one whole agent
 * turn that must return a nonce.
 * Guarantees: one smoke at a time and 180 s for each, never beside a check; a smoke id starts at
 * most one turn, also across restarts (one cut off by a restart reads `interrupted`); the report
 * names the login it was made with; the answer's text, the nonce and upstream errors stay here.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { SmokeCode, SmokeReport } from '#schemas/contract/agent.ts';
import { smokeReport } from '#schemas/contract/agent.ts';
import type { AgentTurn, GatewayResponse } from '#schemas/wire/openclaw.ts';
import { agentTurn, authStatus, setupVerify } from '#schemas/wire/openclaw.ts';
import * as z from 'zod/mini';
import type { LoginRecord } from '../codex/record.ts';
import { errorKind } from '../log.ts';
import type { Log } from '../log.ts';
import type { GatewayConnection } from '../openclaw/connection.ts';
import type { Gateway } from '../openclaw/gateway.ts';
import {
  isNonceAnswer,
  problemOfError,
  smokeMessage,
  turnProblem,
  verifyProblem,
} from './outcome.ts';
import { ReportFile } from './report-file.ts';
import type { Turnstile } from './turnstile.ts';

const smokeBudgetMs = 180_000;
const authTimeoutMs = 20_000;
const agentId = 'main';

export interface SmokeOptions {
  readonly gateway: Gateway;
  readonly record: LoginRecord;
  readonly dataDir: string;
  readonly turnstile: Turnstile;
  readonly now: () => number;
  readonly log: Log;
}

type Outcome = Pick<SmokeReport, 'code' | 'nonceMatched' | 'provider' | 'model' | 'latencyMs'>;
type Proof = Outcome & Pick<SmokeReport, 'loginId'>;

export class Smoke {
  readonly #options: SmokeOptions;
  readonly #file: ReportFile<SmokeReport>;
  #report: SmokeReport | null = null;

  constructor(options: SmokeOptions) {
    this.#options = options;
    this.#file = new ReportFile(join(options.dataDir, 'smoke.json'), smokeReport);
  }

  async load(): Promise<void> {
    this.#report = await this.#file.load(this.#options.now());
  }

  report(): SmokeReport | null {
    return this.#report;
  }

  /** Starts the turn, or finds the one this id has started. Throws `smoke_busy`. */
  async begin(smokeId: string, nonce: string): Promise<SmokeReport> {
    const last = this.#report;
    if (last?.smokeId === smokeId) return last;
    const leave = this.#options.turnstile.enter();
    const started = newReport(smokeId, this.#options.now());
    this.#report = started;
    try {
      await this.#file.store(started);
    } catch (error) {
      this.#report = last;
      leave();
      throw error;
    }
    void this.#finish(started, nonce).finally(leave);
    return started;
  }

  /** Never rejects. */
  async #finish(started: SmokeReport, nonce: string): Promise<void> {
    const proof = await this.#prove(nonce).catch((error: unknown) => {
      this.#options.log('smoke_broke', { kind: errorKind(error) });
      return { ...failed(problemOfError(error)), loginId: null };
    });
    const report: SmokeReport = { ...started, ...proof, finishedAtMs: this.#options.now() };
    this.#report = report;
    const { code, latencyMs } = proof;
    this.#options.log('smoke_ended', { smoke: started.smokeId, code, latencyMs });
    await this.#file.store(report).catch((error: unknown) => {
      this.#options.log('smoke_not_stored', { kind: errorKind(error) });
    });
  }

  async #prove(nonce: string): Promise<Proof> {
    const { connection } = await this.#options.gateway.openOwn();
    try {
      // Before the turn: a login that is made meanwhile is not the one that was proven.
      const login = await connection.call('models.authStatus', {}, authStatus, {
        timeoutMs: authTimeoutMs,
      });
      const loginId = this.#options.record.loginIdOf(login);
      return { ...(await askModel(connection, nonce)), loginId };
    } finally {
      connection.close();
    }
  }
}

function newReport(smokeId: string, startedAtMs: number): SmokeReport {
  return {
    smokeId,
    code: 'running',
    nonceMatched: false,
    provider: '',
    model: '',
    latencyMs: 0,
    startedAtMs,
    finishedAtMs: null,
    loginId: null,
  };
}

async function askModel(connection: GatewayConnection, nonce: string): Promise<Outcome> {
  const deadlineMs = performance.now() + smokeBudgetMs;
  const leftMs = (): number => Math.max(1, Math.round(deadlineMs - performance.now()));
  const options = { timeoutMs: leftMs() };
  const checked = await connection.call('openclaw.setup.verify', {}, setupVerify, options);
  if (!checked.ok) return failed(verifyProblem(checked.status));
  const sessionKey = `agent:${agentId}:smoke-${randomUUID()}`;
  const startedMs = performance.now();
  const response = await connection.exchange('agent', turnParams(sessionKey, nonce, leftMs()), {
    timeoutMs: leftMs(),
    isFinal: isEndOfTurn,
  });
  const latencyMs = Math.round(performance.now() - startedMs);
  // Out of the customer's session list; a leftover would only be untidy.
  await connection
    .call('sessions.delete', { key: sessionKey }, z.unknown(), { timeoutMs: 5_000 })
    .catch(() => undefined);
  return judge(response, nonce, latencyMs);
}

function turnParams(sessionKey: string, nonce: string, timeoutMs: number): object {
  return {
    message: smokeMessage(nonce),
    sessionKey,
    agentId,
    deliver: false,
    idempotencyKey: randomUUID(),
    timeout: Math.max(1, Math.floor(timeoutMs / 1000)),
  };
}

function isEndOfTurn(response: GatewayResponse): boolean {
  if (!response.ok) return true;
  const turn = agentTurn.safeParse(response.payload);
  return !turn.success || turn.data.status !== 'accepted';
}

function judge(response: GatewayResponse, nonce: string, latencyMs: number): Outcome {
  const turn = agentTurn.safeParse(response.payload);
  if (!response.ok) return failed(turnProblem(response.error?.message ?? ''), latencyMs);
  if (!turn.success) return failed('unknown', latencyMs);
  if (turn.data.status === 'timeout') return failed('timeout', latencyMs);
  if (turn.data.status !== 'ok') return failed(turnProblem(turn.data.summary ?? ''), latencyMs);
  const nonceMatched = isNonceAnswer(textsOf(turn.data), nonce);
  const meta = turn.data.result?.meta?.agentMeta;
  return {
    code: nonceMatched ? 'passed' : 'nonce_mismatch',
    nonceMatched,
    provider: (meta?.provider ?? '').slice(0, 64),
    model: (meta?.model ?? '').slice(0, 128),
    latencyMs,
  };
}

function textsOf(turn: AgentTurn): string[] {
  return (turn.result?.payloads ?? []).map((payload) => payload.text ?? '');
}

function failed(code: SmokeCode, latencyMs = 0): Outcome {
  return { code, nonceMatched: false, provider: '', model: '', latencyMs };
}
