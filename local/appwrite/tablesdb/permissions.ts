/**
 * Who may touch a row. Pure: the table-or-row rule, what a client may grant, what it is given.
 * A caller is judged by the roles it holds; privileged callers never come here.
 */
import { expandWrite, parsePermission, rolesFor } from '../kernel/permissions.ts';

export type Action = 'create' | 'read' | 'update' | 'delete';

export const ROW_ACTIONS = ['read', 'update', 'delete', 'write'] as const;

/** `write` on a table is create, update and delete; on a row there is nothing to create. */
export function expandForTable(permissions: readonly string[]): readonly string[] {
  return permissions.length === 0
    ? permissions
    : expandWrite(permissions, ['create', 'update', 'delete']);
}

export function expandForRow(permissions: readonly string[]): readonly string[] {
  return permissions.length === 0 ? permissions : expandWrite(permissions, ['update', 'delete']);
}

export function allows(
  permissions: readonly string[],
  action: Action,
  roles: readonly string[],
): boolean {
  for (const text of permissions) {
    if (!text.startsWith(action)) continue;
    const parsed = parsePermission(text);
    if (parsed?.action === action && roles.includes(parsed.role)) return true;
  }
  return false;
}

/** Table permission, or row permission where the table has row security. */
export function mayTouchRow(
  table: { readonly permissions: readonly string[]; readonly rowSecurity: boolean },
  row: { readonly $permissions: readonly string[] },
  ask: { readonly action: Action; readonly roles: readonly string[] },
): boolean {
  if (allows(table.permissions, ask.action, ask.roles)) return true;
  return table.rowSecurity && allows(row.$permissions, ask.action, ask.roles);
}

/** True if every role in `permissions` is held, so may be granted. */
export function mayGrant(permissions: readonly string[], roles: readonly string[]): boolean {
  return permissions.every((text) => roles.includes(parsePermission(text)?.role ?? ''));
}

/** What a signed-in client gets on a row it creates without saying; guests get nothing. */
export function ownerPermissions(userId: string): readonly string[] {
  if (userId === '') return [];
  return ['read', 'update', 'delete'].map((action) => `${action}("user:${userId}")`);
}

/** Why a create is refused, in the reference's words; undefined if it is not. */
export function createRefusal(
  permissions: readonly string[],
  roles: readonly string[],
): string | undefined {
  const holders = rolesFor('create', permissions);
  if (holders.some((role) => roles.includes(role))) return undefined;
  const last = holders.at(-1);
  if (last === undefined) return "No permissions provided for action 'create'";
  return (
    `Missing "create" permission for role "${last}". Only "${JSON.stringify(roles)}" ` +
    `scopes are allowed and "${JSON.stringify(holders)}" was given.`
  );
}

/** Roles that may hear of a row: table read, and row read where the table has row security. */
export function readers(
  table: { readonly permissions: readonly string[]; readonly rowSecurity: boolean },
  rowPermissions: readonly string[],
): readonly string[] {
  const fromTable = rolesFor('read', table.permissions);
  if (!table.rowSecurity || rowPermissions.length === 0) return fromTable;
  return [...new Set([...fromTable, ...rolesFor('read', rowPermissions)])];
}
