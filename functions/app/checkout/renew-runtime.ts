/**
 * More time for a runtime, ordered by a member at any time: early, in the days of grace, or while it
 * is suspended for want of money. Key: (workspace, requestKey), as for any order.
 */
import { normalisePhone } from '#core/money/phone.ts';
import { isPriceKrw } from '#core/money/price.ts';
import { hasComeUp } from '#core/order/promise.ts';
import { isLeaving } from '#core/term/standstill.ts';
import { mayDo } from '#core/workspace/roles.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import type { Account } from '#ports/accounts.ts';
import type { Stored } from '#ports/store.ts';
import type { renewRuntime as renewOperation } from '#schemas/contract/checkout.ts';
import type { Failure, Result } from '#schemas/contract/errors.ts';
import { fail } from '#schemas/contract/errors.ts';
import type { BodyOf } from '#schemas/contract/operation.ts';
import { renewalPlanOf } from '#schemas/plans.ts';
import type { CheckoutDeps, PayLink } from './deps.ts';
import { newOrderRow, orderIdOf } from './new-order.ts';
import { askAgain, openNewOrder, orderLifeMs, ordersPerHour } from './open-order.ts';

/** Nobody pays further ahead than this. */
const paidAheadAtMostMs = 760 * 24 * 60 * 60_000;

export const renewRuntime = async (
  deps: CheckoutDeps,
  caller: Account,
  body: BodyOf<typeof renewOperation>,
): Promise<Result<PayLink>> => {
  const row = await deps.store.get('runtimes', body.runtimeId);
  if (row === null) return fail('runtime_unknown');
  const role = await deps.teams.roleOf(row.workspaceId, caller.userId);
  if (role === null) return fail('runtime_unknown');
  if (!mayDo(role, 'pay')) return fail('role_not_allowed');
  const objection = objectionTo(row, deps.clock.now());
  if (objection !== null) return { ok: false, error: objection };
  const { months } = body;
  const plan = renewalPlanOf(row, months);
  if (plan === undefined) return fail('plan_unknown');
  if (!isPriceKrw(plan.pricesKrw[months])) return fail('misconfigured', { detail: 'plan price' });
  const phone = normalisePhone(body.phone);
  if (phone === null) return fail('phone_invalid', { field: 'phone' });

  const orderId = orderIdOf(deps.ids, row.workspaceId, body.requestKey);
  const present = await deps.store.get('orders', orderId);
  if (present !== null) return askAgain(deps, caller, { order: present, phone: body.phone });
  const turn = { what: 'order', whom: caller.userId, perHour: ordersPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const order = newOrderRow({
    workspaceId: row.workspaceId,
    userId: caller.userId,
    runtimeId: row.id,
    runtimeName: row.name,
    purpose: 'renew',
    plan,
    months,
    expiresAt: new Date(deps.clock.now().getTime() + orderLifeMs).toISOString(),
    changedBy: caller.userId,
  });
  return openNewOrder(deps, { orderId, order, phone, actor: caller.userId });
};

const objectionTo = (row: Stored<'runtimes'>, now: Date): Failure | null => {
  if (row.desired === 'deleted' || row.suspendedFor === 'refunded') {
    return { code: 'runtime_not_renewable' };
  }
  if (isLeaving(row)) return { code: 'runtime_leaving' };
  // No time is sold for what has not come up yet: its first payment is held to its promise alone.
  const runtime = { status: row.status, proven: row.receipt !== null };
  if (!hasComeUp(runtime)) return { code: 'runtime_not_running' };
  const aheadMs = Date.parse(row.paidUntil) - now.getTime();
  return aheadMs > paidAheadAtMostMs ? { code: 'renewal_too_early' } : null;
};
