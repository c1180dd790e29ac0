/**
 * Dokploy and the tenants' agents as they truly are. Creating looks and then creates, in two calls,
 * so two at once may both create; a deployment is queued, runs, and ends as it likes; what was asked
 * for may be forgotten; an agent answers only where a deployment really runs.
 */
import type { SmokeReport } from '#schemas/contract/agent.ts';
import type { Deployer, DeployerOutcome } from '#ports/runtime.ts';
import type { Execution } from './execution.ts';
import type { World } from './world.ts';

export interface Deployment {
  readonly title: string;
  readonly startsMs: number;
  readonly endsMs: number;
  readonly end: 'done' | 'error' | 'stuck';
  /** When its gateway answers. */
  readonly readyMs: number;
}

export interface Compose {
  readonly id: string;
  readonly name: string;
  hash: string;
  isStopped: boolean;
  readonly deployments: Deployment[];
}

export interface Tenant {
  codex: 'none' | 'linking' | 'ok' | 'expired';
  attemptId: string | null;
  smoke: SmokeReport | null;
  smokeEndsMs: number;
  /** Deployment under which the last passed smoke was started, and its id: the truth of `ready`. */
  provenBy: { readonly smokeId: string; readonly title: string } | null;
}

export class Machines {
  readonly composes = new Map<string, Compose>();
  readonly tenants = new Map<string, Tenant>();
  readonly #world: World;
  #projects = 0;
  #created = 0;

  constructor(world: World) {
    this.#world = world;
  }

  get hasProject(): boolean {
    return this.#projects > 0;
  }

  addProject(): void {
    this.#projects += 1;
  }

  named(name: string): Compose | undefined {
    for (const compose of this.composes.values()) if (compose.name === name) return compose;
    return undefined;
  }

  create(name: string): Compose {
    if (this.named(name) !== undefined) this.#world.violate(2, `${name} stands twice`);
    this.#created += 1;
    const id = `c${this.#created}`;
    const compose: Compose = { id, name, hash: '', isStopped: false, deployments: [] };
    this.composes.set(id, compose);
    this.#world.note('dokploy', `created ${id} ${name}`);
    return compose;
  }

  deploy(compose: Compose, title: string): void {
    const { random, weather, nowMs } = this.#world;
    if (random.chance(weather.deployLost)) {
      this.#world.note('dokploy', `forgot ${title}`);
      return;
    }
    const startsMs = nowMs + random.int(0, random.chance(0.05) ? 45_000 : 500);
    const endsMs = startsMs + random.int(1_000, random.chance(0.1) ? 60_000 : 6_000);
    const fails = random.chance(weather.deployFails);
    const end = random.chance(weather.deployStuck) ? 'stuck' : fails ? 'error' : 'done';
    const slowMs = random.chance(weather.gatewaySlow) ? 15_000 : 2_000;
    const readyMs = endsMs + random.int(0, slowMs);
    compose.isStopped = false;
    compose.deployments.push({ title, startsMs, endsMs, end, readyMs });
    this.#world.note('dokploy', `took ${title}: ${end}`);
  }

