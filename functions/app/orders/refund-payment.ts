/**
 * Gives money back, whoever decided it. The wish is written on the order before PayApp is called,
 * so that no line that dies can make it be called twice; what PayApp said is written right after.
 * Silence is neither: the refund stays open, a task is raised, and PayApp's notice or an operator
 * closes it. Key: the refund's number within the order.
 *
 * `paycancel` gives back at once; when PayApp looked and refused (settled already, over five days),
 * nothing went back, and `paycancelreq` asks for it: then the seller has to pay it in first.
 */
import { beginRefund, recordRefund } from '#core/order/refunds.ts';
import type { RefusalCode } from '#core/order/machine.ts';
import type { PaybackAccount, Payments, RefundOutcome } from '#ports/payments.ts';
import type { OrderState, RefundStep } from '#schemas/contract/vocabulary.ts';
import type { Refund } from '#schemas/record/order.ts';
import { appendTimeline } from '#app/timeline/append.ts';
import { changeOrder, objection } from './change-order.ts';
import type { ChangeDeps } from './deps.ts';
import type { StoredOrder } from './order-row.ts';
import { factsOf } from './order-row.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';

export interface RefundDeps extends ChangeDeps {
  readonly payments: Pick<Payments, 'refund' | 'requestRefund'>;
}

export interface RefundOrder {
  readonly orderId: string;
  /** The row that was decided upon; null = whatever it is now. */
  readonly revision: number | null;
  readonly mulNo: string;
  readonly amountKrw: number | null;
  readonly by: Refund['by'];
  readonly actor: string;
  readonly reason: string;
}

export type Refunded =
  | { readonly kind: 'cancelled'; readonly state: OrderState }
  | { readonly kind: 'requested'; readonly state: OrderState; readonly payback: PaybackAccount }
  | { readonly kind: 'unknown'; readonly state: OrderState }
  | { readonly kind: 'provider_refused'; readonly state: OrderState; readonly errno: string }
  | { readonly kind: 'not_begun'; readonly code: RefusalCode | 'stale_revision' }
  | { readonly kind: 'missing' };

/** After so long PayApp surely does not give back at once, so it is not even tried. */
const atOnceMs = 6 * 24 * 60 * 60_000;

export const refundPayment = async (deps: RefundDeps, wish: RefundOrder): Promise<Refunded> => {
  const begun = await begin(deps, wish);
  if (begun.kind !== 'begun') return begun;
  const { entry } = begun;
  const task: Attempt = { deps, wish, entry };
  await deps.faults.reach('refund.intended');
  if (entry.step === 'requesting') return askFor(task);
  const outcome = await deps.payments.refund(entry);
  await deps.faults.reach('refund.answered');
  switch (outcome.kind) {
    case 'refunded':
      return { kind: 'cancelled', state: await note(task, 'done') };
    case 'unknown':
      return { kind: 'unknown', state: await note(task, 'unknown') };
    case 'refused':
      if (!outcome.looked) return refusedBy(task, outcome);
      await note(task, 'requesting');
      await deps.faults.reach('refund.requesting');
      return askFor(task);
  }
};

interface Attempt {
  readonly deps: RefundDeps;
  readonly wish: RefundOrder;
  readonly entry: Refund;
}

type Begun =
  | { readonly kind: 'begun'; readonly entry: Refund }
  | Extract<Refunded, { readonly kind: 'not_begun' | 'missing' }>;

const begin = async (deps: RefundDeps, wish: RefundOrder): Promise<Begun> => {
  const payment = await paymentOf(deps, wish);
  if (payment === 'missing') return { kind: 'missing' };
  if (payment === null) return { kind: 'not_begun', code: 'refund_not_allowed' };
  const at = deps.clock.now();
  const change = await changeOrder(deps, wish.orderId, {
    actor: shownActor(wish),
    decide: (facts, order) => {
      if (wish.revision !== null && order.revision !== wish.revision) return objection;
      return beginRefund(facts, {
        mulNo: wish.mulNo,
        amountKrw: wish.amountKrw,
        paidKrw: payment.paidKrw,
        by: wish.by,
        at: at.toISOString(),
        step: isTooLate(order, at) ? 'requesting' : 'cancelling',
      });
    },
  });
  if (change.kind === 'missing') return { kind: 'missing' };
  if (change.kind === 'refused') return { kind: 'not_begun', code: change.code };
  const entry = factsOf(change.order).refunds.at(-1);
  if (entry === undefined) throw new Error('refund.not_written');
  await audit({ deps, wish, entry }, entry.step);
  return { kind: 'begun', entry };
};

