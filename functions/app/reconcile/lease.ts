/**
 * One worker at a time per subject. The lease is a row whose id is the subject: creating it wins;
 * one that has run out (its owner died) is taken over by compare-and-set.
 * A lease only saves double work; safety rests on idempotent actions and compare-and-set writes.
 */
import type { Clock, Ids } from '#ports/system.ts';
import type { Store } from '#ports/store.ts';

interface LeaseDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}

export const withLease = async <T>(
  deps: LeaseDeps,
  lease: { readonly subject: string; readonly lifeMs: number },
  work: () => Promise<T>,
): Promise<T | 'held'> => {
  const { store, clock, ids } = deps;
  const now = clock.now();
  const data = {
    owner: ids.newId(),
    until: new Date(now.getTime() + lease.lifeMs).toISOString(),
  };
  const created = await store.create('leases', lease.subject, { data, readers: 'functions' });
  if (created === 'exists') {
    const held = await store.get('leases', lease.subject);
    if (held === null || Date.parse(held.until) > now.getTime()) return 'held';
    const taken = await store.update('leases', { id: held.id, version: held.version }, data);
    if (taken !== 'updated') return 'held';
  }
  try {
    return await work();
  } finally {
    const mine = await store.get('leases', lease.subject).catch(() => null);
    // A failed delete is only a wait: the lease runs out by itself.
    if (mine?.owner === data.owner) await store.delete('leases', mine.id).catch(() => 'missing');
  }
};
