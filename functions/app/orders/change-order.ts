/**
 * The only place that writes an order's state. Compare-and-set on the row that was decided upon; a
 * lost race is re-read and decided again. Every change makes the order due at once, so that
 * whatever a crash leaves undone (effects, history) is done by the next sweep.
 */
import type { Commanded } from '#core/order/commands.ts';
import type { OrderChanges, OrderFacts } from '#core/order/facts.ts';
import type { RefusalCode } from '#core/order/machine.ts';
import { appendTimeline } from '#app/timeline/append.ts';
import { Contended } from '#ports/store.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import type { ChangeDeps } from './deps.ts';
import { racesAtMost } from './deps.ts';
import type { StoredOrder } from './order-row.ts';
import { columnsOf, factsOf } from './order-row.ts';
import { promiseSettings } from './promise-settings.ts';

export type Change =
  | { readonly kind: 'changed' | 'unchanged'; readonly order: RowOf<'orders'> }
  | {
      readonly kind: 'refused';
      readonly code: RefusalCode | 'stale_revision';
      readonly order: RowOf<'orders'>;
    }
  | { readonly kind: 'missing' };

/** The caller decided upon a row that is not there any more. */
interface Objection {
  readonly kind: 'refused';
  readonly code: 'stale_revision';
}
export const objection: Objection = { kind: 'refused', code: 'stale_revision' };

interface Wish {
  readonly actor: string;
  /** Called again with the row as it is now after each lost race. */
  readonly decide: (facts: OrderFacts, order: StoredOrder) => Commanded | Objection;
}

export const changeOrder = async (
  deps: ChangeDeps,
  orderId: string,
  wish: Wish,
): Promise<Change> => {
  for (let race = 0; race < racesAtMost; race += 1) {
    const order = await deps.store.get('orders', orderId);
    if (order === null) return { kind: 'missing' };
    const decided = wish.decide(factsOf(order), order);
    if (decided.kind === 'refused') return { ...decided, order };
    if (decided.kind === 'unchanged') return { kind: 'unchanged', order };
    const written = await write(deps, order, { actor: wish.actor, changes: decided.changes });
    if (written !== null) return { kind: 'changed', order: written };
  }
  throw new Contended('order.contended');
};

const write = async (
  deps: ChangeDeps,
  order: StoredOrder,
  wanted: { readonly actor: string; readonly changes: OrderChanges },
): Promise<RowOf<'orders'> | null> => {
  const now = deps.clock.now();
  await recordState(deps, order.id, order);
  const paid = wanted.changes.state === 'paid' ? await promised(deps, now) : {};
  const columns: Partial<RowOf<'orders'>> = {
    ...columnsOf(wanted.changes),
    ...paid,
    ...(isSeen(wanted.changes) ? { revision: order.revision + 1, changedBy: wanted.actor } : {}),
    nextCheckAt: now.toISOString(),
  };
  const target = { id: order.id, version: order.version };
  if ((await deps.store.update('orders', target, columns)) !== 'updated') return null;
  await deps.faults.reach('order.changed');
  const changed = { ...order, ...columns };
  await recordState(deps, order.id, changed);
  deps.log.info('order.changed', { orderId: order.id, from: order.state, to: changed.state });
  return changed;
};

/** From here on the runtime is promised: no runtime, no charge. */
const promised = async (
  deps: ChangeDeps,
  now: Date,
): Promise<Pick<RowOf<'orders'>, 'paidAt' | 'promisedBy'>> => {
  const { promisedMs } = await promiseSettings(deps.store);
  const promisedBy = new Date(now.getTime() + promisedMs).toISOString();
  return { paidAt: now.toISOString(), promisedBy };
};

/** Only what a member sees makes the revision that he saw old. */
const isSeen = (changes: OrderChanges): boolean =>
  changes.state !== undefined ||
  changes.payUrl !== undefined ||
  changes.failureCode !== undefined ||
  changes.refundState !== undefined ||
  changes.refundedKrw !== undefined;

/**
 * Adds the order's present state to its history unless it is there: the key is the revision. Who
 * changed it stands on the row, so it does not matter who comes to write the history.
 */
export const recordState = async (
  deps: ChangeDeps,
  orderId: string,
  order: RowOf<'orders'>,
): Promise<void> => {
  await appendTimeline(
    deps,
    {
      subjectId: orderId,
      kind: `order.${order.state}`,
      detail: {
        revision: order.revision,
        ...(order.failureCode === null ? {} : { code: order.failureCode }),
        ...(order.refundState === null ? {} : { refund: order.refundState }),
        ...(order.refundedKrw === null ? {} : { refundedKrw: order.refundedKrw }),
      },
      actor: order.changedBy ?? 'system',
      at: deps.clock.now(),
      readers: { team: order.workspaceId },
    },
    (last) => last !== null && revisionOf(last.detail) >= order.revision,
  );
};

const revisionOf = (detail: string): number => {
  const parsed: unknown = JSON.parse(detail);
  const revision =
    typeof parsed === 'object' && parsed !== null && 'revision' in parsed ? parsed.revision : 0;
  return typeof revision === 'number' ? revision : 0;
};
