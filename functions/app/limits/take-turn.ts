/**
 * At most `perHour` turns per hour and person, counted in clock hours. The counter is claimed
 * atomically, so parallel callers cannot slip through together.
 */
import type { Store } from '#ports/store.ts';
import type { Clock, Ids } from '#ports/system.ts';

const hourMs = 60 * 60_000;

export const takeTurn = async (
  deps: { readonly store: Store; readonly clock: Clock; readonly ids: Ids },
  turn: { readonly what: string; readonly whom: string; readonly perHour: number },
): Promise<boolean> => {
  const hour = Math.floor(deps.clock.now().getTime() / hourMs);
  const id = deps.ids.idFrom('limit', turn.what, turn.whom, String(hour));
  const claim = { column: 'count', max: turn.perHour } as const;
  const outcome = await deps.store.incrementUpTo('limits', id, claim);
  if (outcome !== 'missing') return outcome === 'incremented';
  const expiresAt = new Date((hour + 2) * hourMs).toISOString();
  await deps.store.create('limits', id, { data: { count: 0, expiresAt }, readers: 'functions' });
  return (await deps.store.incrementUpTo('limits', id, claim)) === 'incremented';
};
