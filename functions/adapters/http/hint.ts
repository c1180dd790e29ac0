/** Which row, or which team, an event execution is about. The rest of the body is not looked at. */
import * as z from 'zod/mini';

const eventRow = z.object({
  $id: z.string(),
  /** Bulk and transaction events name the table `$collection` or `$collectionId`. */
  $tableId: z.optional(z.string()),
  $collectionId: z.optional(z.string()),
  $collection: z.optional(z.string()),
  /** A membership, which is no row of ours. */
  teamId: z.optional(z.string()),
  roles: z.optional(z.array(z.string())),
});

/** The name under which the team of a changed membership is told, in place of a table's. */
export const membershipHint = 'memberships';

export interface RowHint {
  readonly tableId: string;
  readonly rowId: string;
}

/** Unknown tables and unreadable bodies give empty names: the caller then sweeps. */
export const rowHint = (bodyText: string): RowHint => {
  try {
    const row = eventRow.parse(JSON.parse(bodyText));
    if (row.teamId !== undefined && row.roles !== undefined) {
      return { tableId: membershipHint, rowId: row.teamId };
    }
    const tableId = row.$tableId ?? row.$collectionId ?? row.$collection ?? '';
    return { tableId, rowId: row.$id };
  } catch {
    return { tableId: '', rowId: '' };
  }
};
