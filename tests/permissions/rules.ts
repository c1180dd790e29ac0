/**
 * Appwrite's permission rules, written down a second time and without looking at the server: who
 * holds which role, what a permission on a table or a row opens, and how a refusal is worded. Pure.
 */

/** Everyone who knocks. `alice` holds all roles a user can hold; `bob` is a mate of another kind. */
export const people = ['guest', 'alice', 'bob', 'eve'] as const;
export type Person = (typeof people)[number];
export const callers = [...people, 'key'] as const;
export type Caller = (typeof callers)[number];

/**
 * alice: verified, label gold, member of crew as pilot. bob: unverified, member of crew as cook.
 * eve: unverified, in no team. Written by hand: this table is the oracle.
 */
export const holders = {
  any: ['guest', 'alice', 'bob', 'eve'],
  guests: ['guest'],
  users: ['alice', 'bob', 'eve'],
  verified: ['alice'],
  unverified: ['bob', 'eve'],
  user: ['alice'],
  userVerified: ['alice'],
  userUnverified: [],
  team: ['alice', 'bob'],
  teamRole: ['alice'],
  member: ['alice'],
  label: ['alice'],
} as const satisfies Readonly<Record<string, readonly Person[]>>;
export type RoleName = keyof typeof holders;
export const roleNames = Object.keys(holders) as readonly RoleName[];

/** The role as Appwrite writes it; only the server knows the id of the membership. */
export const roleTexts = (aliceMembershipId: string): Readonly<Record<RoleName, string>> => ({
  any: 'any',
  guests: 'guests',
  users: 'users',
  verified: 'users/verified',
  unverified: 'users/unverified',
  user: 'user:alice',
  userVerified: 'user:alice/verified',
  userUnverified: 'user:alice/unverified',
  team: 'team:crew',
  teamRole: 'team:crew/pilot',
  member: `member:${aliceMembershipId}`,
  label: 'label:gold',
});

export type Action = 'create' | 'read' | 'update' | 'delete';
/** What is written into a permission; `write` stands for every way to change. */
export type Verb = Action | 'write';

export interface Grant {
  readonly verb: Verb;
  readonly role: RoleName;
}

export interface Table {
  readonly id: string;
  readonly rowSecurity: boolean;
  readonly grant: Grant | undefined;
}

export interface Row {
  readonly id: string;
  readonly grant: Grant | undefined;
}

export const holds = (person: Person, role: RoleName): boolean => {
  const those: readonly Person[] = holders[role];
  return those.includes(person);
};

const opens = (grant: Grant | undefined, action: Action, person: Person): boolean => {
  if (grant === undefined) return false;
  const means = grant.verb === 'write' ? action !== 'read' : grant.verb === action;
  return means && holds(person, grant.role);
};

/** Table permission, or row permission where rows are looked at; a key is never asked. */
export const may = (caller: Caller, action: Action, table: Table, row?: Row): boolean => {
  if (caller === 'key' || opens(table.grant, action, caller)) return true;
  // There is nothing to create on a row, whatever its `write` says.
  if (action === 'create' || !table.rowSecurity) return false;
  return opens(row?.grant, action, caller);
};

export interface Verdict {
  readonly status: number;
  readonly type: string;
}

const done = (status: number): Verdict => ({ status, type: '' });
const unauthorized: Verdict = { status: 401, type: 'user_unauthorized' };
const hidden: Verdict = { status: 404, type: 'row_not_found' };

export const getting = (caller: Caller, table: Table, row: Row): Verdict =>
  may(caller, 'read', table, row) ? done(200) : hidden;

/** A row nobody shows the caller is still 401 when it is written to. */
export const updating = (caller: Caller, table: Table, row: Row): Verdict =>
  may(caller, 'update', table, row) ? done(200) : unauthorized;

export const deleting = (caller: Caller, table: Table, row: Row): Verdict =>
  may(caller, 'delete', table, row) ? done(204) : unauthorized;

export const creating = (caller: Caller, table: Table): Verdict =>
  may(caller, 'create', table) ? done(201) : unauthorized;

/** Nobody but a key gives away what it does not hold. */
export const granting = (caller: Caller, role: RoleName): Verdict =>
  caller === 'key' || holds(caller, role) ? done(201) : unauthorized;

/** Ids of the rows listed, or the refusal where not even an empty list is answered. */
export const listing = (
  caller: Caller,
  table: Table,
  rows: readonly Row[],
): readonly string[] | Verdict => {
  if (!may(caller, 'read', table) && !table.rowSecurity) return unauthorized;
  return rows.filter((row) => may(caller, 'read', table, row)).map((row) => row.id);
};
