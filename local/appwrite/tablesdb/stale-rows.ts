/**
 * The reference tells of a delete from its cache, which increments do not reach: the payload
 * shows the values from before them (recorded). Whoever listens must meet that here too, so the
 * last few incremented rows are kept as they were. Only that one payload is ever affected.
 */
import type { Row, Table } from './model.ts';

const ROWS_MAX = 256;

export class StaleRows {
  readonly #rows = new Map<string, Row>();

  /** The row before an increment; the first one since its last full write counts. */
  remember(table: Table, row: Row): void {
    const key = `${table.sequence}:${row.$sequence}`;
    if (this.#rows.has(key)) return;
    if (this.#rows.size >= ROWS_MAX) {
      const oldest = this.#rows.keys().next();
      if (oldest.done !== true) this.#rows.delete(oldest.value);
    }
    this.#rows.set(key, row);
  }

  /** The row as the reference's cache holds it, which then forgets it. */
  take(table: Table, row: Row): Row {
    if (this.#rows.size === 0) return row;
    const key = `${table.sequence}:${row.$sequence}`;
    const stale = this.#rows.get(key);
    if (stale === undefined) return row;
    this.#rows.delete(key);
    // Who may hear of it is decided by the row as it is.
    return { ...stale, $permissions: row.$permissions };
  }
}
