/**
 * Small working machines: a deployer whose deployments take time and may fail, get lost or lose
 * their answer, and an agent that is reachable once its compose project runs. Time is the test's
 * own: sleeping moves it.
 */
import { composeName } from '#core/runtime/names.ts';
import { MemoryBackups } from './backups.ts';
import { runsNow, servicesIn } from './composes.ts';
import type { Compose } from './composes.ts';
import { MemoryRemains, projectOf } from './remains.ts';
import { endedTurn, turnMs } from './turns.ts';
import { MemoryRestores } from './restores.ts';
import type { RestoreRequest } from '#schemas/contract/agent-restore.ts';
import { exposureChecks } from '#schemas/contract/agent.ts';
import type * as contract from '#schemas/contract/agent.ts';
import type {
  AgentOutcome,
  ComposeConfig,
  ContainerHealth,
  Deployer,
  DeployerOutcome,
  RuntimeAddress,
  ServicePlace,
  TenantAgent,
} from '#ports/runtime.ts';
import type { Clock } from '#ports/system.ts';
import { SleepingClock } from './sleeping-clock.ts';

export { SleepingClock };

type Fault = 'fail' | 'lose' | 'answer_lost' | 'unreachable';

const ok = <T>(value: T): DeployerOutcome<T> => ({ kind: 'ok', value });
const deployMs = 8_000;
const answerMs = 20;

export class MemoryDeployer implements Deployer {
  readonly composes = new Map<string, Compose>();
  /** What happens to the next deploy calls, in order. */
  readonly faults: Fault[] = [];
  /** What docker says that runs, in place of what was deployed. */
  foreignImage: string | null = null;
  /** Does not answer when asked what runs. */
  isSilent = false;
  deployCalls = 0;
  startCalls = 0;
  readonly recentDeployments: Deployer['recentDeployments'] = async () => ok([]);
  readonly remaining = new MemoryRemains();
  /** By Dokploy's own id; null is its own machine. Nothing of them is listed. */
  readonly lostServers = new Set<string | null>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async ensureProject(name: string): ReturnType<Deployer['ensureProject']> {
    return ok({ projectId: name, environmentId: 'e1' });
  }

  async ensureCompose(
    place: Parameters<Deployer['ensureCompose']>[0],
  ): ReturnType<Deployer['ensureCompose']> {
    for (const [composeId, compose] of this.composes) {
      if (compose.name === place.name) return ok({ composeId, composeStatus: 'idle' });
    }
    const composeId = `c${this.composes.size + 1}`;
    this.composes.set(composeId, {
      name: place.name,
      project: place.projectId,
      serverId: place.serverId ?? null,
      config: null,
      deployments: [],
      stopped: false,
    });
    return ok({ composeId, composeStatus: 'idle' });
  }

  async configure(composeId: string, config: ComposeConfig): ReturnType<Deployer['configure']> {
    const compose = this.composes.get(composeId);
    if (compose === undefined) return { kind: 'not_found' };
    compose.config = config;
    return ok({ domainId: 'd1' });
  }

  async deploy(composeId: string, title: string): ReturnType<Deployer['deploy']> {
    this.deployCalls += 1;
    const compose = this.composes.get(composeId);
    if (compose === undefined) return { kind: 'not_found' };
    if (compose.deployments.some((deployment) => deployment.title === title)) return ok(null);
    const fault = this.faults.shift();
    if (fault === 'unreachable') return { kind: 'unknown' };
    if (fault === 'lose') return ok(null);
    const startedAtMs = this.#clock.now().getTime();
    const file = compose.config?.file ?? '';
    compose.deployments.push({ title, startedAtMs, file, fails: fault === 'fail' });
    compose.stopped = false;
    return fault === 'answer_lost' ? { kind: 'unknown' } : ok(null);
  }

  async deploymentStatus(
    composeId: string,
    title: string,
  ): ReturnType<Deployer['deploymentStatus']> {
    const found = this.composes.get(composeId)?.deployments.find((each) => each.title === title);
    if (found === undefined) return ok({ status: 'absent', finishedAt: null });
    if (this.#clock.now().getTime() - found.startedAtMs < deployMs) {
      return ok({ status: 'running', finishedAt: null });
    }
    return ok({ status: found.fails ? 'error' : 'done', finishedAt: null });
  }

  async composeStatus(composeId: string): ReturnType<Deployer['composeStatus']> {
    return ok({ name: this.composes.get(composeId)?.name ?? '', composeStatus: 'done' });
  }

  async stop(composeId: string): ReturnType<Deployer['stop']> {
    const compose = this.composes.get(composeId);
    if (compose === undefined) return { kind: 'not_found' };
    compose.stopped = true;
    return ok({ state: 'stopped' });
  }

