/**
 * What happens to machines behind our back, and what operators do about it: services deleted,
 * changed or deployed by hand, containers that stop, servers out of reach; servers added and drained.
 */
import { runtimeOfCompose } from '#core/runtime/names.ts';
import { isPaused } from '#core/term/standstill.ts';
import { actOnRuntime } from '#app/operator/runtimes/act.ts';
import { saveServer } from '#app/operator/servers.ts';
import type { Compose } from './machines.ts';
import type { Functions } from './functions.ts';
import { giveOut } from './release.ts';
import { epochMs } from './world.ts';

/** Has no account: only the tenant and the team know of them. */
export const guest = 'guest';

const minuteMs = 60_000;
const secondMs = 1_000;

/** A removal is the reconciler's to carry out. */
const notAsked = (): never => {
  throw new Error('a removal asked the deployer itself');
};

const server = (slots: number, dokployServerId: string | null) => ({
  dokployServerId,
  region: 'kr',
  slotMemoryMiB: 4096,
  slots,
  state: 'open' as const,
});

/** One or two servers, often with less room than is wanted. */
export const furnish = ({ world }: Functions): void => {
  const { random, rows } = world;
  const createdAt = new Date(epochMs).toISOString();
  for (const [id, dokployServerId] of [
    ['own', null],
    ['far', 'dokploy-2'],
  ] as const) {
    if (id === 'far' && random.chance(0.5)) continue;
    const slots = random.pick([1, 1, 2, 3, 20, 20]);
    const data = { ...server(slots, dokployServerId), full: false, lostSince: null };
    rows.create('servers', id, { data, readers: 'functions', createdAt });
  }
};

/** Each kind in a few worlds, at some time within the chaos. */
export const letThingsHappen = (functions: Functions, minutes: number): void => {
  const { random, scheduler } = functions.world;
  for (const happen of happenings) {
    if (!random.chance(0.08)) continue;
    scheduler.after(random.int(secondMs, minutes * minuteMs), () => happen(functions));
  }
};

const anyCompose = ({ world, machines }: Functions): Compose | null => {
  machines.drifted = true;
  const all = [...machines.composes.values()];
  return all.length === 0 ? null : (all[world.random.int(0, all.length - 1)] ?? null);
};

const deleteOne = (functions: Functions): void => {
  const compose = anyCompose(functions);
  if (compose === null) return;
  functions.machines.composes.delete(compose.id);
  functions.world.note('dokploy', `somebody deleted ${compose.name}`);
};

const stopOne = (functions: Functions): void => {
  const compose = anyCompose(functions);
  if (compose === null) return;
  compose.isStopped = true;
  functions.world.note('dokploy', `${compose.name} went down`);
};

const changeOne = (functions: Functions): void => {
  const compose = anyCompose(functions);
  if (compose !== null) compose.hash = 'by hand';
};

const deployOne = (functions: Functions): void => {
  const compose = anyCompose(functions);
  if (compose === null) return;
  const { nowMs } = functions.world;
  const times = { startsMs: nowMs, endsMs: nowMs + 1, readyMs: nowMs + 1, exposedUntilMs: 0 };
  const end = 'done' as const;
  compose.deployments.push({ title: 'Manual deployment', end, ...times, ...compose.stack });
  compose.isStopped = false;
  const runtimeId = runtimeOfCompose(compose.name);
  if (runtimeId !== null) functions.machines.volumes.start(runtimeId, compose.stack, false);
};

/** The owners are inside with a guest, who is taken out of the team or only pays from now on. */
const takeOut = (functions: Functions): void => {
  const { world, machines } = functions;
  const { random, scheduler } = world;
  const running = world.rows
    .all('runtimes')
    .filter(({ id, desired }) => desired === 'running' && machines.running(id) !== null);
  const runtime = running[random.int(0, Math.max(0, running.length - 1))];
  const team = world.teams.get(runtime?.workspaceId ?? '');
  if (runtime === undefined || team === undefined) return;
  // Looked for within the hour.
  machines.drifted = true;
  const { sessions } = machines.tenant(runtime.id);
  const owners = [...team].filter(([, role]) => role === 'owner').map(([userId]) => userId);
  for (const userId of [...owners, guest]) sessions.add(userId);
  machines.visited.add(runtime.id);
  team.set(guest, random.chance(0.5) ? 'owner' : 'member');
  scheduler.after(random.int(secondMs, minuteMs), () => {
    if (random.chance(0.5)) team.delete(guest);
    else team.set(guest, 'billing');
    world.note('team', `${guest} may not enter ${runtime.workspaceId} any more`);
    if (random.chance(world.weather.eventLost)) return;
    void functions.event('memberships', runtime.workspaceId);
  });
};

const loseServer = ({ world, machines }: Functions): void => {
  const serverId = world.random.pick([null, 'dokploy-2']);
  machines.loseServer(serverId, world.nowMs + world.random.int(minuteMs, 10 * minuteMs));
};

const drainServer = ({ world }: Functions): void => {
  const row = world.rows.get('servers', 'own');
  if (row === null) return;
  world.rows.update('servers', { id: row.id, version: row.version }, { state: 'draining' });
};

const happenings = [
  deleteOne,
  stopOne,
  changeOne,
  deployOne,
  loseServer,
  drainServer,
  takeOut,
  giveOut,
] as const;

/** Whose deletion nobody can prove, an operator answers for: its server is said to be gone. */
const answerFor = (functions: Functions): void => {
  const { world } = functions;
  for (const { id, desired, status, revision } of world.rows.all('runtimes')) {
    if (desired !== 'deleted' || status === 'deleted') continue;
    const asked = { runtimeId: id, revision, confirmation: id, reason: 'burnt', dryRun: false };
    const body = { ...asked, action: 'declare_gone' as const };
    void functions.command('declare', (ports) =>
      actOnRuntime({ ...ports, deployer: notAsked }, 'operator', body),
    );
  }
};

/** In the calm an operator adds room in most worlds, and clears what nobody pays for any more. */
export const tidyUp = (functions: Functions): void => {
  const { world, machines } = functions;
  for (const serverId of [null, 'dokploy-2']) machines.loseServer(serverId, 0);
  machines.brokenVersion = null;
  for (const hours of [1, 2, 4, 8]) {
    world.scheduler.after(hours * 60 * minuteMs, () => answerFor(functions));
  }
  if (world.random.chance(0.7)) {
    const more = { serverId: 'more', ...server(20, 'dokploy-3') };
    void functions.command('save-server', (ports) => saveServer(ports, 'operator', more));
  }
  for (const { id, desired, suspendedFor, revision } of world.rows.all('runtimes')) {
    // A paused one is paid, and one that its owner is deleting has its date.
    if (desired !== 'suspended' || isPaused({ desired, suspendedFor })) continue;
    if (suspendedFor === 'leaving') continue;
    if (world.random.chance(0.5)) continue;
    const asked = { runtimeId: id, revision, confirmation: id, reason: 'unpaid', dryRun: false };
    const body = { ...asked, action: 'delete' as const };
    void functions.command('remove', (ports) =>
      actOnRuntime({ ...ports, deployer: notAsked }, 'operator', body),
    );
  }
};