const isTooLate = (order: StoredOrder, at: Date): boolean =>
  order.paidAt !== null && at.getTime() - Date.parse(order.paidAt) > atOnceMs;

/** Notices of one payment request are few; a hundred covers every retry PayApp makes. */
const noticesAtMost = 100;

/** What came under this number, by the order's row or, where that does not know, by the inbox. */
const paymentOf = async (
  deps: RefundDeps,
  { orderId, mulNo }: RefundOrder,
): Promise<{ readonly paidKrw: number } | 'missing' | null> => {
  const order = await deps.store.get('orders', orderId);
  if (order === null) return 'missing';
  if (order.mulNo === mulNo && order.paidKrw !== null) return { paidKrw: order.paidKrw };
  const notices = await deps.store.list('notices', {
    where: { orderId, mulNo, verified: true, payState: '4' },
    limit: noticesAtMost,
  });
  const [paid] = notices;
  return paid === undefined ? null : { paidKrw: paid.priceKrw };
};

/** The account comes in this answer only: the task that keeps it is written before anything else. */
const askFor = async (task: Attempt): Promise<Refunded> => {
  const { deps, wish, entry } = task;
  const outcome = await deps.payments.requestRefund(entry);
  await deps.faults.reach('refund.answered');
  switch (outcome.kind) {
    case 'requested': {
      const { payback } = outcome;
      await raiseTask(deps, {
        kind: 'refund_payback',
        subjectId: wish.orderId,
        mulNo: entry.mulNo,
        about: String(entry.no),
        detail: { refundNo: entry.no, ...payback },
      });
      return { kind: 'requested', state: await note(task, 'requested'), payback };
    }
    case 'unknown':
      return { kind: 'unknown', state: await note(task, 'unknown') };
    case 'refused':
      return refusedBy(task, outcome);
  }
};

const refusedBy = async (
  task: Attempt,
  { errno }: Extract<RefundOutcome, { readonly kind: 'refused' }>,
): Promise<Refunded> => {
  const { wish, entry } = task;
  task.deps.log.error('refund.refused', { orderId: wish.orderId, refundNo: entry.no, errno });
  return { kind: 'provider_refused', state: await note(task, 'refused'), errno };
};

const note = async (
  { deps, wish, entry }: Attempt,
  step: Exclude<RefundStep, 'cancelling'>,
): Promise<OrderState> => {
  const change = await changeOrder(deps, wish.orderId, {
    actor: shownActor(wish),
    decide: (facts) => recordRefund(facts, entry.no, { step }),
  });
  if (change.kind === 'missing') throw new Error('refund.order_missing');
  await deps.faults.reach('refund.noted');
  await audit({ deps, wish, entry }, step);
  return change.order.state;
};

/** The order is its customer's to read: whose account an operator has is not told there. */
const shownActor = ({ by, actor }: RefundOrder): string => (by === 'operator' ? by : actor);

/** Who gave back what and why: for operators only, beside the history that the customer sees. */
const audit = async ({ deps, wish, entry }: Attempt, step: RefundStep): Promise<void> => {
  const { orderId, actor, reason } = wish;
  const { no: refundNo, amountKrw, mulNo } = entry;
  deps.log.info('refund.step', { orderId, refundNo, step, amountKrw });
  await auditOrder(deps, orderId, {
    kind: `refund.${step}`,
    actor,
    detail: { refundNo, amountKrw, mulNo, reason },
  });
};

export const auditOrder = async (
  deps: ChangeDeps,
  orderId: string,
  entry: {
    readonly kind: string;
    readonly actor: string;
    readonly detail: Readonly<Record<string, string | number>>;
  },
): Promise<void> => {
  await appendTimeline(deps, {
    ...entry,
    subjectId: `audit-${orderId}`,
    at: deps.clock.now(),
    readers: 'functions',
  });
};
