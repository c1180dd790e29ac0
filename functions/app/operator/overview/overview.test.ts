import { describe, expect, test } from 'vitest';
import { createInvite } from '#app/operator/invites.ts';
import { redeemInvite } from '#app/signup/redeem-invite.ts';
import { recordStatus } from '#app/reconcile/record-status.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import { bringUp, paidOrder, workspaceOf } from '#tests/support/shop.ts';
import { MemoryStore } from '#tests/support/memory-store.ts';
import { makeWorld, TestClock } from '#tests/support/world.ts';
import type { World } from '#tests/support/world.ts';
import { daysUntil, koreanDayOf, percentile, sinceOf, spansOf } from './figures.ts';
import { readOverview } from './overview.ts';

/** Rows are made at the world's own time. */
const timedWorld = (): World => {
  const clock = new TestClock();
  return { ...makeWorld(), clock, store: new MemoryStore(clock) };
};

const read = async (world: World, days = 30) => {
  const answer = await readOverview(world, { days });
  if (!answer.ok) throw new Error(answer.error.code);
  return answer.value;
};

describe('arithmetic', () => {
  test('a day is one of Korea, and the span begins at its midnight', () => {
    expect(koreanDayOf('2026-11-22T15:00:00.000Z')).toBe('2026-11-23');
    expect(koreanDayOf('2026-11-22T14:59:59.999Z')).toBe('2026-11-22');
    const now = new Date('2026-11-23T09:00:00.000Z');
    expect(daysUntil(now, 7)).toHaveLength(7);
    expect([daysUntil(now, 7)[0], daysUntil(now, 7)[6]]).toEqual(['2026-11-17', '2026-11-23']);
    expect(sinceOf(now, 7)).toBe('2026-11-16T15:00:00.000Z');
  });

  test('a percentile is a time that was, and none of nothing', () => {
    expect(percentile([], 0.5)).toBeNull();
    expect(percentile([7], 0.95)).toBe(7);
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([percentile(hundred, 0.5), percentile(hundred, 0.95)]).toEqual([50, 95]);
  });

  const at = (second: number): string =>
    new Date(Date.UTC(2026, 10, 23) + second * 1_000).toISOString();
  const journey = (...kinds: readonly (readonly [string, number])[]) => ({
    orderedAt: at(0),
    paidAt: at(60),
    entries: kinds.map(([kind, second]) => ({ kind, at: at(second) })),
  });

  test('the way to ready is told in phases that add up', () => {
    const spans = spansOf(
      journey(
        ['runtime.opened', 61],
        ['runtime_auth_required', 100],
        ['runtime_linking', 130],
        ['runtime_running', 160],
        ['runtime_ready', 170],
        ['runtime_degraded', 900],
        ['runtime_ready', 950],
      ),
    );
    expect(spans).toEqual({
      payment: 60_000,
      setup: 40_000,
      login: 60_000,
      smoke: 10_000,
      whole: 110_000,
    });
    expect((spans.setup ?? 0) + (spans.login ?? 0) + (spans.smoke ?? 0)).toBe(spans.whole);
  });

  test('a phase whose ends are not known is left out, and one never ready has none', () => {
    expect(spansOf(journey(['runtime_auth_required', 100]))).toEqual({});
    expect(spansOf({ ...journey(['runtime_ready', 90]), paidAt: null })).toEqual({});
  });
});

test('a product nobody uses yet is told as such', async () => {
  const figures = await read(timedWorld(), 7);
  expect(figures.perDay).toHaveLength(7);
  expect(figures.funnel.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(figures.times.every(({ p50Ms, count }) => p50Ms === null && count === 0)).toBe(true);
  expect(figures).toMatchObject({ openTasks: 0, oldestTask: null, cut: [] });
});

test('one customer is seen from invite to ready, with orders, states and tasks', async () => {
  const world = timedWorld();
  const invites = await Promise.all([1, 2].map(() => createInvite(world, 'console', {})));
  const token = invites[0]?.ok === true ? invites[0].value.token : '';
  const password = 'correct horse battery';
  const person = { email: 'mina@example.com', password, name: 'Mina', locale: 'ko' as const };
  await redeemInvite(world, { token, ...person });
  const { runtimeId, orderId } = await paidOrder(world, await workspaceOf(world));
  // The shop's customer is the one who was invited.
  const [used] = world.store.rows('invites').filter(({ usedBy }) => usedBy !== null);
  const order = (await world.store.get('orders', orderId)) ?? expect.fail();
  await world.store.update('orders', order, { userId: used?.usedBy ?? '' });
  for (const status of ['auth_required', 'linking', 'running', 'ready'] as const) {
    world.clock.advance(30_000);
    await bringUp(world, runtimeId, { status, ...(status === 'ready' ? { receipt: '{}' } : {}) });
    const row = (await world.store.get('runtimes', runtimeId)) ?? expect.fail();
    await recordStatus(world, row);
  }
  await raiseTask(world, { kind: 'compose_drift', subjectId: runtimeId, mulNo: '' });
  const figures = await read(world);
  expect(figures.funnel.map(({ count }) => count)).toEqual([2, 1, 1, 1, 1, 1, 1]);
  const whole = figures.times.find(({ phase }) => phase === 'whole');
  expect(whole).toEqual({ phase: 'whole', count: 1, p50Ms: 120_000, p95Ms: 120_000 });
  expect(figures.runtimes.filter(({ count }) => count > 0)).toEqual([
    { status: 'ready', count: 1 },
  ]);
  const day = figures.perDay.find(({ paid }) => paid > 0);
  expect(day).toMatchObject({ day: '2026-11-23', paid: 1, refunds: 0, corrections: 1 });
  expect(figures.oldestTask).toMatchObject({ kind: 'compose_drift' });
});

test('more rows than are read are said to be cut', async () => {
  const world = timedWorld();
  for (let index = 0; index < 1_001; index += 1) await createInvite(world, 'console', {});
  const figures = await read(world, 90);
  expect(figures.cut).toEqual(['invites']);
  expect(figures.funnel[0]).toEqual({ step: 'invited', count: 1_000 });
});
