/**
 * Months of two runtimes on the running product (see product.test.ts for what stands in for what),
 * and whoever does a step of it dies: one is updated and taken back, taken along and deleted; the
 * other is renewed by PayApp itself. Each ends as it would have without a death, by sweeps alone.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { smoke } from '#local/customer/customer.ts';
import { facts as factsSchema } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { periods as periodsSchema } from '#schemas/record/term.ts';
import type { Period } from '#schemas/record/term.ts';
import { Dice } from '#tests/support/dice.ts';
import type { AnyRow } from '#tests/support/product.ts';
import { agreementsOf, agreeInTheEnd, approve, atPayApp, chargeLate } from './autopay.ts';
import { leaveUnapproved, missMonth, stopOnce, stopUnheard } from './autopay.ts';
import { historyOf, picture } from './books.ts';
import { subjectOf } from './later.ts';
import type { Subject } from './later.ts';
import { leave, orderRenewal, pause, takeAlong } from './leaving.ts';
import { inItsLife, namesOf } from './planned.ts';
import { Purchase } from './purchase.ts';
import { listAll, listen, openStage, sweep, sweepUntil } from './stage.ts';
import type { Stage } from './stage.ts';
import { noticesOf, renewalsOf, runtimeOf } from './term.ts';
import type { Scene } from './term.ts';
import { newerImage, updateAndReturn } from './update.ts';

const startTimeoutMs = 180_000;

let stage: Stage;
let updated: Scene;
let renewed: Scene;

const factsOf = (row: AnyRow): Facts => factsSchema.parse(JSON.parse(String(row['facts'])));
const periodsOf = (row: AnyRow): readonly Period[] =>
  periodsSchema.parse(JSON.parse(String(row['periods'])));
const of = (rows: readonly AnyRow[], column: string): readonly string[] =>
  rows.map((row) => String(row[column])).toSorted();
const tasksOf = async ({ at }: Scene): Promise<readonly string[]> => {
  const tasks = await listAll(stage, 'tasks');
  return of(
    tasks.filter((row) => row['subjectId'] === at.runtimeId),
    'kind',
  );
};
const toldOf = async (scene: Scene, begin: string): Promise<readonly string[]> =>
  of(await noticesOf(scene), 'kind').filter((kind) => kind.startsWith(begin));

beforeAll(async () => {
  stage = await openStage();
  await listen(stage, false);
}, startTimeoutMs);

afterAll(async () => {
  await stage.product.close();
});

const isReady = async ({ runtimeId }: Subject): Promise<boolean> =>
  (await stage.product.admin.get('runtimes', runtimeId))['status'] === 'ready';

test('two runtimes are ready', async () => {
  const owner = await stage.product.newOwner();
  const dice = new Dice(1);
  const purchases = [new Purchase(owner, dice), new Purchase(owner, dice)];
  for (const purchase of purchases) {
    await purchase.open();
    await purchase.pay();
  }
  await sweepUntil(stage, 'they run', async () => {
    const runtimes = await listAll(stage, 'runtimes');
    return runtimes.filter(({ status }) => status === 'running').length === purchases.length;
  });
  const [first, second] = await Promise.all(purchases.map((each) => subjectOf(stage, each)));
  if (first === undefined || second === undefined) throw new Error('there are not two');
  for (const { runtimeId } of [first, second]) await smoke(owner.customer, runtimeId);
  await sweepUntil(stage, 'they are ready', async () => {
    return (await isReady(first)) && (await isReady(second));
  });
  updated = { stage, at: first };
  renewed = { stage, at: second };
});

test('a version that answers nothing is taken back with the state, each step once', async () => {
  const before = await runtimeOf(updated);
  const { tried, row, note } = await updateAndReturn(stage, updated.at);
  expect(tried).toMatchObject({ openclawImage: newerImage, updateState: 'applying' });
  expect(factsOf(tried).verify.report?.openclawVersion).toBe('2026.9.7');
  expect(note).toBe('of before');
  expect(row['openclawImage']).toBe(before['openclawImage']);
  expect(row['updateState']).toBe('rolled_back');
  expect(JSON.parse(String(row['update']))).toMatchObject({ failure: 'smoke_failed' });
  const [then, now] = [factsOf(before), factsOf(row)];
  expect(now.deployment.attempt).toBe(then.deployment.attempt + 2);
  expect(now.verify.report?.openclawVersion).toBe(then.verify.report?.openclawVersion);
  expect(now.codex.loginId).toBe(then.codex.loginId);
  expect(await toldOf(updated, 'update_')).toEqual(['update_planned', 'update_rolled_back']);
  const { kinds, brokenAt } = await historyOf(stage, updated.at.runtimeId);
  expect(kinds.filter((kind) => kind === 'update_rolled_back')).toHaveLength(1);
  expect([brokenAt, await tasksOf(updated)]).toEqual([null, []]);
});

test('PayApp charges each month once, whoever dies over an agreement or a charge', async () => {
  const before = periodsOf(await runtimeOf(renewed));
  const link = await agreeInTheEnd(renewed);
  await approve(renewed, link);
  const added = async () => periodsOf(await runtimeOf(renewed)).slice(before.length);
  expect(await added()).toMatchObject([{ withdrawn: false }]);
  const missed = await missMonth(renewed, link);
  expect(missed).toMatchObject({ state: 'active', missed: 1 });
  expect(await toldOf(renewed, 'autopay_')).toEqual(['autopay_failed']);
  const late = await chargeLate(renewed, link);
  expect(late).toMatchObject({ state: 'active', missed: 0 });
  expect(await added()).toMatchObject([{ withdrawn: false }, { withdrawn: false }]);
  expect(await stopOnce(renewed, link)).toBe(0);

  const agreed = { priceKrw: Number(late['priceKrw']), chargeDay: Number(late['chargeDay']) };
  await leaveUnapproved(renewed, agreed);
  await stopUnheard(renewed, agreed);
  const all = await agreementsOf(renewed);
  const ids = all.map(({ $id }) => $id);
  // Of the first nothing came to PayApp, and nobody has the link of the second.
  expect(await atPayApp(renewed, ids)).toEqual([
    ['unknown', 0],
    ['registered', 0],
    ['cancelled', 2],
    ['cancelled', 0],
    ['cancelled', 0],
  ]);
  // PayApp does not say again what it said to the dead: a person looks (docs/adr/0024).
  expect(all.map(({ state, stopReason }) => [state, stopReason])).toEqual([
    ['ended', 'not_registered'],
    ['ended', 'not_registered'],
    ['ended', 'member'],
    ['cancelling', 'not_approved'],
    ['cancelling', 'member'],
  ]);
  const asked = ['autopay_missed', 'autopay_not_cancelled', 'autopay_not_cancelled'];
  expect(await tasksOf(renewed)).toEqual(asked);
  expect(await added()).toHaveLength(2);
  const orders = await renewalsOf(renewed);
  expect(of(orders, 'state')).toEqual(['fulfilled', 'fulfilled']);
  for (const { $id } of orders) {
    const { kinds, brokenAt } = await historyOf(stage, $id);
    expect([brokenAt, kinds.at(-1)]).toEqual([null, 'order.fulfilled']);
  }
});

test('a paused runtime can be taken along, with no gateway', async () => {
  await pause(updated);
  const { status, text, agents, gateways, row } = await takeAlong(updated);
  expect(status).toBe(200);
  expect(text).toContain('state/note.txt');
  expect(text).toContain('of before');
  // The other runtime's.
  expect([agents, gateways]).toEqual([1, 1]);
  expect(row).toMatchObject({ status: 'suspended', suspendedFor: 'customer' });
});

test('what is deleted can be paid for no more', async () => {
  const orderId = await orderRenewal(updated);
  expect(await leave(updated)).toMatchObject({ desired: 'deleted', status: 'deleted' });
  const renewals = await renewalsOf(updated);
  expect(renewals.map(({ $id, state }) => [$id, state])).toEqual([[orderId, 'expired']]);
  expect(await toldOf(updated, 'delet')).toEqual(['deleted', 'deletion_planned']);
  const { kinds, brokenAt } = await historyOf(stage, updated.at.runtimeId);
  expect([brokenAt, kinds.includes('runtime_deleted')]).toEqual([null, true]);
});

test('nothing is left to do', async () => {
  expect(await listAll(stage, 'leases')).toEqual([]);
  await sweep(stage);
  const before = await picture(stage);
  expect(await sweep(stage)).toBe('completed');
  expect(await picture(stage)).toEqual(before);
});

test('every death of these months happened', () => {
  expect(namesOf(inItsLife).filter((each) => !stage.kills.names().has(each))).toEqual([]);
});
