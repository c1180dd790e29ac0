/** A member stops it, at any time. PayApp is asked at once; what it does not confirm is repeated. */
import { cancelAtPayApp } from './cancel.ts';
import type { AutopayDeps } from './deps.ts';
import { stopOne } from './stop.ts';
import { mayDo } from '#core/workspace/roles.ts';
import type { Account } from '#ports/accounts.ts';
import type { stopAutopay as stopOperation } from '#schemas/contract/autopay.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';

/** Works where nothing is offered any more: what was begun can always be ended. */
export const stopAutopay = async (
  deps: Omit<AutopayDeps, 'recurring'>,
  caller: Account,
  { autopayId }: BodyOf<typeof stopOperation>,
): Promise<Result<ValueOf<typeof stopOperation>>> => {
  const row = await deps.store.get('autopays', autopayId);
  if (row === null) return fail('autopay_unknown');
  const role = await deps.teams.roleOf(row.workspaceId, caller.userId);
  if (role === null) return fail('autopay_unknown');
  if (!mayDo(role, 'pay')) return fail('role_not_allowed');
  const stopped = await stopOne(deps, row, { reason: 'member', actor: caller.userId });
  if (stopped === null) return fail('autopay_unknown');
  if (stopped.state !== 'cancelling') return succeed({ autopayId, state: stopped.state });
  const asked = await cancelAtPayApp(deps, stopped);
  return succeed({ autopayId, state: asked?.state ?? 'cancelling' });
};
