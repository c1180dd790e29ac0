/**
 * Dokploy and the tenants' agents as they truly are. Creating looks and then creates, in two calls,
 * so two at once may both create; a deployment is queued, runs, and ends as it likes; what was asked
 * for may be forgotten; an agent answers only where a deployment really runs.
 */
import type { RestoreReport } from '#schemas/contract/agent-restore.ts';
import type { BackupReport, KeptBackup } from '#schemas/contract/agent-backup.ts';
import type { CheckReport, SmokeReport } from '#schemas/contract/agent.ts';
import { composeName, runtimeOfCompose } from '#core/runtime/names.ts';
import type { Stack, Volume } from './volumes.ts';
import { newVolume, Volumes } from './volumes.ts';
import type { World } from './world.ts';

export interface Deployment extends Stack {
  readonly title: string;
  readonly startsMs: number;
  readonly endsMs: number;
  readonly end: 'done' | 'error' | 'stuck';
  /** When its gateway answers. */
  readonly readyMs: number;
  /** Until then something of it answers strangers. */
  readonly exposedUntilMs: number;
}

export interface Compose {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly serverId: string | null;
  hash: string;
  /** In the files as they were last written. */
  stack: Stack;
  isStopped: boolean;
  readonly deployments: Deployment[];
}

type Place = Pick<Compose, 'name' | 'project' | 'serverId'>;

export interface Tenant {
  codex: 'none' | 'linking' | 'ok' | 'expired';
  attemptId: string | null;
  /** Changes with every login. */
  loginId: string | null;
  /** The model takes it no more, though it looks alive. */
  isRefused: boolean;
  smoke: SmokeReport | null;
  smokeEndsMs: number;
  /** Deployment and login under which the last smoke passed: the truth of `ready`. */
  provenBy: { readonly title: string; readonly loginId: string | null } | null;
  /** Last deployment that was tried from outside and found closed. */
  closedUnder: string | null;
  check: CheckReport | null;
  backup: BackupReport | null;
  /** What its agent lists: proven ones, newest first. */
  kept: readonly KeptBackup[];
  restore: RestoreReport | null;
  readonly volume: Volume;
  /** No gateway works on the state that was brought back. */
  isSpoilt: boolean;
  /** Ids of all that a second gateway has started on, ever. */
  readonly proven: Set<string>;
  /** Whose browsers are inside. */
  readonly sessions: Set<string>;
}

const newTenant = (): Tenant => ({
  codex: 'none',
  attemptId: null,
  loginId: null,
  isRefused: false,
  smoke: null,
  smokeEndsMs: 0,
  provenBy: null,
  closedUnder: null,
  check: null,
  backup: null,
  kept: [],
  restore: null,
  volume: newVolume(),
  isSpoilt: false,
  proven: new Set(),
  sessions: new Set(),
});

/** Of the services that are deleted; in the calm too, since most are deleted then. */
const leavesSomething = 0.5;

export class Machines {
  readonly composes = new Map<string, Compose>();
  readonly tenants = new Map<string, Tenant>();
  readonly #world: World;
  readonly projects = new Set<string>();
  /** Runtimes whose owner has a session inside. */
  readonly visited = new Set<string>();
  /** What stayed on a machine though its service is deleted, by Docker's name of the project. */
  readonly left = new Map<string, 'everything' | 'volumes'>();
  /** Something was done behind our back. */
  drifted = false;
  /** Nothing works on it. */
  brokenVersion: string | null = null;
  /** An execution that read the floor before it was raised may still write. */
  floorSeenByMs = (raisedMs: number): number => raisedMs + 6 * 60_000;
  readonly volumes: Volumes;
  /** The image on which each turn passed, by its smoke's id. */
  readonly provenOn = new Map<string, string>();
  /** Servers that are out of reach, by Dokploy's id, and until when. */
  readonly #lostUntilMs = new Map<string | null, number>();
  #created = 0;
  readonly #own: { readonly name: string; readonly deployment: Deployment }[] = [];

  constructor(world: World) {
    this.#world = world;
    this.volumes = new Volumes(world, this);
  }

  loseServer(serverId: string | null, untilMs: number): void {
    this.#lostUntilMs.set(serverId, untilMs);
    this.#world.note('server', `${String(serverId)} is out of reach`);
  }

