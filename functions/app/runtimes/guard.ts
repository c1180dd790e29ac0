/** Every command of a customer passes here: member of the workspace, runtime exists, not stale. */
import { mayDo } from '#core/workspace/roles.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { Ability } from '#schemas/contract/roles.ts';
import type { ConditionType } from '#schemas/contract/vocabulary.ts';
import { readJson } from '#schemas/record/json.ts';
import { conditions } from '#schemas/record/runtime.ts';
import type { Account, Teams } from '#ports/accounts.ts';
import type { Store, Stored } from '#ports/store.ts';
import type { RowOf } from '#schemas/tables/tables.ts';

interface GuardDeps {
  readonly store: Store;
  readonly teams: Teams;
}

/** 404 for strangers: they may not know that it exists. Other members may, whatever they may do. */
export const runtimeFor = async (
  deps: GuardDeps,
  caller: Account,
  asked: { readonly runtimeId: string; readonly to: Ability },
): Promise<Result<Stored<'runtimes'>>> => {
  const row = await deps.store.get('runtimes', asked.runtimeId);
  if (row === null) return fail('runtime_unknown');
  const role = await deps.teams.roleOf(row.workspaceId, caller.userId);
  if (role === null) return fail('runtime_unknown');
  return mayDo(role, asked.to) ? succeed(row) : fail('role_not_allowed');
};

const handOver: readonly ConditionType[] = ['verified', 'private'];

/** Verified, and shown to be closed to strangers, since it was deployed. */
export const isHandedOver = (row: Stored<'runtimes'>): boolean => {
  const known = readJson(conditions, row.conditions, []);
  return handOver.every((type) =>
    known.some((condition) => condition.type === type && condition.value === 'true'),
  );
};

export const commandTarget = async (
  deps: GuardDeps,
  caller: Account,
  body: { readonly runtimeId: string; readonly revision: number },
): Promise<Result<Stored<'runtimes'>>> => {
  const { runtimeId } = body;
  const found = await runtimeFor(deps, caller, { runtimeId, to: 'operate' });
  if (!found.ok) return found;
  if (found.value.revision !== body.revision) return fail('stale_revision');
  if (found.value.desired !== 'running') return fail('runtime_not_running');
  return found;
};

/** For what puts a login or a person into the runtime: only where it was proven to be closed. */
export const handedOverTarget = async (
  deps: GuardDeps,
  caller: Account,
  body: { readonly runtimeId: string; readonly revision: number },
): Promise<Result<Stored<'runtimes'>>> => {
  const found = await commandTarget(deps, caller, body);
  if (!found.ok) return found;
  return isHandedOver(found.value) ? found : fail('runtime_not_verified');
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
