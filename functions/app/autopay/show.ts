/** What can be agreed to for a runtime, and what was. Where it is off and was never had: a refusal. */
import { autopaysOf, payableOf } from './agreements.ts';
import type { StoredAutopay } from './agreements.ts';
import type { AutopayDeps } from './deps.ts';
import { isAlive } from '#core/autopay/agreement.ts';
import { chargeDayOf } from '#core/autopay/charge-day.ts';
import { hasComeUp } from '#core/order/promise.ts';
import { mayDo } from '#core/workspace/roles.ts';
import type { CheckoutDeps } from '#app/checkout/deps.ts';
import type { Account } from '#ports/accounts.ts';
import type { Stored } from '#ports/store.ts';
import type { Autopay, showAutopay as showOperation } from '#schemas/contract/autopay.ts';
import type { ErrorCode, Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';

export const showAutopay = async (
  deps: AutopayDeps,
  caller: Account,
  { runtimeId }: BodyOf<typeof showOperation>,
): Promise<Result<ValueOf<typeof showOperation>>> => {
  const found = await runtimeToCharge(deps, caller, runtimeId);
  if (!found.ok) return found;
  const row = found.value;
  const [newest] = await autopaysOf(deps.store, runtimeId);
  const isOver = newest === undefined || newest.state === 'ended';
  if (!deps.recurring && isOver) return fail('autopay_off');
  const payable = payableOf(row);
  const isOffered =
    deps.recurring &&
    payable !== null &&
    objectionTo(row) === null &&
    (newest === undefined || !isAlive(newest));
  const chargeDay = chargeDayOf(deps.clock.now());
  return succeed({
    offer: isOffered ? { priceKrw: payable.priceKrw, chargeDay } : null,
    present: newest === undefined ? null : shown(newest),
  });
};

const shown = (row: StoredAutopay): Autopay => ({
  autopayId: row.id,
  state: row.state,
  priceKrw: row.priceKrw,
  chargeDay: row.chargeDay,
  agreedAt: row.agreedAt,
  payUrl: row.payUrl,
  expectedAt: row.expectedAt,
  missed: row.missed,
  stopReason: row.stopReason,
  stoppedAt: row.stoppedAt,
});

export const runtimeToCharge = async (
  deps: CheckoutDeps,
  caller: Account,
  runtimeId: string,
): Promise<Result<Stored<'runtimes'>>> => {
  const row = await deps.store.get('runtimes', runtimeId);
  if (row === null) return fail('runtime_unknown');
  const role = await deps.teams.roleOf(row.workspaceId, caller.userId);
  if (role === null) return fail('runtime_unknown');
  return mayDo(role, 'pay') ? succeed(row) : fail('role_not_allowed');
};

/** Only what runs: the first charge buys the time that follows. */
export const objectionTo = (row: Stored<'runtimes'>): ErrorCode | null => {
  if (row.desired === 'deleted' || row.suspendedFor === 'refunded') return 'runtime_not_renewable';
  const cameUp = hasComeUp({ status: row.status, proven: row.receipt !== null });
  if (row.desired !== 'running' || !cameUp) return 'runtime_not_running';
  if (row.deletesAt !== null) return 'runtime_leaving';
  return row.pausedAt === null ? null : 'runtime_not_running';
};