  /** What runs: the deployment that went through last. */
  running(runtimeId: string): Deployment | null {
    const compose = this.named(`rt-${runtimeId}`);
    if (compose === undefined || compose.isStopped) return null;
    let last: Deployment | null = null;
    for (const deployment of compose.deployments) {
      if (deployment.end !== 'done' || deployment.endsMs > this.#world.nowMs) continue;
      if (last === null || deployment.endsMs >= last.endsMs) last = deployment;
    }
    return last;
  }

  tenant(runtimeId: string): Tenant {
    let present = this.tenants.get(runtimeId);
    if (present === undefined) {
      present = { codex: 'none', attemptId: null, smoke: null, smokeEndsMs: 0, provenBy: null };
      this.tenants.set(runtimeId, present);
    }
    return present;
  }

  /** The customer finishes the login in his browser. */
  finishLogin(runtimeId: string): void {
    const tenant = this.tenant(runtimeId);
    if (tenant.codex !== 'linking') return;
    tenant.codex = 'ok';
    const { random, weather, scheduler } = this.#world;
    if (!random.chance(weather.loginExpires)) return;
    scheduler.after(random.int(10_000, 600_000), () => {
      tenant.codex = 'expired';
    });
  }

  startSmoke(runtimeId: string, smokeId: string): 'busy' | SmokeReport {
    const tenant = this.tenant(runtimeId);
    this.endSmoke(runtimeId);
    if (tenant.smoke?.smokeId === smokeId) return tenant.smoke;
    if (tenant.smoke?.code === 'running') return 'busy';
    const { nowMs, random } = this.#world;
    tenant.smokeEndsMs = nowMs + random.int(500, random.chance(0.1) ? 20_000 : 4_000);
    tenant.smoke = {
      smokeId,
      code: 'running',
      nonceMatched: false,
      provider: '',
      model: '',
      latencyMs: 0,
      startedAtMs: nowMs,
      finishedAtMs: null,
    };
    return tenant.smoke;
  }

  endSmoke(runtimeId: string): void {
    const tenant = this.tenant(runtimeId);
    const { smoke } = tenant;
    const { nowMs, random, weather } = this.#world;
    if (smoke?.code !== 'running' || nowMs < tenant.smokeEndsMs) return;
    const ended = { ...smoke, finishedAtMs: nowMs, latencyMs: nowMs - smoke.startedAtMs };
    const running = this.running(runtimeId);
    if (running === null || running.endsMs > smoke.startedAtMs) {
      tenant.smoke = { ...ended, code: 'interrupted' };
      return;
    }
    if (random.chance(weather.smokeFails)) {
      // A turn that answers the wrong nonce is as bad as none.
      const code = random.pick(['timeout', 'nonce_mismatch', 'rate_limit', 'passed'] as const);
      tenant.smoke = { ...ended, code };
      return;
    }
    const answer = {
      code: 'passed',
      nonceMatched: true,
      provider: 'openai',
      model: 'gpt',
    } as const;
    tenant.smoke = { ...ended, ...answer };
    tenant.provenBy = { smokeId: smoke.smokeId, title: running.title };
  }
}

type ValueIn<Name extends 'deploymentStatus' | 'remove'> =
  Awaited<ReturnType<Deployer[Name]>> extends DeployerOutcome<infer Value> ? Value : never;

const ok = <T>(value: T): DeployerOutcome<T> => ({ kind: 'ok', value });

/** One call over the wire; it may be refused, or its answer lost before or after the effect. */
const wire = async <T>(
  execution: Execution,
  effect: () => DeployerOutcome<T>,
): Promise<DeployerOutcome<T>> => {
  const { random, weather } = execution.world;
  const latencyMs = random.int(20, 400);
  if (random.chance(weather.deployerRefuses)) {
    return execution.call(latencyMs, () => ({ kind: 'refused', code: 'unauthorized' }));
  }
  const isSilent = random.chance(weather.deployerSilent);
  if (!isSilent) return execution.call(latencyMs, effect);
  const happens = random.chance(0.5);
  return execution.call(latencyMs, () => {
    if (happens) effect();
    return { kind: 'unknown' };
  });
};

export const simDeployer = (execution: Execution, machines: Machines): Deployer => {
  const { world } = execution;
  const statusOf: Deployer['deploymentStatus'] = (composeId, title) =>
    wire<ValueIn<'deploymentStatus'>>(execution, () => {
      const compose = machines.composes.get(composeId);
      if (compose === undefined) return { kind: 'not_found' };
      const found = compose.deployments.find((deployment) => deployment.title === title);
      if (found === undefined) return ok({ status: 'absent', finishedAt: null });
      if (world.nowMs < found.startsMs) return ok({ status: 'queued', finishedAt: null });
      const runs = found.end === 'stuck' || world.nowMs < found.endsMs;
      if (runs) return ok({ status: 'running', finishedAt: null });
      return ok({ status: found.end === 'done' ? 'done' : 'error', finishedAt: null });
    });
  return {
    ensureProject: () =>
      wire(execution, () => {
        if (!machines.hasProject) machines.addProject();
        return ok({ projectId: 'p1', environmentId: 'e1' });
      }),
    ensureCompose: async ({ name }) => {
      const seen = await wire(execution, () => ok(machines.named(name)?.id ?? null));
      if (seen.kind !== 'ok') return seen;
      if (seen.value !== null) return ok({ composeId: seen.value, composeStatus: 'idle' });
      return wire(execution, () =>
        ok({ composeId: machines.create(name).id, composeStatus: 'idle' }),
      );
    },
    configure: (composeId, config) =>
      wire(execution, () => {
        const compose = machines.composes.get(composeId);
        if (compose === undefined) return { kind: 'not_found' };
        compose.hash = config.host;
        return ok({ domainId: `d-${composeId}` });
      }),
    deploymentStatus: statusOf,
    deploy: async (composeId, title) => {
      const seen = await statusOf(composeId, title);
      if (seen.kind !== 'ok') return seen;
      if (seen.value.status !== 'absent') return ok(null);
      return wire(execution, () => {
        const compose = machines.composes.get(composeId);
        if (compose === undefined) return { kind: 'not_found' };
        machines.deploy(compose, title);
        return ok(null);
      });
    },
    recentDeployments: () => wire(execution, () => ok([])),
    composeStatus: (composeId) =>
      wire(execution, () =>
        ok({ name: machines.composes.get(composeId)?.name ?? '', composeStatus: 'done' }),
      ),
    ...takingDown(execution, machines),
    ...looking(execution, machines),
  };
};

/** Stop, then remove: what is gone does not run any more. */
const takingDown = (
  execution: Execution,
  machines: Machines,
): Pick<Deployer, 'stop' | 'remove'> => ({
  stop: (composeId) =>
    wire(execution, () => {
      const compose = machines.composes.get(composeId);
      if (compose === undefined) return { kind: 'not_found' };
      compose.isStopped = true;
      return ok({ state: 'stopped' });
    }),
  remove: (composeId) =>
    wire<ValueIn<'remove'>>(execution, () => {
      const compose = machines.composes.get(composeId);
      if (compose === undefined) return { kind: 'not_found' };
      if (!compose.isStopped) return ok({ state: 'still_running', containers: [] });
      machines.composes.delete(composeId);
      return ok({ state: 'gone', containers: [] });
    }),
});

const looking = (
  execution: Execution,
  machines: Machines,
): Pick<Deployer, 'health' | 'failureLog' | 'readConfig' | 'configHash'> => ({
  health: () => wire(execution, () => ok([])),
  failureLog: () => wire(execution, () => ok('')),
  readConfig: (composeId) =>
    wire(execution, () => ok({ hash: machines.composes.get(composeId)?.hash ?? '' })),
  configHash: (config) => config.host,
});
