/**
 * What a transaction will do, as staged: one write each, kept as JSON until commit. `conflicts`
 * is the rule by which a commit is refused. Pure.
 */
import type { RowInput } from './row-input.ts';

export const OPERATIONS_MAX = 100;

interface Target {
  readonly databaseId: string;
  readonly tableId: string;
  /** When it was staged. */
  readonly stagedAt: string;
}

interface OneRow extends Target {
  readonly rowId: string;
  /** Version of the committed row when staged; null = there was none. */
  readonly seen: string | null;
}

export type Operation =
  | (OneRow & {
      readonly action: 'create' | 'update' | 'upsert';
      readonly input: RowInput;
    })
  | (OneRow & { readonly action: 'delete' })
  | (OneRow & {
      readonly action: 'increment' | 'decrement';
      readonly column: string;
      readonly value: number;
      readonly limit: number | null;
    })
  | (Target & {
      readonly action: 'bulkCreate' | 'bulkUpsert';
      readonly rows: readonly { readonly id: string; readonly input: RowInput }[];
    })
  | (Target & {
      readonly action: 'bulkUpdate';
      readonly queries: readonly string[];
      readonly input: RowInput;
    })
  | (Target & { readonly action: 'bulkDelete'; readonly queries: readonly string[] });

export type OneRowOperation = Extract<Operation, { readonly rowId: string }>;

export const ACTIONS: readonly Operation['action'][] = [
  'create', 'update', 'upsert', 'delete', 'increment', 'decrement',
  'bulkCreate', 'bulkUpdate', 'bulkUpsert', 'bulkDelete',
]; // prettier-ignore

/** What a row is told by from its earlier and later selves, and from one made again. */
export function versionOf(
  row: { readonly $sequence: string; readonly $updatedAt: string } | undefined,
): string | null {
  return row === undefined ? null : `${row.$sequence} ${row.$updatedAt}`;
}

/**
 * True if the row is no longer what the operation saw. A create is not asked: whether its id is
 * taken shows when it runs.
 */
export function conflicts(operation: OneRowOperation, current: string | null): boolean {
  return operation.action !== 'create' && operation.seen !== current;
}

/** The same for a row a bulk operation meets: changed after staging. */
export function bulkConflicts(stagedAt: string, updatedAt: string): boolean {
  return updatedAt > stagedAt;
}
