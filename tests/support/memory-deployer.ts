/**
 * A small working deployer, whose deployments take time and may fail, get lost or lose their answer.
 * Time is the test's own.
 */
import { composeName } from '#core/runtime/names.ts';
import { runsNow, servicesIn } from './composes.ts';
import type { Compose } from './composes.ts';
import { MemoryRemains, projectOf } from './remains.ts';
import type {
  ComposeConfig,
  ContainerHealth,
  Deployer,
  DeployerOutcome,
  ServicePlace,
} from '#ports/runtime.ts';
import type { Clock } from '#ports/system.ts';

type Fault = 'fail' | 'lose' | 'answer_lost' | 'unreachable';

const ok = <T>(value: T): DeployerOutcome<T> => ({ kind: 'ok', value });
const deployMs = 8_000;

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
