/**
 * Another plan for a runtime. A larger one at once: for what is left of its paid time, as an order of
 * its own, priced from our own table alone. Any other from the next renewal on: nothing is paid and
 * nothing comes back. Key of an order: (workspace, requestKey), as for any.
 */
import { normalisePhone } from '#core/money/phone.ts';
import { isPriceKrw } from '#core/money/price.ts';
import { hasComeUp } from '#core/order/promise.ts';
import { upgradeKrw } from '#core/term/plans.ts';
import { isLeaving } from '#core/term/standstill.ts';
import { mayDo } from '#core/workspace/roles.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import { wakeAutopays } from '#app/autopay/agreements.ts';
import { closeRenewals } from '#app/terms/close-renewals.ts';
import { plannedOf } from '#app/terms/paid-time.ts';
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import type { Account } from '#ports/accounts.ts';
import type { Stored } from '#ports/store.ts';
import type * as contract from '#schemas/contract/plan-change.ts';
import type { ErrorCode, Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import { isLarger, planBought, planOf } from '#schemas/plans.ts';
import type { Plan } from '#schemas/plans.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { CheckoutDeps, PayLink } from './deps.ts';
import { newOrderRow, orderIdOf } from './new-order.ts';
import { askAgain, openNewOrder, orderLifeMs, ordersPerHour } from './open-order.ts';

type Runtime = Stored<'runtimes'>;

/** Each adds an entry to the history. */
const choicesPerHour = 20;

interface Offer {
  readonly row: Runtime;
  readonly from: Plan;
  readonly to: Plan;
  readonly at: string;
  readonly priceKrw: number;
}

export const quotePlan = async (
  deps: CheckoutDeps,
  caller: Account,
  body: BodyOf<typeof contract.quotePlan>,
): Promise<Result<ValueOf<typeof contract.quotePlan>>> => {
  const offered = await offerFor(deps, caller, body);
  if (!offered.ok) return offered;
  const { row, from, to, priceKrw } = offered.value;
  return succeed({ from: from.key, to: to.key, priceKrw, until: row.paidUntil });
};

export const upgradePlan = async (
  deps: CheckoutDeps,
  caller: Account,
  body: BodyOf<typeof contract.upgradePlan>,
): Promise<Result<PayLink>> => {
  const known = await runtimeToPayFor(deps, caller, body.runtimeId);
  if (!known.ok) return known;
  const orderId = orderIdOf(deps.ids, known.value.workspaceId, body.requestKey);
  const present = await deps.store.get('orders', orderId);
  if (present !== null) return askAgain(deps, caller, { order: present, phone: body.phone });
  const offered = await offerFor(deps, caller, body);
  if (!offered.ok) return offered;
  const phone = normalisePhone(body.phone);
  if (phone === null) return fail('phone_invalid', { field: 'phone' });
  const turn = { what: 'order', whom: caller.userId, perHour: ordersPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const { row, from, to, at, priceKrw } = offered.value;
  const order = newOrderRow({
    workspaceId: row.workspaceId,
    userId: caller.userId,
    runtimeId: row.id,
    runtimeName: row.name,
    purpose: 'change',
    plan: to,
    months: 0,
    change: { from: { key: from.key, version: from.version }, at, until: row.paidUntil },
    priceKrw,
    expiresAt: new Date(deps.clock.now().getTime() + orderLifeMs).toISOString(),
    changedBy: caller.userId,
  });
  return openNewOrder(deps, { orderId, order, phone, actor: caller.userId });
};

/** The plan it is already: the choice is taken back. */
export const chooseNextPlan = async (
  deps: CheckoutDeps,
  caller: Account,
  body: BodyOf<typeof contract.chooseNextPlan>,
): Promise<Result<ValueOf<typeof contract.chooseNextPlan>>> => {
  const found = await runtimeToPayFor(deps, caller, body.runtimeId);
  if (!found.ok) return found;
  const row = found.value;
  if (row.revision !== body.revision) return fail('stale_revision');
  if (isGone(row)) return fail('runtime_not_renewable');
  const plan = planOf(body.planKey);
  if (plan === undefined) return fail('plan_unknown', { field: 'planKey' });
  if (!(await hasRoom(deps, row, plan))) return fail('plan_no_room');
  const isSame = plan.key === row.planKey;
  const nextPlanKey = isSame ? null : plan.key;
  if (nextPlanKey === row.nextPlanKey) return succeed({ revision: row.revision });
  const turn = { what: 'plan', whom: row.id, perHour: choicesPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const at = deps.clock.now();
  const detail = { from: row.nextPlanKey ?? row.planKey, to: plan.key };
  await appendEvidence(deps, row, { kind: 'plan_chosen', detail, actor: caller.userId, at });
  const revision = row.revision + 1;
  const target = { id: row.id, version: row.version };
  await wakeAutopays(deps, row.id);
  const outcome = await deps.store.update('runtimes', target, {
    nextPlanKey,
    nextPlanVersion: isSame ? null : plan.version,
    revision,
    // The renewal that lies around is of the other plan.
    termDueAt: at.toISOString(),
  });
  if (outcome !== 'updated') return fail('stale_revision');
  // Another price than that of the link that lies around, if one does.
  await closeRenewals(deps, row.id, { renewalsOnly: true });
  deps.log.info('runtime.plan_chosen', { runtimeId: row.id, plan: plan.key });
  return succeed({ revision });
};

const runtimeToPayFor = async (
  deps: CheckoutDeps,
  caller: Account,
  runtimeId: string,
): Promise<Result<Runtime>> => {
  const row = await deps.store.get('runtimes', runtimeId);
  if (row === null) return fail('runtime_unknown');
  const role = await deps.teams.roleOf(row.workspaceId, caller.userId);
  if (role === null) return fail('runtime_unknown');
  return mayDo(role, 'pay') ? succeed(row) : fail('role_not_allowed');
};

const isGone = ({ desired, suspendedFor }: Runtime): boolean =>
  desired === 'deleted' || suspendedFor === 'refunded';

const offerFor = async (
  deps: CheckoutDeps,
  caller: Account,
  body: { readonly runtimeId: string; readonly planKey: string },
): Promise<Result<Offer>> => {
  const found = await runtimeToPayFor(deps, caller, body.runtimeId);
  if (!found.ok) return found;
  const row = found.value;
  const from = planBought(row.planKey, row.planVersion);
  const to = planOf(body.planKey);
  if (from === undefined || to === undefined) return fail('plan_unknown', { field: 'planKey' });
  const objection = objectionTo(row, { from, to }, deps.clock.now());
  if (objection !== null) return fail(objection);
  if (!(await hasRoom(deps, row, to))) return fail('plan_no_room');
  const at = deps.clock.now().toISOString();
  const scope = { from: { key: from.key, version: from.version }, at, until: row.paidUntil };
  const prices = { from: from.pricesKrw, to: to.pricesKrw };
  const priceKrw = upgradeKrw(plannedOf(row), scope, prices);
  // Below what PayApp takes: it waits for the renewal, which costs nothing now.
  if (!isPriceKrw(priceKrw)) return fail('plan_change_too_small');
  return succeed({ row, from, to, at, priceKrw });
};

const objectionTo = (
  row: Runtime,
  plans: { readonly from: Plan; readonly to: Plan },
  now: Date,
): ErrorCode | null => {
  if (isGone(row)) return 'runtime_not_renewable';
  if (isLeaving(row)) return 'runtime_leaving';
  const runs = row.suspendedFor === null || row.suspendedFor === 'customer';
  const cameUp = hasComeUp({ status: row.status, proven: row.receipt !== null });
  if (!runs || !cameUp) return 'runtime_not_running';
  if (!isLarger(plans.to, plans.from)) return 'plan_not_larger';
  return Date.parse(row.paidUntil) <= now.getTime() ? 'plan_change_too_small' : null;
};

/** Its data lie on its server: a plan that does not fit there cannot be sold to it. */
const hasRoom = async (deps: CheckoutDeps, row: Runtime, plan: Plan): Promise<boolean> => {
  const { serverId } = readJson(factsSchema, row.facts, noFacts).placement;
  if (serverId === null) return true;
  const server = await deps.store.get('servers', serverId);
  return server === null || server.slotMemoryMiB >= plan.memoryMiB;
};
