/** Removes rate counters whose window is over, a bounded page a run; nothing expired, no write. */
import type { Store } from '#ports/store.ts';
import type { Clock } from '#ports/system.ts';

const pageSize = 100;

export const removeExpiredLimits = async (deps: {
  readonly store: Store;
  readonly clock: Clock;
}): Promise<{ readonly removed: number }> => {
  const expired = await deps.store.list('limits', {
    atMost: { column: 'expiresAt', value: deps.clock.now().toISOString() },
    orderBy: { column: 'expiresAt' },
    limit: pageSize,
  });
  for (const row of expired) await deps.store.delete('limits', row.id);
  return { removed: expired.length };
};
