/**
 * At most so many turns per hour, or per day, and person, counted by the clock (UTC). The counter is claimed
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

type Turn = {
  readonly what: string;
  readonly whom: string;
} & ({ readonly perHour: number } | { readonly perDay: number });

const lengthOf = (turn: Turn): number => ('perDay' in turn ? 24 * hourMs : hourMs);
const mostOf = (turn: Turn): number => ('perDay' in turn ? turn.perDay : turn.perHour);

const numberOf = ({ clock }: LimitDeps, turn: Turn): number =>
  Math.floor(clock.now().getTime() / lengthOf(turn));
const idOf = (deps: LimitDeps, turn: Turn): string =>
  deps.ids.idFrom('limit', turn.what, turn.whom, String(numberOf(deps, turn)));

/** How many are left in this hour or day, as it stands. */
export const turnsLeft = async (deps: LimitDeps, turn: Turn): Promise<number> => {
  const row = await deps.store.get('limits', idOf(deps, turn));
  return Math.max(0, mostOf(turn) - (row?.count ?? 0));
};

export const takeTurn = async (deps: LimitDeps, turn: Turn): Promise<boolean> => {
  const id = idOf(deps, turn);
  const claim = { column: 'count', max: mostOf(turn) } as const;
  const outcome = await deps.store.incrementUpTo('limits', id, claim);
  if (outcome !== 'missing') return outcome === 'incremented';
  const expiresAt = new Date((numberOf(deps, turn) + 2) * lengthOf(turn)).toISOString();
  await deps.store.create('limits', id, { data: { count: 0, expiresAt }, readers: 'functions' });
  return (await deps.store.incrementUpTo('limits', id, claim)) === 'incremented';
};
