/**
 * The renewal that we open ourselves a week before the end: an order like any other, with a pay link,
 * at the price the runtime was bought for. Key: (runtime, end of its term), so each end is renewed by
 * one such order however often this runs. It stays payable until the runtime would be deleted.
 */
import { startRequest } from '#core/order/commands.ts';
import type { OrderFacts } from '#core/order/facts.ts';
import { changeOrder, recordState } from '#app/orders/change-order.ts';
import { requestPayment } from '#app/checkout/request-payment.ts';
import type { CheckoutDeps } from '#app/checkout/deps.ts';
import { newOrderRow, orderIdOf } from '#app/checkout/new-order.ts';
import { refusalsOf } from '#app/checkout/refusals.ts';
import type { Stored } from '#ports/store.ts';
import { plannedOf } from './paid-time.ts';
import { phoneForTexts } from './renewal-texts.ts';
import { renewalPlanOf } from '#schemas/plans.ts';
import type { TermMonths } from '#schemas/contract/terms.ts';
import type { RowOf } from '#schemas/tables/tables.ts';

/** Nobody is texted who did not ask for it (`renewal-texts.ts`): PayApp takes this number and texts nothing. */
const noPhone = '01000000000';
/** Longer than the table of non-payment takes; what ends the order is the deletion. */
const openForMs = 60 * 24 * 60 * 60_000;
const months: TermMonths = 1;

export const renewalIdOf = ({ ids }: Pick<CheckoutDeps, 'ids'>, row: Stored<'runtimes'>): string =>
  orderIdOf(ids, row.workspaceId, `renewal ${row.id} ${Date.parse(row.paidUntil)}${planMark(row)}`);

/** Another plan is another renewal of the same end; where none was ever chosen, nothing. */
const planMark = (row: Stored<'runtimes'>): string => {
  const { changes } = plannedOf(row);
  if (changes.length === 0 && row.nextPlanKey === null) return '';
  return ` ${row.nextPlanKey ?? row.planKey} ${changes.length}`;
};

export const openRenewal = async (deps: CheckoutDeps, row: Stored<'runtimes'>): Promise<void> => {
  const plan = renewalPlanOf(row, months);
  if (plan === undefined) throw new Error('term.plan_unknown');
  const orderId = renewalIdOf(deps, row);
  const first = await deps.store.get('orders', row.orderId);
  const order = newOrderRow({
    workspaceId: row.workspaceId,
    userId: first?.userId ?? 'system',
    runtimeId: row.id,
    runtimeName: row.name,
    purpose: 'renew',
    plan,
    months,
    expiresAt: new Date(Date.parse(row.paidUntil) + openForMs).toISOString(),
    changedBy: 'system',
  });
  const readers = { team: row.workspaceId };
  const outcome = await deps.store.create('orders', orderId, { data: order, readers });
  if (outcome === 'exists') return askAgain(deps, row, orderId);
  await deps.faults.reach('term.renewal_created');
  await recordState(deps, orderId, order);
  deps.log.info('renewal.opened', { orderId, runtimeId: row.id });
  // Whatever comes of it: the order stands, and its page asks for a new link.
  await requestLink(deps, row, { orderId, order });
};

/** A number that PayApp refuses must not cost the link: then it is asked for without one. */
const requestLink = async (
  deps: CheckoutDeps,
  row: Stored<'runtimes'>,
  { orderId, order }: { readonly orderId: string; readonly order: RowOf<'orders'> },
): Promise<void> => {
  const wanted = await phoneForTexts(deps, row);
  const request = { orderId, order, actor: 'system' };
  if (wanted === null) {
    await requestPayment(deps, { ...request, phone: noPhone });
    return;
  }
  const asked = await requestPayment(deps, { ...request, phone: wanted, texts: true });
  if (asked.ok || asked.error.code !== refusalsOf.invalid_parameter.code) return;
  const again = await startAgain(deps, orderId, () => true);
  if (again !== null) await requestPayment(deps, { ...request, order: again, phone: noPhone });
};

/** Whoever created it died before PayApp's answer was written down: nobody else would ask. */
export const isUnasked = ({
  state,
  failureCode,
}: Pick<OrderFacts, 'state' | 'failureCode'>): boolean => state === 'draft' && failureCode === null;

/** One request more than needed is killed as any that is superseded. */
const askAgain = async (
  deps: CheckoutDeps,
  row: Stored<'runtimes'>,
  orderId: string,
): Promise<void> => {
  const order = await startAgain(deps, orderId, isUnasked);
  if (order !== null) await requestLink(deps, row, { orderId, order });
};

const startAgain = async (
  deps: CheckoutDeps,
  orderId: string,
  isDue: (facts: OrderFacts) => boolean,
): Promise<RowOf<'orders'> | null> => {
  const started = await changeOrder(deps, orderId, {
    actor: 'system',
    decide: (facts) => (isDue(facts) ? startRequest(facts) : { kind: 'unchanged' }),
  });
  return started.kind === 'changed' ? started.order : null;
};
