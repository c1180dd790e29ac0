/** Rows of `autopays`: found, read as an agreement, and written by compare-and-set. */
import type { Agreement, Payable } from '#core/autopay/agreement.ts';
import { isAlive } from '#core/autopay/agreement.ts';
import type { ChangeDeps } from '#app/orders/deps.ts';
import { racesAtMost } from '#app/orders/deps.ts';
import type { Ids } from '#ports/system.ts';
import { Contended } from '#ports/store.ts';
import type { Store, Stored } from '#ports/store.ts';
import { renewalPlanOf } from '#schemas/plans.ts';
import { autopayCharges } from '#schemas/record/autopay.ts';
import { planSnapshot } from '#schemas/record/order.ts';
import type { RowOf } from '#schemas/tables/tables.ts';

export type StoredAutopay = Stored<'autopays'>;

const prefix = 'autopay-';
const digestLength = 24;
/** More agreements than this for one runtime, one after the other, need a person's look. */
export const autopaysAtMost = 50;

/** 32 characters; no order's id begins so. */
export const autopayIdOf = (ids: Ids, runtimeId: string, before: number): string =>
  `${prefix}${ids.idFrom('autopay', runtimeId, String(before)).slice(0, digestLength)}`;
export const isAutopayId = (id: string): boolean => id.startsWith(prefix);

/** Newest first. */
export const autopaysOf = (
  store: Pick<Store, 'list'>,
  runtimeId: string,
): Promise<readonly StoredAutopay[]> =>
  store.list('autopays', { where: { runtimeId }, newestFirst: true, limit: autopaysAtMost });

const msOf = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso));

export const agreementOf = (row: RowOf<'autopays'>): Agreement & { readonly planKey: string } => ({
  state: row.state,
  priceKrw: row.priceKrw,
  planKey: planSnapshot.parse(JSON.parse(row.planSnapshot)).key,
  chargeDay: row.chargeDay,
  agreedAtMs: Date.parse(row.agreedAt),
  rebillNo: row.rebillNo,
  charges: autopayCharges.parse(JSON.parse(row.charges)),
  expectedAtMs: msOf(row.expectedAt),
  missed: row.missed,
  stoppedAtMs: msOf(row.stoppedAt),
  attempts: row.attempts,
});

type Row = RowOf<'autopays'>;

export const columnsOf = (changes: Partial<Agreement>): Partial<Row> => {
  const { state, rebillNo, charges, expectedAtMs, missed, attempts } = changes;
  return {
    ...(state === undefined ? {} : { state }),
    ...(rebillNo === undefined ? {} : { rebillNo }),
    ...(charges === undefined ? {} : { charges: JSON.stringify(charges) }),
    ...(expectedAtMs === undefined
      ? {}
      : { expectedAt: expectedAtMs === null ? null : new Date(expectedAtMs).toISOString() }),
    ...(missed === undefined ? {} : { missed }),
    ...(attempts === undefined ? {} : { attempts }),
  };
};

export const payableOf = (row: Stored<'runtimes'> | null): Payable | null => {
  const plan = row === null ? undefined : renewalPlanOf(row, 1);
  if (row === null || plan === undefined) return null;
  const { desired, suspendedFor, pausedAt, deletesAt } = row;
  const [planKey, priceKrw] = [plan.key, plan.pricesKrw[1]];
  return { desired, suspendedFor, pausedAt, deletesAt, planKey, priceKrw };
};

/** `decide` is asked again with the row as it is after each lost race; null changes nothing. */
export const changeAutopay = async (
  deps: Pick<ChangeDeps, 'store'>,
  autopayId: string,
  decide: (row: StoredAutopay) => Partial<Row> | null,
): Promise<StoredAutopay | null> => {
  for (let race = 0; race < racesAtMost; race += 1) {
    const row = await deps.store.get('autopays', autopayId);
    if (row === null) return null;
    const changes = decide(row);
    if (changes === null) return row;
    const target = { id: row.id, version: row.version };
    const outcome = await deps.store.update('autopays', target, changes);
    if (outcome === 'updated') return { ...row, ...changes };
  }
  throw new Contended('autopay.contended');
};

/** Longer than whoever is about to write takes to do so. */
const writtenByMs = 60_000;

/**
 * Something about the runtime is about to change: whether it may still be charged is looked at right
 * after. Said before the write, so that whoever dies in between leaves a look too many, not too few.
 */
export const wakeAutopays = async (
  deps: Pick<ChangeDeps, 'store' | 'clock'>,
  runtimeId: string,
): Promise<void> => {
  const dueMs = deps.clock.now().getTime() + writtenByMs;
  for (const { id, state } of await autopaysOf(deps.store, runtimeId)) {
    if (!isAlive({ state })) continue;
    await changeAutopay(deps, id, ({ nextCheckAt }) =>
      nextCheckAt !== null && Date.parse(nextCheckAt) <= dueMs
        ? null
        : { nextCheckAt: new Date(dueMs).toISOString() },
    );
  }
};

/** Its term relied on a charge, or may now. */
export const wakeTerm = async (
  deps: Pick<ChangeDeps, 'store' | 'clock'>,
  runtimeId: string,
): Promise<void> => {
  const now = deps.clock.now();
  for (let race = 0; race < racesAtMost; race += 1) {
    const row = await deps.store.get('runtimes', runtimeId);
    if (row === null || row.status === 'deleted') return;
    if (row.termDueAt !== null && Date.parse(row.termDueAt) <= now.getTime()) return;
    const target = { id: row.id, version: row.version };
    const due = { termDueAt: now.toISOString() };
    if ((await deps.store.update('runtimes', target, due)) !== 'stale') return;
  }
  throw new Contended('runtime.contended');
};
