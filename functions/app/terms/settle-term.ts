/**
 * Brings one runtime's term to rest: renewal opened, reminders and warnings announced, stopped when
 * the grace is over, deleted when both warnings went out. Every step is idempotent by its own key,
 * and the row is compared and set: a payment that comes in between wins.
 */
import { reliedOnUntilMs } from '#core/autopay/agreement.ts';
import { isOpen } from '#core/order/machine.ts';
import { switchesAtMs } from '#core/term/plans.ts';
import { planTerm } from '#core/term/plan-term.ts';
import type { TermFacts } from '#core/term/plan-term.ts';
import type { CheckoutDeps } from '#app/checkout/deps.ts';
import { appendOnce } from '#app/timeline/runtime-history.ts';
import type { Stored } from '#ports/store.ts';
import { termDays } from '#schemas/contract/terms.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { agreementOf, autopaysOf, wakeAutopays } from '#app/autopay/agreements.ts';
import { switchPlan } from './change-plan.ts';
import { plannedOf } from './paid-time.ts';
import { closeRenewals, laterOrdersOf } from './close-renewals.ts';
import { isUnasked, openRenewal, renewalIdOf } from './open-renewal.ts';
import { deletionOf } from '#app/runtimes/deletion.ts';
import { tellTerm } from './tell-term.ts';

type Runtime = Stored<'runtimes'>;

const dayMs = 24 * 60 * 60_000;
/** More steps than a term has; a lost race takes one too. */
const roundsAtMost = 12;
const messagesAtMost = 100;
/** Whoever made it due may have a faster clock. */
const clockToleranceMs = 5_000;
/** A pay link is being killed, or PayApp does not say whether it was paid: nothing is urgent here. */
const closingRetryMs = 6 * 60 * 60_000;

export const settleTerm = async (deps: CheckoutDeps, runtimeId: string): Promise<void> => {
  for (let round = 0; round < roundsAtMost; round += 1) {
    const row = await deps.store.get('runtimes', runtimeId);
    if (row === null || !isDue(row, deps.clock.now())) return;
    if ((await settleStep(deps, row)) === 'rest') return;
  }
};

const isDue = ({ termDueAt }: Runtime, now: Date): boolean =>
  termDueAt !== null && Date.parse(termDueAt) <= now.getTime() + clockToleranceMs;

const settleStep = async (deps: CheckoutDeps, row: Runtime): Promise<'again' | 'rest'> => {
  const step = planTerm(await factsOf(deps, row), deps.clock.now().getTime());
  switch (step.kind) {
    case 'open_renewal':
      await openRenewal(deps, row);
      return 'again';
    case 'announce':
      await tellTerm(deps, row, step.notice);
      await deps.faults.reach('term.announced');
      return 'again';
    case 'switch_plan':
      await switchPlan(deps, row);
      return 'again';
    case 'suspend':
      await suspend(deps, row);
      return 'again';
    case 'close_orders':
      await closeRenewals(deps, row.id);
      await deps.faults.reach('term.orders_closed');
      return 'again';
    case 'delete':
      return remove(deps, row);
    case 'wait':
      return sleepUntil(deps, row, step.untilMs);
  }
};

const factsOf = async (deps: CheckoutDeps, row: Runtime): Promise<TermFacts> => {
  const endMs = Date.parse(row.paidUntil);
  const now = deps.clock.now();
  const messages = await deps.store.list('messages', {
    where: { subjectId: row.id },
    newestFirst: true,
    limit: messagesAtMost,
  });
  const ourRenewal = renewalIdOf(deps, row);
  const orders = await laterOrdersOf(deps.store, row.id);
  const renewals = orders.filter(({ purpose }) => purpose === 'renew');
  return {
    desired: row.desired,
    status: row.status,
    suspendedFor: row.suspendedFor,
    suspendedAtMs: row.suspendedAt === null ? null : Date.parse(row.suspendedAt),
    deletesAtMs: row.deletesAt === null ? null : Date.parse(row.deletesAt),
    hasPayLink: orders.some((order) => isOpen(order.state) && !isClosing(order, now)),
    endMs,
    exportUntilMs: row.exportUntil === null ? null : Date.parse(row.exportUntil),
    switchesAtMs: switchesAtMs(plannedOf(row), now.getTime()),
    chargesUntilMs: await chargesUntil(deps, row.id, endMs),
    hasRenewal: renewals.some((order) =>
      order.id === ourRenewal ? !isUnasked(order) : isOpen(order.state) && !isClosing(order, now),
    ),
    sentAtMs: new Map(
      messages.map(({ kind, occasion, sentAt }) => [
        `${kind} ${occasion}`,
        sentAt === null ? null : Date.parse(sentAt),
      ]),
    ),
  };
};

