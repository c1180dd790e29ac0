/**
 * At most `perHour` turns per hour and person, counted in clock hours. The counter is claimed
 * atomically, so parallel callers cannot slip through together.
 */
import type { Store } from '#ports/store.ts';
import type { Clock, Ids } from '#ports/system.ts';

const hourMs = 60 * 60_000;

interface LimitDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}

interface Turn {
  readonly what: string;
  readonly whom: string;
  readonly perHour: number;
}

const hourOf = ({ clock }: LimitDeps): number => Math.floor(clock.now().getTime() / hourMs);
const idOf = (deps: LimitDeps, { what, whom }: Turn): string =>
  deps.ids.idFrom('limit', what, whom, String(hourOf(deps)));

/** How many are left in this hour, as it stands. */
export const turnsLeft = async (deps: LimitDeps, turn: Turn): Promise<number> => {
  const row = await deps.store.get('limits', idOf(deps, turn));
  return Math.max(0, turn.perHour - (row?.count ?? 0));
};

export const takeTurn = async (deps: LimitDeps, turn: Turn): Promise<boolean> => {
  const hour = hourOf(deps);
  const id = idOf(deps, turn);
  const claim = { column: 'count', max: turn.perHour } as const;
  const outcome = await deps.store.incrementUpTo('limits', id, claim);
  if (outcome !== 'missing') return outcome === 'incremented';
  const expiresAt = new Date((hour + 2) * hourMs).toISOString();
  await deps.store.create('limits', id, { data: { count: 0, expiresAt }, readers: 'functions' });
  return (await deps.store.incrementUpTo('limits', id, claim)) === 'incremented';
};
