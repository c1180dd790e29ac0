/** Every command of a customer passes here: member of the workspace, runtime exists, not stale. */
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { Account, Teams } from '#ports/accounts.ts';
import type { Store, Stored } from '#ports/store.ts';
import type { RowOf } from '#schemas/tables/tables.ts';

interface GuardDeps {
  readonly store: Store;
  readonly teams: Teams;
}

/** 404 for strangers: they may not know that it exists. */
export const runtimeFor = async (
  deps: GuardDeps,
  caller: Account,
  runtimeId: string,
): Promise<Result<Stored<'runtimes'>>> => {
  const row = await deps.store.get('runtimes', runtimeId);
  if (row === null) return fail('runtime_unknown');
  const role = await deps.teams.roleOf(row.workspaceId, caller.userId);
  if (role === null) return fail('runtime_unknown');
  if (role === 'billing') return fail('not_allowed');
  return succeed(row);
};

/** For what only an owner may do; other members may know that it exists. */
export const runtimeOfOwner = async (
  deps: GuardDeps,
  caller: Account,
  runtimeId: string,
): Promise<Result<Stored<'runtimes'>>> => {
  const row = await deps.store.get('runtimes', runtimeId);
  if (row === null) return fail('runtime_unknown');
  const role = await deps.teams.roleOf(row.workspaceId, caller.userId);
  if (role === null) return fail('runtime_unknown');
  return role === 'owner' ? succeed(row) : fail('not_allowed');
};

export const commandTarget = async (
  deps: GuardDeps,
  caller: Account,
  body: { readonly runtimeId: string; readonly revision: number },
): Promise<Result<Stored<'runtimes'>>> => {
  const found = await runtimeFor(deps, caller, body.runtimeId);
  if (!found.ok) return found;
  if (found.value.revision !== body.revision) return fail('stale_revision');
  if (found.value.desired !== 'running') return fail('runtime_not_running');
  return found;
};

/** Writes a command with compare-and-set; answers the new revision. */
export const writeCommand = async (
  deps: GuardDeps,
  row: Stored<'runtimes'>,
  changes: Partial<RowOf<'runtimes'>>,
): Promise<Result<{ readonly revision: number }>> => {
  const revision = row.revision + 1;
  const { id, version } = row;
  const written = await deps.store.update('runtimes', { id, version }, { ...changes, revision });
  return written === 'updated' ? succeed({ revision }) : fail('stale_revision');
};
