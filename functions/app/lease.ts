/**
 * One worker at a time per subject. The lease is a row whose id is the subject: creating it wins;
 * one that has run out (its owner died) is taken over by compare-and-set. Short and renewed, so
 * that a dead owner holds nobody up for long.
 * A lease only saves double work; safety rests on idempotent actions and compare-and-set writes.
 */
import type { Clock, Ids } from '#ports/system.ts';
import type { Store } from '#ports/store.ts';

interface LeaseDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Longer than two slow calls to a deployer and the pause between renewals. */
const lifeMs = 60_000;
const renewAfterMs = 15_000;

export interface Lease {
  /** Renews when it is time. False: somebody took it over, and the work must stop. */
  keep(): Promise<boolean>;
}

const until = (now: Date): string => new Date(now.getTime() + lifeMs).toISOString();

const acquire = async (deps: LeaseDeps, subject: string, owner: string): Promise<boolean> => {
  const now = deps.clock.now();
  const data = { owner, until: until(now) };
  const created = await deps.store.create('leases', subject, { data, readers: 'functions' });
  if (created === 'created') return true;
  const held = await deps.store.get('leases', subject);
  if (held === null || Date.parse(held.until) > now.getTime()) return false;
  const taken = await deps.store.update('leases', { id: held.id, version: held.version }, data);
  return taken === 'updated';
};

const leaseOf = (deps: LeaseDeps, subject: string, owner: string): Lease => {
  let renewedAtMs = deps.clock.now().getTime();
  return {
    keep: async () => {
      const now = deps.clock.now();
      if (now.getTime() - renewedAtMs < renewAfterMs) return true;
      const mine = await deps.store.get('leases', subject);
      if (mine?.owner !== owner) return false;
      const target = { id: mine.id, version: mine.version };
      const renewed = await deps.store.update('leases', target, { until: until(now) });
      renewedAtMs = now.getTime();
      return renewed === 'updated';
    },
  };
};

const release = async (deps: LeaseDeps, subject: string, owner: string): Promise<void> => {
  // A failed release is only a wait: the lease runs out by itself.
  const mine = await deps.store.get('leases', subject).catch(() => null);
  if (mine?.owner === owner) await deps.store.delete('leases', subject).catch(() => 'missing');
};

export const withLease = async <T>(
  deps: LeaseDeps,
  subject: string,
  work: (lease: Lease) => Promise<T>,
): Promise<T | 'held'> => {
  const owner = deps.ids.newId();
  if (!(await acquire(deps, subject, owner))) return 'held';
  try {
    return await work(leaseOf(deps, subject, owner));
  } finally {
    await release(deps, subject, owner);
  }
};

const leftAtMost = 100;

/**
 * What dead workers left on subjects that nobody is due to work on again: each is taken over as a
 * worker would, so that a living one keeps its own, and released. A bounded page a run.
 */
export const removeLeftLeases = async (deps: LeaseDeps): Promise<void> => {
  const left = await deps.store.list('leases', {
    atMost: { column: 'until', value: deps.clock.now().toISOString() },
    limit: leftAtMost,
  });
  for (const { id } of left) await withLease(deps, id, () => Promise.resolve());
};
