/**
 * A member agrees to be charged each month. The row, with who agreed to what and when, is written
 * before PayApp is asked, and PayApp is asked once: an answer that was lost is a registration whose
 * link nobody has, so asking again is another agreement. Key: (runtime, how many it had before).
 */
import {
  agreementOf,
  autopayIdOf,
  autopaysAtMost,
  autopaysOf,
  changeAutopay,
  payableOf,
} from './agreements.ts';
import type { StoredAutopay } from './agreements.ts';
import type { AutopayDeps } from './deps.ts';
import { objectionTo, runtimeToCharge } from './show.ts';
import { stopOne } from './stop.ts';
import { approvalMs, isAlive, isForlorn } from '#core/autopay/agreement.ts';
import { chargeDayOf, lastDayOf } from '#core/autopay/charge-day.ts';
import { normalisePhone } from '#core/money/phone.ts';
import { isPriceKrw } from '#core/money/price.ts';
import { snapshotOf } from '#app/checkout/new-order.ts';
import { ordersPerHour } from '#app/checkout/open-order.ts';
import { refusalsOf } from '#app/checkout/refusals.ts';
import { tellOperator } from '#app/checkout/request-payment.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import { appendOnce } from '#app/timeline/runtime-history.ts';
import type { Account } from '#ports/accounts.ts';
import type { RecurringOutcome } from '#ports/payments.ts';
import type { Stored } from '#ports/store.ts';
import type { startAutopay as startOperation } from '#schemas/contract/autopay.ts';
import type { ErrorCode, Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import { renewalPlanOf } from '#schemas/plans.ts';
import type { Plan } from '#schemas/plans.ts';
import { planSnapshot } from '#schemas/record/order.ts';
import type { RowOf } from '#schemas/tables/tables.ts';

type Body = BodyOf<typeof startOperation>;
type Link = ValueOf<typeof startOperation>;

const months = 1;

export const startAutopay = async (
  deps: AutopayDeps,
  caller: Account,
  body: Body,
): Promise<Result<Link>> => {
  if (!deps.recurring) return fail('autopay_off');
  const found = await runtimeToCharge(deps, caller, body.runtimeId);
  if (!found.ok) return found;
  const row = found.value;
  const objection = objectionTo(row);
  if (objection !== null) return fail(objection);
  const plan = renewalPlanOf(row, months);
  if (plan === undefined) return fail('plan_unknown');
  if (!isPriceKrw(plan.pricesKrw[months])) return fail('misconfigured', { detail: 'plan price' });
  const phone = normalisePhone(body.phone);
  if (phone === null) return fail('phone_invalid', { field: 'phone' });

  const known = await autopaysOf(deps.store, row.id);
  const [newest] = known;
  if (newest !== undefined && isAlive(newest)) {
    const isLost = isForlorn(agreementOf(newest), deps.clock.now().getTime());
    if (!isLost) return waitForLink(deps, newest.id);
    await stopOne(deps, newest, { reason: 'not_registered', actor: 'system' });
  }
  const now = deps.clock.now();
  const { priceKrw, chargeDay } = body.agreed;
  const isShown = priceKrw === payableOf(row)?.priceKrw && chargeDay === chargeDayOf(now);
  if (!isShown) return fail('stale_revision');
  const turn = { what: 'order', whom: caller.userId, perHour: ordersPerHour };
  if (known.length >= autopaysAtMost || !(await takeTurn(deps, turn))) {
    return fail('too_many_requests');
  }
  const autopayId = autopayIdOf(deps.ids, row.id, known.length);
  const agreed = newRow(row, { plan, userId: caller.userId, now });
  const claimed = await deps.store.create('autopays', autopayId, {
    data: agreed,
    readers: 'functions',
  });
  if (claimed === 'exists') return waitForLink(deps, autopayId);
  await deps.faults.reach('autopay.created');
  return register(deps, row, { autopayId, agreed, phone });
};

const newRow = (
  row: Stored<'runtimes'>,
  { plan, userId, now }: { readonly plan: Plan; readonly userId: string; readonly now: Date },
): RowOf<'autopays'> => {
  const priceKrw = plan.pricesKrw[months];
  return {
    workspaceId: row.workspaceId,
    runtimeId: row.id,
    userId,
    agreedAt: now.toISOString(),
    priceKrw,
    planSnapshot: JSON.stringify(snapshotOf({ plan, months, priceKrw })),
    chargeDay: chargeDayOf(now),
    state: 'registering',
    rebillNo: null,
    payUrl: null,
    failureCode: null,
    charges: '[]',
    expectedAt: null,
    missed: 0,
    stopReason: null,
    stoppedBy: null,
    stoppedAt: null,
    endedAt: null,
    attempts: 0,
    nextCheckAt: new Date(now.getTime() + approvalMs).toISOString(),
  };
};

interface Registration {
  readonly autopayId: string;
  readonly agreed: RowOf<'autopays'>;
  readonly phone: string;
}

const register = async (
  deps: AutopayDeps,
  row: Stored<'runtimes'>,
  { autopayId, agreed, phone }: Registration,
): Promise<Result<Link>> => {
  const { priceKrw, chargeDay, userId } = agreed;
  await appendOnce(deps, row, {
    kind: 'autopay_agreed',
    key: autopayId,
    detail: { priceKrw, chargeDay, plan: row.nextPlanKey ?? row.planKey },
    actor: userId,
    at: new Date(agreed.agreedAt),
  });
  const outcome = await deps.payments.registerRecurring({
    autopayId,
    runtimeId: row.id,
    goodName: planSnapshot.parse(JSON.parse(agreed.planSnapshot)).goodName,
    priceKrw,
    phone,
    chargeDay,
    until: lastDayOf(new Date(agreed.agreedAt)),
  });
  await deps.faults.reach('autopay.registered');
  deps.log.info('autopay.register_answered', { autopayId, outcome: outcome.kind });
  return outcome.kind === 'opened'
    ? recordLink(deps, autopayId, outcome)
    : recordFailure(deps, autopayId, outcome);
};

/** One that was stopped while PayApp was asked is to be ended there. */
const recordLink = async (
  deps: AutopayDeps,
  autopayId: string,
  { rebillNo, payUrl }: Extract<RecurringOutcome, { readonly kind: 'opened' }>,
): Promise<Result<Link>> => {
  const nextCheckAt = deps.clock.now().toISOString();
  const row = await changeAutopay(deps, autopayId, (fresh) => {
    if (fresh.state === 'registering') {
      return { state: 'approving', rebillNo, payUrl, failureCode: null };
    }
    if (isAlive(fresh)) return { rebillNo };
    return { state: 'cancelling', rebillNo, attempts: 0, nextCheckAt };
  });
  return row === null ? fail('autopay_unknown') : linkOf(row);
};

const recordFailure = async (
  deps: AutopayDeps,
  autopayId: string,
  outcome: Exclude<RecurringOutcome, { readonly kind: 'opened' }>,
): Promise<Result<Link>> => {
  const refusal = refusalsOf[outcome.reason ?? 'timeout'];
  const { code, advice } = refusal;
  deps.log.warn('autopay.not_registered', { autopayId, code, advice });
  const at = deps.clock.now().toISOString();
  const over = {
    state: 'ended',
    stopReason: 'not_registered',
    stoppedBy: 'system',
    stoppedAt: at,
    endedAt: at,
    nextCheckAt: null,
  } as const;
  const ends = outcome.kind === 'refused' ? over : {};
  await changeAutopay(deps, autopayId, (fresh) =>
    fresh.state === 'registering' ? { ...ends, failureCode: code } : null,
  );
  if (refusal.task) await tellOperator(deps, refusal);
  return fail(code);
};

const linkOf = (row: StoredAutopay): Result<Link> => {
  const { id: autopayId, state, payUrl } = row;
  if (state === 'approving' && payUrl !== null) return succeed({ autopayId, payUrl });
  // The page shows what was: it has begun, or it is over.
  return fail(state === 'active' ? 'stale_revision' : 'autopay_over');
};

/** A little longer than PayApp may take; after that the first caller is gone. */
const pollMs = 250;
const pollsAtMost = 56;

/** Somebody else of the workspace, or another click, agreed already: its answer is ours too. */
const waitForLink = async (deps: AutopayDeps, autopayId: string): Promise<Result<Link>> => {
  for (let poll = 0; poll < pollsAtMost; poll += 1) {
    const row = await deps.store.get('autopays', autopayId);
    if (row === null) return fail('autopay_unknown');
    if (row.state !== 'registering') return linkOf(row);
    if (row.failureCode !== null) return fail(row.failureCode as ErrorCode);
    await deps.clock.sleep(pollMs);
  }
  return fail('payment_request_unknown');
};