/** A charge that comes by itself is waited for so long before anybody is reminded. */
const chargesUntil = async (
  { store, clock }: CheckoutDeps,
  runtimeId: string,
  endMs: number,
): Promise<number | null> => {
  // Nobody is reminded before that anyway.
  if (clock.now().getTime() < endMs - termDays.renewal * dayMs) return null;
  const [newest] = await autopaysOf(store, runtimeId);
  return newest === undefined ? null : reliedOnUntilMs(agreementOf(newest), endMs);
};

/** Its pay link is being killed. */
const isClosing = ({ expiresAt }: { readonly expiresAt: string }, now: Date): boolean =>
  Date.parse(expiresAt) <= now.getTime();

const change = async (
  deps: CheckoutDeps,
  row: Runtime,
  wish: Partial<RowOf<'runtimes'>>,
): Promise<boolean> => {
  const due = deps.clock.now().toISOString();
  const target = { id: row.id, version: row.version };
  const outcome = await deps.store.update('runtimes', target, {
    ...wish,
    revision: row.revision + 1,
    failures: 0,
    nextCheckAt: due,
    termDueAt: due,
  });
  return outcome === 'updated';
};

const suspend = async (deps: CheckoutDeps, row: Runtime): Promise<void> => {
  await noteEnd(deps, row);
  const suspendedAt = deps.clock.now().toISOString();
  const wish = { desired: 'suspended', suspendedFor: 'unpaid', suspendedAt } as const;
  if (!(await change(deps, row, wish))) return;
  await deps.faults.reach('term.suspended');
  deps.log.warn('runtime.suspended_unpaid', { runtimeId: row.id, paidUntil: row.paidUntil });
};

/** Before it is stopped: whoever reads why it stands still finds it here. */
const noteEnd = async (deps: CheckoutDeps, row: Runtime): Promise<void> => {
  await appendOnce(deps, row, {
    kind: 'term_ended',
    key: row.paidUntil,
    detail: { paidUntil: row.paidUntil },
    actor: 'system',
    at: deps.clock.now(),
  });
};

/** Nothing is deleted while money for it may be on its way. */
const remove = async (deps: CheckoutDeps, row: Runtime): Promise<'again' | 'rest'> => {
  if ((await closeRenewals(deps, row.id)) === 'open') {
    return sleepUntil(deps, row, deps.clock.now().getTime() + closingRetryMs);
  }
  await deps.faults.reach('term.renewals_closed');
  await wakeAutopays(deps, row.id);
  const deletion = deletionOf(row) ?? {
    ...{ reason: 'unpaid' as const, askedBy: 'system', declaredBy: null, receipt: null },
    askedAt: deps.clock.now().toISOString(),
  };
  const wish = { desired: 'deleted', deletesAt: null, deletion: JSON.stringify(deletion) } as const;
  if (await change(deps, row, wish)) {
    await deps.faults.reach('term.deleted');
    const { id: runtimeId, paidUntil } = row;
    deps.log.warn('runtime.deleted', { runtimeId, reason: deletion.reason, paidUntil });
  }
  return 'again';
};

const sleepUntil = async (
  deps: CheckoutDeps,
  row: Runtime,
  untilMs: number | null,
): Promise<'again' | 'rest'> => {
  const termDueAt = untilMs === null ? null : new Date(untilMs).toISOString();
  const target = { id: row.id, version: row.version };
  const outcome = await deps.store.update('runtimes', target, { termDueAt });
  return outcome === 'stale' ? 'again' : 'rest';
};
