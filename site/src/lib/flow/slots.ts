/**
 * One slot is one runtime of a workspace, from its order on: an order names its runtime before the
 * runtime's row exists, so both are joined by the runtime's id and shown as one thing.
 */
import type { OrderRow, RuntimeRow } from '#schemas/contract/rows.ts';
import type { OrderState, RuntimeStatus } from '#schemas/contract/vocabulary.ts';

export interface Slot {
  readonly runtimeId: string;
  readonly name: string;
  readonly order: OrderRow | null;
  readonly runtime: RuntimeRow | null;
}

/** Orders that will never become a runtime. */
const deadStates: ReadonlySet<OrderState> = new Set([
  'cancelled',
  'expired',
  'refund_due',
  'refund_requested',
  'refunded',
]);

export const isDead = (slot: Slot): boolean =>
  slot.runtime === null
    ? slot.order !== null && deadStates.has(slot.order.state)
    : slot.runtime.status === 'deleted';

/** The order that opened the runtime, else the newest one. */
const orderFor = (runtime: RuntimeRow | null, orders: readonly OrderRow[]): OrderRow | null =>
  orders.find((order) => order.$id === runtime?.orderId) ?? orders.at(-1) ?? null;

const byCreation = (
  a: { readonly $createdAt: string; readonly $id: string },
  b: { readonly $createdAt: string; readonly $id: string },
): number => a.$createdAt.localeCompare(b.$createdAt) || a.$id.localeCompare(b.$id);

/** Slots of one workspace, oldest first, so that the list does not jump about. */
export const slotsOf = (
  workspaceId: string,
  orders: readonly OrderRow[],
  runtimes: readonly RuntimeRow[],
): readonly Slot[] => {
  const ours = orders.filter((row) => row.workspaceId === workspaceId).toSorted(byCreation);
  const running = runtimes.filter((row) => row.workspaceId === workspaceId).toSorted(byCreation);
  const ids = new Set(
    [...ours, ...running].map((row) => ('host' in row ? row.$id : row.runtimeId)),
  );
  const slots = [...ids].map((runtimeId): Slot => {
    const runtime = running.find((row) => row.$id === runtimeId) ?? null;
    const order = orderFor(
      runtime,
      ours.filter((row) => row.runtimeId === runtimeId),
    );
    return { runtimeId, name: runtime?.name ?? order?.runtimeName ?? runtimeId, order, runtime };
  });
  return slots.toSorted((a, b) =>
    byCreation(a.order ?? a.runtime ?? first, b.order ?? b.runtime ?? first),
  );
};

const first = { $createdAt: '', $id: '' };

/** More than this many do not stand side by side any more. */
export const mostTabs = 6;

export const shownState = (slot: Slot): RuntimeStatus | OrderState | 'idle' =>
  slot.runtime?.status ?? slot.order?.state ?? 'idle';

const fold = (text: string): string => text.normalize('NFKC').toLowerCase().trim();

/**
 * Slots in which every typed word is found: in the name, the host, the id, or the state, as the
 * system spells it or as the reader does (`stateText`).
 */
export const findSlots = (
  slots: readonly Slot[],
  typed: string,
  stateText: (slot: Slot) => string,
): readonly Slot[] => {
  const words = fold(typed).split(/\s+/);
  return slots.filter((slot) => {
    const parts = [slot.name, slot.runtimeId, slot.runtime?.host ?? ''];
    const hay = fold([...parts, shownState(slot), stateText(slot)].join('\n'));
    return words.every((word) => hay.includes(word));
  });
};
