/**
 * Money in a world where everything happens in any order: members click, PayApp loses answers,
 * notices come late, twice or at the very end, processes die at any write. Whatever happened, once
 * every notice has come and time has passed, money and machines agree.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cancelOrder } from '#app/checkout/cancel-order.ts';
import { openOrder } from '#app/checkout/open-order.ts';
import { renewPayLink } from '#app/checkout/renew-pay-link.ts';
import { brokenAt } from '#app/timeline/append.ts';
import { earnsRuntime, isOpen } from '#core/order/machine.ts';
import { customer, openBody, sweep, workspaceOf } from '#tests/support/shop.ts';
import type { World } from '#tests/support/world.ts';
import { deliver, makeWorld } from '#tests/support/world.ts';

interface Step {
  readonly kind:
    'open' | 'renew' | 'cancel' | 'pay' | 'refund' | 'deliver' | 'sweep' | 'wait' | 'away';
  /** Which order, request or notice; taken modulo how many there are. */
  readonly pick: number;
  readonly answer: 'ok' | 'lost' | 'refused' | 'never_made';
  /** The process dies after so many writes; 0 = it lives. */
  readonly dieAfter: number;
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    'open',
    'renew',
    'renew',
    'cancel',
    'pay',
    'pay',
    'refund',
    'deliver',
    'deliver',
    'deliver',
    'sweep',
    'sweep',
    'wait',
    'away',
  ),
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
    case 'refund': {
      const mulNo = at(requests('paid'), step.pick);
      return mulNo === undefined || step.pick > 5 ? null : payments.returnAll(mulNo);
    }
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
  }
};

const live = async (world: World, workspaceId: string, steps: readonly Step[]): Promise<void> => {
  for (const step of steps) {
    if (step.dieAfter > 0) world.store.crashAfterWrites(step.dieAfter);
    await act(world, workspaceId, step).catch((error: unknown) => {
      if (!world.store.crashed) throw error;
    });
    world.store.revive();
  }
};

/** PayApp gets through at last, and the sweep runs on for two days. */
const comeToRest = async (world: World): Promise<void> => {
  world.payments.reachable = true;
  for (let hours = 0; hours < 48; hours += 4) {
    for (const { orderId, notice } of world.payments.mail) await deliver(world, orderId, notice);
    await sweep(world);
    world.clock.advance(4 * 60 * 60_000);
  }
};

const check = (world: World): void => {
  const orders = world.store.rows('orders');
  const runtimes = world.store.rows('runtimes');
  const tasks = world.store.rows('tasks');
  for (const [mulNo, request] of world.payments.requests) {
    // Nothing can be paid any more, and what was paid is an order's, or somebody's task.
    expect(request.state).not.toBe('open');
    if (request.state !== 'paid') continue;
    const owner = orders.find((order) => order.id === request.orderId);
    const counted = owner?.mulNo === mulNo && !isOpen(owner.state);
    expect(counted || tasks.some((task) => task.detail.includes(mulNo))).toBe(true);
  }
  for (const order of orders) {
    expect(isOpen(order.state)).toBe(false);
    expect(order).toMatchObject({ effects: '[]', nextCheckAt: null });
    expect(order.state).not.toBe('paid');
    const own = runtimes.filter(({ orderId }) => orderId === order.id);
    const running = own.filter(({ desired }) => desired === 'running');
    expect(running).toHaveLength(earnsRuntime(order.state) ? 1 : 0);
    expect(own.length).toBeLessThanOrEqual(1);
    if (earnsRuntime(order.state)) {
      expect(world.payments.requests.get(order.mulNo ?? '')?.state).toBe('paid');
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

test('once everything was told, money and machines agree', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 10, maxLength: 60 }), async (steps) => {
      const world = makeWorld();
      const workspaceId = await workspaceOf(world);
      await live(world, workspaceId, steps);
      await comeToRest(world);
      check(world);
      const { writes } = world.store;
      await sweep(world);
      expect(world.store.writes).toBe(writes);
    }),
    { numRuns: 2_000 },
  );
}, 60_000);
