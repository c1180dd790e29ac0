/**
 * A new pay link for an open order. The intent (old link superseded, to be killed) is written
 * first, so PayApp's notice about the old link cannot cancel the order; then the old link is killed;
 * only then a new one is asked for. A link that will not die may be paid: the order keeps it.
 */
import { openRequest, startRequest } from '#core/order/commands.ts';
import { withoutEffect } from '#core/order/facts.ts';
import { normalisePhone } from '#core/money/phone.ts';
import { cancelLink } from '#app/orders/cancel-link.ts';
import { changeOrder, objection } from '#app/orders/change-order.ts';
import { factsOf } from '#app/orders/order-row.ts';
import type { Account } from '#ports/accounts.ts';
import type { renewPayLink as renewOperation } from '#schemas/contract/checkout.ts';
import type { Failure, Result } from '#schemas/contract/errors.ts';
import { fail } from '#schemas/contract/errors.ts';
import type { BodyOf } from '#schemas/contract/operation.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import type { CheckoutDeps, PayLink } from './deps.ts';
import { ownOrder } from './own-order.ts';
import { requestPayment } from './request-payment.ts';

/** PayApp requests one order may cause; more is a person stuck, or a script. */
const requestsAtMost = 10;

export const renewPayLink = async (
  deps: CheckoutDeps,
  caller: Account,
  body: BodyOf<typeof renewOperation>,
): Promise<Result<PayLink>> => {
  const phone = normalisePhone(body.phone);
  if (phone === null) return fail('phone_invalid', { field: 'phone' });
  const found = await ownOrder(deps, caller, { orderId: body.orderId, to: 'pay' });
  if (!found.ok) return found;
  const order = found.value;
  if (order.revision !== body.revision) return fail('stale_revision');
  if (order.requestNo >= requestsAtMost) return fail('too_many_requests');
  if (Date.parse(order.expiresAt) <= deps.clock.now().getTime()) return fail('order_not_payable');

  const started = await start(deps, caller, body);
  if (!started.ok) return started;
  await deps.faults.reach('order.request_started');
  const refusal = await killSuperseded(deps, { caller, orderId: order.id, before: order });
  if (refusal !== null) return { ok: false, error: refusal };
  const row = started.value;
  return requestPayment(deps, { orderId: order.id, order: row, phone, actor: caller.userId });
};

const start = async (
  deps: CheckoutDeps,
  caller: Account,
  body: { readonly orderId: string; readonly revision: number },
): Promise<Result<RowOf<'orders'>>> => {
  const change = await changeOrder(deps, body.orderId, {
    actor: caller.userId,
    decide: (facts, fresh) => (fresh.revision === body.revision ? startRequest(facts) : objection),
  });
  if (change.kind === 'missing') return fail('order_unknown');
  if (change.kind === 'refused') {
    return fail(change.code === 'stale_revision' ? 'stale_revision' : 'order_not_payable');
  }
  return { ok: true, value: change.order };
};

interface Superseded {
  readonly caller: Account;
  readonly orderId: string;
  readonly before: RowOf<'orders'>;
}

/** Null once every older link is surely dead. */
const killSuperseded = async (
  deps: CheckoutDeps,
  { caller, orderId, before }: Superseded,
): Promise<Failure | null> => {
  const order = await deps.store.get('orders', orderId);
  if (order === null) return { code: 'order_unknown' };
  for (const effect of factsOf(order).effects) {
    if (effect.kind !== 'cancel_request') continue;
    const { mulNo } = effect;
    const outcome = await cancelLink(deps, orderId, mulNo);
    if (outcome === 'unknown') return { code: 'payment_provider_unavailable' };
    await changeOrder(deps, orderId, {
      actor: caller.userId,
      decide: (facts) => {
        if (outcome === 'unpaid_and_dead') {
          const effects = withoutEffect(facts.effects, effect);
          if (effects.length === facts.effects.length) return { kind: 'unchanged' };
          return { kind: 'changed', changes: { effects } };
        }
        const mayRestore = facts.mulNo === null && before.mulNo === mulNo && before.payUrl !== null;
        if (!mayRestore) return { kind: 'unchanged' };
        return openRequest(facts, { mulNo, payUrl: before.payUrl });
      },
    });
    if (outcome === 'refused') return { code: 'order_not_payable', detail: 'possibly paid' };
  }
  return null;
};
