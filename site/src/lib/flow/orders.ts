/** Which orders are shown: those of one workspace, found by the address or by the order it names. */
import type { OrderRow, WorkspaceRow } from '#schemas/contract/rows.ts';

interface Rows {
  readonly workspaces: readonly WorkspaceRow[];
  readonly orders: readonly OrderRow[];
}

export interface OrdersScope {
  readonly workspace: WorkspaceRow | null;
  /** A workspace or an order was named that is not among ours. */
  readonly unknown: boolean;
}

/** An order that is ours decides; without one the workspace asked for; without both the first. */
export const ordersScope = (
  rows: Rows,
  workspaceId: string | null,
  orderId: string | null,
): OrdersScope => {
  const order = rows.orders.find((row) => row.$id === orderId);
  const wanted = order?.workspaceId ?? workspaceId;
  const workspace =
    wanted === null
      ? (rows.workspaces[0] ?? null)
      : (rows.workspaces.find((row) => row.$id === wanted) ?? null);
  const unknown = (orderId !== null && order === undefined) || (wanted !== null && !workspace);
  return { workspace, unknown };
};

export const newestOrders = (
  orders: readonly OrderRow[],
  workspaceId: string | null,
): readonly OrderRow[] =>
  orders
    .filter((row) => row.workspaceId === workspaceId)
    .toSorted((a, b) => b.$createdAt.localeCompare(a.$createdAt) || b.$id.localeCompare(a.$id));
