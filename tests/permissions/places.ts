/**
 * Which tables and rows the permission tests look at: every role on the table, on the row, on both
 * and on neither, with and without row security.
 */
import type { Grant, Row, Table, Verb } from './rules.ts';
import { roleNames } from './rules.ts';

export const verbs = ['read', 'update', 'delete', 'write'] as const satisfies readonly Verb[];

export interface Place {
  readonly table: Table;
  readonly rows: readonly Row[];
}

const nothing: Row = { id: 'none', grant: undefined };
const rowFor = (grant: Grant): Row => ({ id: `${grant.verb}-${grant.role}`, grant });
const rowsFor = (verb: Verb): Row[] => roleNames.map((role) => rowFor({ verb, role }));

/** Rows that open something else than their table does: seen through one, changed by the other. */
const crossing = (verb: Verb): Row[] =>
  verbs
    .filter((other) => other !== verb)
    .flatMap((other) => rowsFor(other))
    .filter(({ grant }) => grant !== undefined && crossingRoles.has(grant.role));
const crossingRoles: ReadonlySet<string> = new Set(['any', 'user', 'team']);

/** A table that grants one verb to one role, with a row for every role of the same verb. */
export const granted = (verb: Verb, rowSecurity: boolean): Place[] =>
  roleNames.map((role) => ({
    table: {
      id: `${verb}-${role}-${rowSecurity ? 'rows' : 'table'}`,
      rowSecurity,
      grant: { verb, role },
    },
    rows: [nothing, ...rowsFor(verb), ...crossing(verb)],
  }));

export const bare = (rowSecurity: boolean): Place => ({
  table: { id: `none-${rowSecurity ? 'rows' : 'table'}`, rowSecurity, grant: undefined },
  rows: [nothing, ...verbs.flatMap((verb) => rowsFor(verb))],
});

export const securities = [true, false] as const;
export const places: readonly Place[] = securities.flatMap((rowSecurity) => [
  bare(rowSecurity),
  ...verbs.flatMap((verb) => granted(verb, rowSecurity)),
]);
/** Rows are the same for all of them; only whether one may be made is asked. */
export const createPlaces: readonly Place[] = securities.flatMap((rowSecurity) =>
  granted('create', rowSecurity).map(({ table }) => ({ table, rows: [] })),
);
