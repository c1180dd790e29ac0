/**
 * Lives of a whole shop, for properties: members click, PayApp loses answers, notices come late,
 * twice or at the very end, amounts are wrong, links are paid twice, two reconcilers race, processes
 * die at any write. `check` says what must hold once everything was told and time has passed.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { cancelOrder } from '#app/checkout/cancel-order.ts';
import { openOrder } from '#app/checkout/open-order.ts';
import { renewPayLink } from '#app/checkout/renew-pay-link.ts';
import { refundOrder } from '#app/operator/refunds.ts';
import { brokenAt } from '#app/timeline/append.ts';
import { earnsRuntime, isOpen } from '#core/order/machine.ts';
import type { Stored } from '#ports/store.ts';
import { bringUp, customer, deliverAll, openBody, sweep } from './shop.ts';
import { SlowStore } from './slow-store.ts';
import type { World } from './world.ts';
import { deliver } from './world.ts';

const kinds = [
  'open',
  'renew',
  'renew',
  'cancel',
  'pay',
  'pay',
  'payWrong',
  'payTwice',
  'returnAll',
  'refund',
  'refundPart',
  'payIn',
  'comeUp',
  'deliver',
  'deliver',
  'deliver',
  'sweep',
  'sweep',
  'race',
  'race',
  'wait',
  'away',
  'settled',
] as const;

export interface Step {
  readonly kind: (typeof kinds)[number];
  /** Which order, request or notice; taken modulo how many there are. */
  readonly pick: number;
  readonly answer: 'ok' | 'lost' | 'refused' | 'never_made';
  /** The process dies after so many writes; 0 = it lives. */
  readonly dieAfter: number;
}

export const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  pick: fc.nat({ max: 20 }),
  answer: fc.constantFrom('ok', 'ok', 'lost', 'refused', 'never_made'),
  dieAfter: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 6 })),
});

const at = <T>(list: readonly T[], pick: number): T | undefined => list[pick % (list.length || 1)];

const act = async (world: World, workspaceId: string, step: Step): Promise<unknown> => {
  const { payments } = world;
  const order = at(world.store.rows('orders'), step.pick);
  const requests = (state: string) =>
    [...payments.requests].filter(([, each]) => each.state === state).map(([mulNo]) => mulNo);
  payments.answers.length = 0;
  if (step.answer !== 'ok') payments.answers.push(step.answer);
  switch (step.kind) {
    case 'open':
      return openOrder(world, customer, openBody(workspaceId, `${step.pick % 3}`.repeat(16)));
    case 'renew': {
      if (order === undefined) return null;
      const { id: orderId, revision } = order;
      return renewPayLink(world, customer, { orderId, revision, phone: '01012345678' });
    }
    case 'cancel':
      if (order === undefined) return null;
      return cancelOrder(world, customer, { orderId: order.id, revision: order.revision });
    case 'pay': {
      const mulNo = at(requests('open'), step.pick);
      return mulNo === undefined ? null : payments.pay(mulNo);
    }
    case 'payWrong': {
      const mulNo = at(requests('open'), step.pick);
      return mulNo === undefined ? null : payments.pay(mulNo, step.pick % 2 === 0 ? 38_999 : 1_000);
    }
    case 'payTwice': {
      // Every link that is open, at once: the customer had two windows.
      requests('open').forEach((mulNo) => payments.pay(mulNo));
      return;
    }
    case 'returnAll': {
      const mulNo = at(requests('paid'), step.pick);
      return mulNo === undefined || step.pick > 5 ? null : payments.returnAll(mulNo);
    }
    case 'refund':
    case 'refundPart':
      if (order === undefined) return null;
      payments.refundAnswers.splice(0);
      if (step.answer !== 'ok') payments.refundAnswers.push(step.answer);
      return refundOrder(world, 'operator', {
        orderId: order.id,
        revision: order.revision,
        amountKrw: step.kind === 'refund' ? null : 1 + step.pick * 1_000,
        reason: 'asked',
        confirmation: order.id,
      });
    default:
      return happen(world, step);
  }
};

/** What comes from outside: PayApp, the tenants, time. */
const happen = async (world: World, step: Step): Promise<unknown> => {
  const { payments } = world;
  switch (step.kind) {
    case 'payIn':
      for (const mulNo of payments.requests.keys()) payments.settleAsked(mulNo);
      return null;
    case 'settled':
      return (payments.settled = !payments.settled);
    case 'comeUp': {
      const runtime = at(world.store.rows('runtimes'), step.pick);
      if (runtime === undefined || runtime.desired !== 'running') return null;
      return bringUp(world, runtime.id);
    }
    case 'race':
      return race(world, step);
    case 'deliver': {
      const letter = at(payments.mail, step.pick);
      return letter === undefined ? null : deliver(world, letter.orderId, letter.notice);
    }
    case 'sweep':
      return sweep(world);
    case 'wait':
      world.clock.advance(step.pick * 60 * 60_000);
      return null;
    case 'away':
      return (payments.reachable = !payments.reachable);
    default:
      return null;
  }
};

