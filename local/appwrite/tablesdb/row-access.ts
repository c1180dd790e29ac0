/**
 * Who may do what to rows: the reference's matrix of 401 and 404. A hidden row is 404 to a
 * reader and 401 to a writer; privileged callers are never asked.
 */
import { AppwriteError } from '../kernel/errors.ts';
import type { Caller } from '../kernel/types.ts';
import type { TableHandle } from './lookup.ts';
import type { Row } from './model.ts';
import { allows, createRefusal, mayGrant, mayTouchRow, ownerPermissions } from './permissions.ts';

/** Refuses permissions for roles the caller does not hold. */
function checkGrant(caller: Caller, permissions: readonly string[]): void {
  if (mayGrant(permissions, caller.roles)) return;
  const message = `Permissions must be one of: (${caller.roles.join(', ')})`;
  throw new AppwriteError('user_unauthorized', message);
}

const unauthorized = (message?: string): AppwriteError =>
  new AppwriteError('user_unauthorized', message);

/** Permissions of a row about to be created, or the refusal. */
export function permitCreate(
  handle: TableHandle,
  caller: Caller,
  permissions: readonly string[] | undefined,
): readonly string[] {
  if (caller.privileged) return permissions ?? [];
  const granted = permissions ?? ownerPermissions(caller.userId);
  checkGrant(caller, granted);
  const refusal = createRefusal(handle.table.permissions, caller.roles);
  if (refusal !== undefined) throw unauthorized(refusal);
  return granted;
}

/** `unchanged` writes need no more than the right to read, as in the reference. */
export function permitUpdate(
  handle: TableHandle,
  caller: Caller,
  row: Row,
  ask: { readonly permissions: readonly string[] | undefined; readonly unchanged: boolean },
): void {
  if (caller.privileged) return;
  if (ask.permissions !== undefined) checkGrant(caller, ask.permissions);
  const action = ask.unchanged ? 'read' : 'update';
  if (!mayTouchRow(handle.table, row, { action, roles: caller.roles })) throw unauthorized();
}

/** Permissions of a row about to be upserted, or the refusal. */
export function permitUpsert(
  handle: TableHandle,
  caller: Caller,
  row: Row | undefined,
  permissions: readonly string[] | undefined,
): readonly string[] | undefined {
  if (caller.privileged) return permissions;
  const granted = permissions ?? row?.$permissions ?? ownerPermissions(caller.userId);
  checkGrant(caller, granted);
  const { roles } = caller;
  const allowed =
    row === undefined
      ? allows(handle.table.permissions, 'create', roles)
      : mayTouchRow(handle.table, row, { action: 'update', roles });
  if (!allowed) throw unauthorized();
  return granted;
}

export function permitDelete(handle: TableHandle, caller: Caller, row: Row): void {
  if (caller.privileged) return;
  const ask = { action: 'delete', roles: caller.roles } as const;
  if (!mayTouchRow(handle.table, row, ask)) throw unauthorized();
}

export function mayRead(handle: TableHandle, caller: Caller, row: Row): boolean {
  if (caller.privileged) return true;
  return mayTouchRow(handle.table, row, { action: 'read', roles: caller.roles });
}

/** Roles a list must be limited to; undefined = none. Throws where nothing may be listed. */
export function listRoles(handle: TableHandle, caller: Caller): readonly string[] | undefined {
  if (caller.privileged || allows(handle.table.permissions, 'read', caller.roles)) return undefined;
  if (!handle.table.rowSecurity) throw unauthorized();
  return caller.roles;
}

/** Refuses if the row changed after the time the caller last saw it. */
export function checkTimestamp(row: Row, seenAt: string | undefined): void {
  if (seenAt !== undefined && row.$updatedAt > seenAt) {
    throw new AppwriteError('row_update_conflict');
  }
}
