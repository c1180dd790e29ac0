/**
 * Durable rows. The only atomic tools are those Appwrite really has: create under a chosen id
 * (exactly one winner), compare-and-set on the row's version, increment with a maximum, and
 * transactions. There is no upsert on purpose.
 */
import type { RowOf, TableId } from '#schemas/tables/tables.ts';

/** `version` is the row's `$updatedAt`: what compare-and-set compares. */
export type Stored<T extends TableId> = RowOf<T> & {
  readonly id: string;
  readonly createdAt: string;
  readonly version: string;
};

/** Who may read the row: one team or its owners, one user, or (default) nobody but functions. */
export type Readers =
  { readonly team: string; readonly role?: 'owner' } | { readonly user: string } | 'functions';

export interface ListQuery<T extends TableId> {
  /** Equality, all must hold; null matches null. */
  readonly where?: { readonly [K in keyof RowOf<T>]?: RowOf<T>[K] };
  /** Only these rows, at most a hundred; those that do not exist are simply not answered. */
  readonly ids?: readonly string[];
  /** Column ≤ value; rows with null never match. */
  readonly atMost?: { readonly column: keyof RowOf<T> & string; readonly value: string | number };
  readonly orderBy?: { readonly column: keyof RowOf<T> & string; readonly descending?: boolean };
  /** Latest created first; without it and `orderBy`, oldest first. */
  readonly newestFirst?: boolean;
  /** 1–100. */
  readonly limit: number;
  readonly after?: string;
}

/** Rejections: `StoreUnavailable` for anything that leaves the outcome unknown or refused. */
export interface Store {
  get<T extends TableId>(table: T, id: string): Promise<Stored<T> | null>;
  list<T extends TableId>(table: T, query: ListQuery<T>): Promise<readonly Stored<T>[]>;
  /** 'exists' when the id (or a unique value) is taken. */
  create<T extends TableId>(
    table: T,
    id: string,
    row: { readonly data: RowOf<T>; readonly readers: Readers },
  ): Promise<'created' | 'exists'>;
  /** Writes only if the row is still at `version`. Never called with nothing changed. */
  update<T extends TableId>(
    table: T,
    target: { readonly id: string; readonly version: string },
    changes: Partial<RowOf<T>>,
  ): Promise<'updated' | 'stale' | 'missing'>;
  /** Adds one unless the column is at `max` already: an atomic claim. */
  incrementUpTo<T extends TableId>(
    table: T,
    id: string,
    claim: { readonly column: keyof RowOf<T> & string; readonly max: number },
  ): Promise<'incremented' | 'full' | 'missing'>;
  delete(table: TableId, id: string): Promise<'deleted' | 'missing'>;
}

export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** Others wrote the same row each time it was tried: a later try finds it at rest. */
export class Contended extends Error {
  override readonly name = 'Contended';
}

/** Neither says anything about what was to be written. */
export const isPassing = (error: unknown): boolean =>
  error instanceof StoreUnavailable || error instanceof Contended;