/** Two reconcilers at once: a payment is being taken, and its refund comes in between. */
const race = async (world: World, step: Step): Promise<void> => {
  const { payments } = world;
  const open = [...payments.requests].filter(([, each]) => each.state === 'open');
  const [mulNo, request] = at(open, step.pick) ?? [];
  if (mulNo !== undefined && request !== undefined) {
    await deliver(world, request.orderId, payments.pay(mulNo));
  }
  const slow = { ...world, store: new SlowStore(world.store, step.pick) };
  const overtake = async (): Promise<void> => {
    if (mulNo !== undefined) payments.returnAll(mulNo);
    await deliverAll(world);
    await sweep(world);
  };
  const ends = await Promise.allSettled([sweep(slow), overtake()]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
};

export const live = async (
  world: World,
  workspaceId: string,
  steps: readonly Step[],
): Promise<void> => {
  for (const step of steps) {
    if (step.dieAfter > 0) world.store.crashAfterWrites(step.dieAfter);
    await act(world, workspaceId, step).catch((error: unknown) => {
      if (!world.store.crashed) throw error;
    });
    world.store.revive();
  }
};

/** PayApp gets through at last, and the sweep runs on for two days. */
export const comeToRest = async (world: World): Promise<void> => {
  world.payments.reachable = true;
  world.payments.refundAnswers.splice(0);
  for (let hours = 0; hours < 48; hours += 4) {
    for (const mulNo of world.payments.requests.keys()) world.payments.settleAsked(mulNo);
    await deliverAll(world);
    await sweep(world);
    world.clock.advance(4 * 60 * 60_000);
  }
  await deliverAll(world);
  await sweep(world);
};

const moneyTasks: ReadonlySet<string> = new Set([
  'refund_due',
  'amount_mismatch',
  'duplicate_payment',
  'partial_refund',
]);

export const check = (world: World): void => {
  const orders = world.store.rows('orders');
  const runtimes = world.store.rows('runtimes');
  const tasks = world.store.rows('tasks');
  // What the audit has to mend was broken by us.
  const mended = tasks.filter(({ kind }) => kind === 'runtime_unpaid');
  expect(mended).toEqual([]);
  for (const [mulNo, request] of world.payments.requests) {
    // Nothing can be paid any more, and what was paid is an order's, or somebody's task.
    expect(request.state).not.toBe('open');
    if (request.state !== 'paid') continue;
    const owner = orders.find((order) => order.id === request.orderId);
    const counted = owner?.mulNo === mulNo && !isOpen(owner.state);
    // A task that only wonders about a missing notice is not one that knows of the money.
    const known = tasks.some(({ kind, detail }) => moneyTasks.has(kind) && detail.includes(mulNo));
    expect(counted || known).toBe(true);
  }
  for (const order of orders) {
    expect(isOpen(order.state)).toBe(false);
    expect(order).toMatchObject({ effects: '[]', nextCheckAt: null });
    expect(order.state).not.toBe('paid');
    const own = runtimes.filter(({ orderId }) => orderId === order.id);
    const running = own.filter(({ desired }) => desired === 'running');
    expect(running).toHaveLength(earnsRuntime(order.state) ? 1 : 0);
    checkRefunds(world, order);
    expect(own.length).toBeLessThanOrEqual(1);
    if (earnsRuntime(order.state)) {
      // The right amount, really paid, and the runtime came up: else it would have gone back.
      const payment = world.payments.requests.get(order.mulNo ?? '');
      expect(payment).toMatchObject({ state: 'paid', priceKrw: order.priceKrw });
      const broken = order.refundState === 'requested' || order.refundState === 'pending';
      if (!broken) expect(own[0]?.status).toBe('auth_required');
    }
    const history = world.store.rows('timeline').filter(({ subjectId }) => subjectId === order.id);
    history.sort((a, b) => a.sequence - b.sequence);
    expect(brokenAt(world.ids, history)).toBeNull();
    expect(history.at(-1)?.kind).toBe(`order.${order.state}`);
  }
  const hosts = runtimes.map(({ host }) => host);
  expect(new Set(hosts).size).toBe(hosts.length);
  expect(world.store.rows('notices').filter(({ appliedAt }) => appliedAt === null)).toEqual([]);
};

const checkRefunds = (world: World, order: Stored<'orders'>): void => {
  const payment = world.payments.requests.get(order.mulNo ?? '');
  const refundedKrw = order.refundedKrw ?? 0;
  expect(refundedKrw).toBeLessThanOrEqual(order.paidKrw ?? order.priceKrw);
  if (payment === undefined || payment.state === 'open') return;
  expect(payment.returnedKrw).toBeLessThanOrEqual(payment.priceKrw);
  const known = order.state === 'refunded' || refundedKrw === payment.returnedKrw;
  const someone = world.store.rows('tasks').some(({ subjectId }) => subjectId === order.id);
  expect(known || someone).toBe(true);
  if (order.state === 'refunded') expect(payment.state).toBe('refunded');
};
