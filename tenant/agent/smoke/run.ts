/**
 * The proof that a customer's own login answers: a cheap check of the model, then one whole agent
 * turn that must return a nonce.
 * Guarantees: one smoke at a time and 180 s for each; a smoke id starts at most one turn, also
 * across restarts (the last report is on the disk; one cut off by a restart reads `interrupted`);
 * the answer's text, the nonce and upstream errors stay in this function.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { SmokeCode, SmokeReport } from '#schemas/contract/agent.ts';
import { smokeReport } from '#schemas/contract/agent.ts';
import type { AgentTurn, GatewayResponse } from '#schemas/wire/openclaw.ts';
import { agentTurn, setupVerify } from '#schemas/wire/openclaw.ts';
import * as z from 'zod/mini';
import { AgentFailure } from '../failure.ts';
import { errorKind } from '../log.ts';
import type { Log } from '../log.ts';
import { GatewayRefusal, GatewayTransportError } from '../openclaw/failures.ts';
import type { Gateway } from '../openclaw/gateway.ts';
import { readOwnFile, replaceFile } from '../vault/files.ts';
import { isNonceAnswer, smokeMessage, turnProblem, verifyProblem } from './outcome.ts';

const smokeBudgetMs = 180_000;
const agentId = 'main';

export interface SmokeOptions {
  readonly gateway: Gateway;
  readonly dataDir: string;
  readonly now: () => number;
  readonly log: Log;
}

type Outcome = Pick<SmokeReport, 'code' | 'nonceMatched' | 'provider' | 'model' | 'latencyMs'>;

export class Smoke {
  readonly #options: SmokeOptions;
  readonly #path: string;
  #report: SmokeReport | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(options: SmokeOptions) {
    this.#options = options;
    this.#path = join(options.dataDir, 'smoke.json');
  }

  async load(): Promise<void> {
    const stored = parseReport(await readOwnFile(this.#path));
    if (stored === null) return;
    const cutOff: SmokeReport = {
      ...stored,
      code: 'interrupted',
      finishedAtMs: this.#options.now(),
    };
    this.#report = stored.finishedAtMs === null ? cutOff : stored;
    if (this.#report === cutOff) await this.#store(cutOff);
  }

  report(): SmokeReport | null {
    return this.#report;
  }

  /** Starts the turn, or finds the one this id has started. */
  async begin(smokeId: string, nonce: string): Promise<SmokeReport> {
    const last = this.#report;
    if (last?.smokeId === smokeId) return last;
    if (last?.finishedAtMs === null) throw new AgentFailure('smoke_busy');
    const started: SmokeReport = {
      smokeId,
      code: 'running',
      nonceMatched: false,
      provider: '',
      model: '',
      latencyMs: 0,
      startedAtMs: this.#options.now(),
      finishedAtMs: null,
      loginId: null,
    };
    this.#report = started;
    await this.#store(started);
    this.#running = this.#finish(started, nonce);
    return started;
  }

  /** For an orderly end: what runs is left to `interrupted`, not waited for. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #finish(started: SmokeReport, nonce: string): Promise<void> {
    const outcome = await this.#prove(nonce).catch((error: unknown) => {
      this.#options.log('smoke_broke', { kind: errorKind(error) });
      return failed(codeOfError(error));
    });
    const report: SmokeReport = { ...started, ...outcome, finishedAtMs: this.#options.now() };
    this.#report = report;
    const { code, latencyMs } = outcome;
    this.#options.log('smoke_ended', { smoke: started.smokeId, code, latencyMs });
    await this.#store(report).catch((error: unknown) => {
      this.#options.log('smoke_not_stored', { kind: errorKind(error) });
    });
  }

  async #prove(nonce: string): Promise<Outcome> {
    const deadlineMs = performance.now() + smokeBudgetMs;
    const leftMs = (): number => Math.max(1, Math.round(deadlineMs - performance.now()));
    const { connection } = await this.#options.gateway.openOwn();
    try {
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
    } finally {
      connection.close();
    }
  }

  async #store(report: SmokeReport): Promise<void> {
    await replaceFile(this.#path, JSON.stringify(report));
  }
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

function codeOfError(error: unknown): SmokeCode {
  if (error instanceof GatewayTransportError) {
    return error.reason === 'timeout' ? 'timeout' : 'unavailable';
  }
  if (error instanceof GatewayRefusal) return error.isStarting ? 'unavailable' : 'unknown';
  return 'unknown';
}

function parseReport(content: string | null): SmokeReport | null {
  if (content === null) return null;
  try {
    const parsed = smokeReport.safeParse(JSON.parse(content));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
