/**
 * A small working agent, reachable once its compose project runs. Time is the test's own: sleeping
 * moves it.
 */
import { MemoryBackups } from './backups.ts';
import type { MemoryDeployer } from './memory-deployer.ts';
import { endedTurn, turnMs } from './turns.ts';
import { MemoryRestores } from './restores.ts';
import type { RestoreRequest } from '#schemas/contract/agent-restore.ts';
import { noOffsite } from '#schemas/contract/agent-offsite.ts';
import { exposureChecks } from '#schemas/contract/agent.ts';
import type * as contract from '#schemas/contract/agent.ts';
import type { AgentOutcome, RuntimeAddress, TenantAgent } from '#ports/runtime.ts';
import type { SleepingClock } from './sleeping-clock.ts';

const answerMs = 20;

export class MemoryAgent implements TenantAgent {
  codex: contract.StateAnswer['codex']['status'] = 'none';
  /** Changes with every login. */
  loginId: string | null = null;
  /** What the next checks of the login end with. */
  checkCode: NonNullable<contract.StateAnswer['check']>['code'] = 'passed';
  /** Ids of users whose browsers are inside. */
  readonly sessions = new Set<string>();
  readonly accessCalls: (readonly string[])[] = [];
  /** What the runtime uses; null: the gateway does not say. */
  usage: contract.StateAnswer['usage'] = null;
  verifyFails = 0;
  /** So many of the next turns come to nothing. */
  turnFails = 0;
  /** A version on which nothing works. */
  brokenVersion: string | null = null;
  /** Something of it answers strangers. */
  isExposed = false;
  /** A stack of it that nobody knows of. */
  answersStill = false;
  exposureTries = 0;
  checkCalls = 0;
  ended: contract.StateAnswer['codex']['ended'] = null;
  #smoke: contract.StateAnswer['smoke'] = null;
  /** What the next turns end with. */
  smokeCode: contract.SmokeCode = 'passed';
  #check: contract.StateAnswer['check'] = null;
  readonly #clock: SleepingClock;
  offsite: contract.StateAnswer['offsite'] = noOffsite;
  readonly backups: MemoryBackups;
  readonly restores: MemoryRestores;
  readonly #deployer: MemoryDeployer;

  constructor(clock: SleepingClock, deployer: MemoryDeployer) {
    this.#clock = clock;
    this.#deployer = deployer;
    this.backups = new MemoryBackups(clock);
    this.restores = new MemoryRestores(clock, deployer);
  }

