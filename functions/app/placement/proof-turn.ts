/**
 * One backup is made and proven at a time on each server: its second gateway needs 1.3 GiB beside the
 * slots, and a server leaves room for one. The turn is a row whose id is the server's; who holds it
 * gives it back when the backup has ended, and it runs out by itself. Key: server, holder.
 */
import type { Store } from '#ports/store.ts';
import type { Clock } from '#ports/system.ts';

interface TurnDeps {
  readonly store: Pick<Store, 'create' | 'get' | 'update' | 'delete'>;
  readonly clock: Clock;
}

interface Turn {
  /** Ours; null: it holds no slot yet. */
  readonly serverId: string | null;
  readonly runtimeId: string;
}

/** An agent ends each backup within 45 minutes. */
const lifeMs = 50 * 60_000;

const idOf = (serverId: string): string => `proof-${serverId}`;

/** True, too, for whoever holds it already. */
export const takeProofTurn = async (
  { store, clock }: TurnDeps,
  { serverId, runtimeId }: Turn,
): Promise<boolean> => {
  if (serverId === null) return true;
  const now = clock.now().getTime();
  const data = { owner: runtimeId, until: new Date(now + lifeMs).toISOString() };
  const readers = 'functions' as const;
  if ((await store.create('leases', idOf(serverId), { data, readers })) === 'created') return true;
  const held = await store.get('leases', idOf(serverId));
  if (held === null) return false;
  if (held.owner !== runtimeId && Date.parse(held.until) > now) return false;
  const { id, version } = held;
  return (await store.update('leases', { id, version }, data)) === 'updated';
};

export const endProofTurn = async (
  { store }: TurnDeps,
  { serverId, runtimeId }: Turn,
): Promise<void> => {
  if (serverId === null) return;
  const held = await store.get('leases', idOf(serverId));
  if (held?.owner === runtimeId) await store.delete('leases', held.id);
};
