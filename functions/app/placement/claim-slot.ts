/**
 * Claims a slot on a server, before anything of the runtime exists there. A slot is a row whose id
 * is its number, so creating it has exactly one winner and no server can be overcommitted. Key: the
 * runtime; one that holds a slot already is given the same again, whoever died in between.
 */
import { freeNumbers, slotRow } from '#core/runtime/slots.ts';
import type { Store, Stored } from '#ports/store.ts';
import type { Clock, FaultPoint, Log } from '#ports/system.ts';
import { pagesOf } from '#app/pages.ts';

export interface PlacementDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly faults: FaultPoint;
}

export interface Slot {
  readonly slotId: string;
  readonly serverId: string;
  readonly dokployServerId: string | null;
}

type Server = Stored<'servers'>;

export interface Claimant {
  readonly runtimeId: string;
  readonly memoryMiB: number;
}

/** Null: no server that takes runtimes of this size has room. */
export const claimSlot = async (deps: PlacementDeps, claimant: Claimant): Promise<Slot | null> => {
  const held = await heldSlot(deps, claimant.runtimeId);
  if (held !== null) return held;
  for (const server of await openServers(deps, claimant.memoryMiB)) {
    const slot = await claimOn(deps, server, claimant.runtimeId);
    if (slot !== null) return slot;
  }
  return null;
};

/** The slot it holds already, whether or not that was written down. */
export const heldSlot = async (
  deps: Pick<PlacementDeps, 'store'>,
  runtimeId: string,
): Promise<Slot | null> => {
  const [row] = await deps.store.list('slots', { where: { runtimeId }, limit: 1 });
  if (row === undefined) return null;
  const server = await deps.store.get('servers', row.serverId);
  return server === null ? null : slotOf(server, row.id);
};

const slotOf = (server: Server, slotId: string): Slot => ({
  slotId,
  serverId: server.id,
  dokployServerId: server.dokployServerId,
});

/** The smallest slots that are big enough first: big ones are kept for who needs them. */
const openServers = async (deps: PlacementDeps, memoryMiB: number): Promise<readonly Server[]> => {
  const open = await pagesOf(deps.store, 'servers', { state: 'open', full: false });
  return open
    .filter((server) => server.lostSince === null && server.slotMemoryMiB >= memoryMiB)
    .toSorted((a, b) => a.slotMemoryMiB - b.slotMemoryMiB || (a.id < b.id ? -1 : 1));
};

const numbersTaken = async (deps: PlacementDeps, serverId: string): Promise<Set<string>> => {
  const rows = await pagesOf(deps.store, 'slots', { serverId });
  return new Set(rows.map(({ id }) => id));
};

const claimOn = async (
  deps: PlacementDeps,
  server: Server,
  runtimeId: string,
): Promise<Slot | null> => {
  const free = freeNumbers(server, await numbersTaken(deps, server.id));
  for (const number of free) {
    const slotId = slotRow(server.id, number);
    const data = { serverId: server.id, runtimeId };
    const outcome = await deps.store.create('slots', slotId, { data, readers: 'functions' });
    if (outcome === 'exists') continue;
    await deps.faults.reach('slot.claimed');
    if (await stillTakes(deps, server, number)) {
      deps.log.info('slot.claimed', { runtimeId, slotId });
      return slotOf(server, slotId);
    }
    await deps.store.delete('slots', slotId);
    return null;
  }
  await markFull(deps, server);
  return null;
};

/** An operator may have begun to drain it, or taken slots away, between the look and the claim. */
const stillTakes = async (
  deps: PlacementDeps,
  { id }: Server,
  number: number,
): Promise<boolean> => {
  const now = await deps.store.get('servers', id);
  return now?.state === 'open' && number < now.slots;
};

const markFull = async (deps: PlacementDeps, { id, version }: Server): Promise<void> => {
  const marked = await deps.store.update('servers', { id, version }, { full: true });
  if (marked !== 'updated') return;
  deps.log.warn('server.full', { serverId: id });
  // A slot given back just before the mark was made had no mark to clear.
  const server = await deps.store.get('servers', id);
  if (server === null) return;
  if (freeNumbers(server, await numbersTaken(deps, id)).length > 0) await markRoom(deps, id);
};

/** Somebody else's write is fine: it is the hourly survey that counts in the end. */
export const markRoom = async (
  { store }: Pick<PlacementDeps, 'store'>,
  serverId: string,
): Promise<void> => {
  const server = await store.get('servers', serverId);
  if (server?.full !== true) return;
  await store.update('servers', { id: server.id, version: server.version }, { full: false });
};

/** Key: the slot's own id. Only the runtime that holds it gives it back. */
export const releaseSlot = async (
  deps: Pick<PlacementDeps, 'store' | 'log'>,
  slotId: string,
  runtimeId: string,
): Promise<void> => {
  const row = await deps.store.get('slots', slotId);
  if (row?.runtimeId !== runtimeId) return;
  await deps.store.delete('slots', slotId);
  deps.log.info('slot.released', { runtimeId, slotId });
  await markRoom(deps, row.serverId);
};