  isLost(serverId: string | null): boolean {
    return (this.#lostUntilMs.get(serverId) ?? 0) > this.#world.nowMs;
  }

  named(name: string): Compose | undefined {
    for (const compose of this.composes.values()) if (compose.name === name) return compose;
    return undefined;
  }

  /** Its service is deleted, and the command that takes the rest away may not get through. */
  forget({ id, name, deployments }: Compose): void {
    const { random, scheduler } = this.#world;
    if (deployments.length === 0 || !random.chance(leavesSomething)) return;
    const appName = `${name}-${id}`;
    this.left.set(appName, random.pick(['everything', 'volumes'] as const));
    this.#world.note('dokploy', `left ${appName}`);
    // Cleaned up by hand some day; for the rest an operator answers.
    if (random.chance(0.7)) {
      scheduler.after(random.int(60_000, 40 * 60_000), () => this.left.delete(appName));
    }
  }

  create(place: Place): Compose {
    const { name } = place;
    if (this.named(name) !== undefined) this.#world.violate(2, `${name} stands twice`);
    this.#checkPlace(place);
    this.#created += 1;
    const id = `c${this.#created}`;
    const compose: Compose = {
      id,
      ...place,
      hash: '',
      stack: { image: '', stateOrder: null, hasGateway: true },
      isStopped: false,
      deployments: [],
    };
    this.composes.set(id, compose);
    this.#world.note('dokploy', `created ${id} ${name}`);
    return compose;
  }

  /** Nothing is made where its runtime holds no slot. */
  #checkPlace({ name, serverId }: Place): void {
    const { rows } = this.#world;
    const slot = rows.all('slots').find((row) => row.runtimeId === runtimeOfCompose(name));
    const server = slot === undefined ? null : rows.get('servers', slot.serverId);
    if (server === null || server.dokployServerId !== serverId) {
      this.#world.violate(2, `${name} was made where it holds no slot`);
    }
  }

  /** Queued or under way; one that hangs is neither, once it was given up. */
  isWorking({ deployments }: Compose): boolean {
    const { nowMs } = this.#world;
    return deployments.some(({ end, endsMs }) => end !== 'stuck' && nowMs < endsMs);
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
    const exposedMs = random.chance(weather.exposes) ? random.int(1_000, 20 * 60_000) : 0;
    const exposedUntilMs = endsMs + exposedMs;
    const times = { startsMs, endsMs, readyMs, exposedUntilMs };
    const deployment: Deployment = { title, end, ...times, ...compose.stack };
    compose.deployments.push(deployment);
    this.#bringUp(compose, deployment);
    this.#own.push({ name: compose.name, deployment });
    this.#world.note('dokploy', `took ${title}: ${end}`);
  }

  /** One that fails may have come as far as its gateway, or not even to its images. */
  #bringUp({ name, id }: Compose, deployment: Deployment): void {
    const { random, scheduler, nowMs } = this.#world;
    const { end, endsMs } = deployment;
    const isUp = end === 'done' || (end === 'error' && random.chance(0.5));
    const runtimeId = runtimeOfCompose(name);
    if (!isUp || runtimeId === null) return;
    // While the old gateway answers, a state that is to be brought back waits.
    const isFree = random.chance(0.5);
    scheduler.after(endsMs - nowMs, () => {
      if (this.composes.has(id)) this.volumes.start(runtimeId, deployment, isFree);
    });
  }

  /** As it was deployed last. */
  start(compose: Compose): void {
    if (!compose.isStopped) return;
    compose.isStopped = false;
    const runtimeId = runtimeOfCompose(compose.name) ?? '';
    const running = this.running(runtimeId);
    if (running !== null) this.volumes.start(runtimeId, running, true);
  }

  /** Title of the last deployment of ours that went through, whatever somebody did since. */
  lastOwn(runtimeId: string): string | null {
    const name = composeName(runtimeId);
    const done = this.#own.filter(
      ({ name: owner, deployment: { end, endsMs } }) =>
        owner === name && end === 'done' && endsMs <= this.#world.nowMs,
    );
    const last = done.toSorted((a, b) => a.deployment.endsMs - b.deployment.endsMs).at(-1);
    return last?.deployment.title ?? null;
  }

  /** What runs: the deployment that went through last. */
  running(runtimeId: string): Deployment | null {
    const compose = this.named(`rt-${runtimeId}`);
    if (compose === undefined || compose.isStopped || this.isLost(compose.serverId)) return null;
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
      present = newTenant();
      this.tenants.set(runtimeId, present);
    }
    return present;
  }

  /** The customer finishes the login in his browser. */
  finishLogin(runtimeId: string): void {
    const tenant = this.tenant(runtimeId);
    if (tenant.codex !== 'linking') return;
    tenant.codex = 'ok';
    tenant.isRefused = false;
    tenant.loginId = this.#world.random.hex(12);
    const { random, weather, scheduler } = this.#world;
    if (!random.chance(weather.loginExpires)) return;
    scheduler.after(random.int(10_000, 600_000), () => {
      if (random.chance(0.5)) tenant.codex = 'expired';
      else tenant.isRefused = true;
    });
  }

  startCheck(runtimeId: string, checkId: string): CheckReport {
    const tenant = this.tenant(runtimeId);
    if (tenant.check?.checkId === checkId) return tenant.check;
    const { nowMs, random } = this.#world;
    const code = tenant.isRefused ? 'auth' : 'passed';
    tenant.check = { checkId, code: 'running', startedAtMs: nowMs, finishedAtMs: null };
    this.#world.scheduler.after(random.int(200, 3_000), () => {
      if (tenant.check?.checkId !== checkId) return;
      tenant.check = { ...tenant.check, code, finishedAtMs: this.#world.nowMs };
    });
    return tenant.check;
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
      loginId: tenant.loginId,
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
    if (tenant.isRefused) {
      tenant.smoke = { ...ended, code: 'auth' };
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
    this.provenOn.set(smoke.smokeId, running.image);
    tenant.provenBy = { title: this.lastOwn(runtimeId) ?? '', loginId: smoke.loginId };
  }
}