  async state({ runtimeId }: RuntimeAddress): Promise<AgentOutcome<contract.StateAnswer>> {
    this.#clock.advance(answerMs);
    if (!this.#deployer.runs(runtimeId)) return { kind: 'unreachable' };
    this.#finishSmoke();
    return {
      kind: 'ok',
      value: {
        runtimeId,
        agentVersion: '1',
        mode: 'run',
        clockMs: this.#clock.now().getTime(),
        gateway: this.#deployer.services(runtimeId).includes('openclaw')
          ? { status: 'ready', version: this.#deployer.versionOf(runtimeId) }
          : { status: 'unreachable', version: null },
        codex: {
          status: this.codex,
          attemptId: null,
          attemptExpiresAtMs: null,
          loginExpiresAtMs: null,
          loginId: this.loginId,
          ended: this.ended,
        },
        smoke: this.#smoke,
        check: this.#check,
        backup: this.backups.look(),
        restore: this.restores.look(),
        export: null,
        offsite: this.offsite,
        sessions: [...this.sessions],
        usage: this.usage,
      },
    };
  }

  async verify({ runtimeId }: RuntimeAddress): Promise<AgentOutcome<contract.VerifyAnswer>> {
    if (!this.#deployer.runs(runtimeId)) return { kind: 'unreachable' };
    const isBroken = this.#deployer.versionOf(runtimeId) === this.brokenVersion;
    const fails = this.verifyFails > 0 || isBroken;
    if (this.verifyFails > 0) this.verifyFails -= 1;
    const rung = {
      rung: 'ready_json' as const,
      result: fails ? ('fail' as const) : ('pass' as const),
      reason: fails ? 'not_json' : '',
    };
    const atMs = this.#clock.now().getTime();
    const openclawVersion = this.#deployer.versionOf(runtimeId);
    return { kind: 'ok', value: { atMs, openclawVersion, rungs: [rung] } };
  }

  async startCodex(): ReturnType<TenantAgent['startCodex']> {
    return { kind: 'refused', code: 'codex_busy' };
  }

  async startSmoke(
    _at: unknown,
    smoke: { readonly smokeId: string },
  ): ReturnType<TenantAgent['startSmoke']> {
    this.#smoke = {
      smokeId: smoke.smokeId,
      code: 'running',
      nonceMatched: false,
      provider: '',
      model: '',
      latencyMs: 0,
      startedAtMs: this.#clock.now().getTime(),
      finishedAtMs: null,
      loginId: this.loginId,
    };
    return { kind: 'ok', value: this.#smoke };
  }

  async startCheck(_at: unknown, checkId: string): ReturnType<TenantAgent['startCheck']> {
    const now = this.#clock.now().getTime();
    this.checkCalls += 1;
    if (this.#check?.checkId !== checkId) {
      this.#check = { checkId, code: this.checkCode, startedAtMs: now, finishedAtMs: now };
    }
    return { kind: 'ok', value: this.#check };
  }

  async startBackup(_at: unknown, backupId: string): ReturnType<TenantAgent['startBackup']> {
    return { kind: 'ok', value: this.backups.begin(backupId) };
  }

  async restore(_at: unknown, request: RestoreRequest): ReturnType<TenantAgent['restore']> {
    return { kind: 'ok', value: this.restores.take(request) };
  }

  async limitAccess(
    { runtimeId }: RuntimeAddress,
    allow: readonly string[],
  ): ReturnType<TenantAgent['limitAccess']> {
    if (!this.#deployer.runs(runtimeId)) return { kind: 'unreachable' };
    this.accessCalls.push(allow);
    const before = this.sessions.size;
    for (const userId of [...this.sessions])
      if (!allow.includes(userId)) this.sessions.delete(userId);
    return { kind: 'ok', value: before - this.sessions.size };
  }

  async exposure({ runtimeId }: RuntimeAddress): Promise<AgentOutcome<contract.ExposureReport>> {
    if (!this.#deployer.runs(runtimeId)) return { kind: 'unreachable' };
    this.exposureTries += 1;
    const [result, reason] = this.isExposed
      ? (['fail', 'port_open'] as const)
      : (['pass', ''] as const);
    const checks = exposureChecks.map((check) => ({ check, result, reason }));
    return { kind: 'ok', value: { atMs: this.#clock.now().getTime(), checks } };
  }

  async whoAnswers({ runtimeId }: RuntimeAddress): ReturnType<TenantAgent['whoAnswers']> {
    return this.#deployer.runs(runtimeId) || this.answersStill ? 'agent' : 'other';
  }

  async outside({ runtimeId }: RuntimeAddress): ReturnType<TenantAgent['outside']> {
    if (!this.#deployer.runs(runtimeId)) return { kind: 'unreachable' };
    const rungs = [{ rung: 'stranger_refused', result: 'pass', reason: '' }] as const;
    return { kind: 'ok', value: { rungs, skewMs: 0 } };
  }

  #finishSmoke(): void {
    const now = this.#clock.now().getTime();
    if (this.#smoke?.code !== 'running' || now - this.#smoke.startedAtMs < turnMs) return;
    const fails = this.turnFails > 0;
    if (fails) this.turnFails -= 1;
    this.#smoke = endedTurn(this.#smoke, fails ? 'unavailable' : this.smokeCode, now);
  }
}