  async remove(composeId: string): ReturnType<Deployer['remove']> {
    const compose = this.composes.get(composeId);
    if (compose === undefined) return { kind: 'not_found' };
    if (this.lostServers.has(compose.serverId))
      return ok({ state: 'still_running', containers: [] });
    this.composes.delete(composeId);
    this.remaining.removed(compose.name);
    return ok({ state: 'gone', containers: [] });
  }

  async locate(composeId: string): ReturnType<Deployer['locate']> {
    const compose = this.composes.get(composeId);
    if (compose === undefined) return { kind: 'not_found' };
    return ok({ appName: projectOf(compose.name), serverId: compose.serverId });
  }

  async remains({ appName, serverId }: ServicePlace): ReturnType<Deployer['remains']> {
    return ok(this.remaining.of(appName, this.lostServers.has(serverId)));
  }

  async health(composeId: string): ReturnType<Deployer['health']> {
    const compose = this.composes.get(composeId);
    return compose === undefined ? { kind: 'not_found' } : ok(this.#containersOf(compose));
  }

  #containersOf(compose: Compose): readonly ContainerHealth[] {
    if (this.lostServers.has(compose.serverId)) return [];
    const state = runsNow(compose) ? 'running' : 'exited';
    const health = state === 'running' ? 'healthy' : 'none';
    return [{ name: `${compose.name}-agent-1`, state, health }];
  }

  async failureLog(composeId: string, title: string): ReturnType<Deployer['failureLog']> {
    const found = this.composes.get(composeId)?.deployments.find((each) => each.title === title);
    if (found === undefined) return { kind: 'not_found' };
    return ok(found.fails ? 'container agent is unhealthy' : 'Docker Compose Deployed');
  }

  async inspect(composeId: string): ReturnType<Deployer['inspect']> {
    const compose = this.composes.get(composeId);
    if (compose === undefined) return { kind: 'not_found' };
    const hash = compose.config === null ? '' : this.configHash(compose.config);
    const latestTitle = compose.deployments.at(-1)?.title ?? null;
    const containers = this.#containersOf(compose);
    return ok({ hash, latestTitle, serverId: compose.serverId, containers });
  }

  async runningImages(composeId: string): ReturnType<Deployer['runningImages']> {
    if (this.isSilent) return { kind: 'unknown' };
    const compose = this.composes.get(composeId);
    if (compose === undefined) return { kind: 'not_found' };
    const { name, config } = compose;
    const image = (service: string): string =>
      new RegExp(`  ${service}:\\n    image: "([^"]+)"`).exec(config?.file ?? '')?.[1] ?? '';
    return ok(
      ['openclaw', 'agent'].map((service) => ({
        container: `${name}-${service}-1`,
        image: this.foreignImage ?? image(service),
      })),
    );
  }

  async start(composeId: string): ReturnType<Deployer['start']> {
    const compose = this.composes.get(composeId);
    if (compose === undefined) return { kind: 'not_found' };
    this.startCalls += 1;
    if (this.lostServers.has(compose.serverId)) return { kind: 'refused', code: 'failed' };
    compose.stopped = false;
    return ok(null);
  }

  async findCompose(place: { readonly name: string }): ReturnType<Deployer['findCompose']> {
    for (const [composeId, { name }] of this.composes)
      if (name === place.name) return ok(composeId);
    return ok(null);
  }

  async listComposes(projectName: string): ReturnType<Deployer['listComposes']> {
    const all = [...this.composes].filter(([, compose]) => compose.project === projectName);
    return ok(
      all.map(([composeId, { name, serverId }]) => ({ composeId, name, serverId, createdAt: '' })),
    );
  }

  async serverStatus(serverId: string | null): ReturnType<Deployer['serverStatus']> {
    return ok(this.lostServers.has(serverId) ? 'unreachable' : 'reachable');
  }

  configHash(config: ComposeConfig): string {
    return JSON.stringify(config);
  }

  /** Tag of OpenClaw's image as it was last written for a runtime, where it is a release. */
  versionOf(runtimeId: string): string {
    const all = [...this.composes.values()].filter(({ name }) => name === composeName(runtimeId));
    const image = /openclaw:(\d{4}\.\d+\.\d+)/.exec(all[0]?.config?.file ?? '');
    return image?.[1] ?? '2026.9.6';
  }

  /** Services of it that run, by the files it was deployed from last. */
  services(runtimeId: string): readonly string[] {
    const compose = [...this.composes.values()].find(({ name }) => name === composeName(runtimeId));
    if (compose === undefined || !this.runs(runtimeId)) return [];
    return servicesIn(compose.deployments.findLast(({ fails }) => !fails)?.file ?? '');
  }

  /** A deployment of it went through, and its server can be reached. */
  runs(runtimeId: string): boolean {
    const all = [...this.composes.values()].filter(({ name }) => name === composeName(runtimeId));
    return all.some((compose) => runsNow(compose) && !this.lostServers.has(compose.serverId));
  }
}

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
