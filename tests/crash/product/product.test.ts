/**
 * Fifty orders at once on the running product (embedded Appwrite, deployed bundles, PayApp sandbox,
 * Dokploy stand-in, the real agents), met over HTTP and the SDKs only, while every function process
 * is killed at every fault point (those of later months: life.test.ts) and every embedded server is
 * killed in the middle. Afterwards: fifty payments, fifty runtimes, no orphan, recovery within two
 * sweeps.
 *
 * The tenants are real stacks with the real agent bundle (0.1 s and 18 MB each); OpenClaw's gateway
 * alone is a small program (gateway.ts says why). Sweeps are the test's own, so that they can be
 * counted; a minute between two of them is written into the rows instead of waited for.
 * A run is repeated by its choices with CRASH_SEED; what the scheduler makes of them is not.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeName, runtimeOfCompose } from '#core/runtime/names.ts';
import { facts as factsSchema } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { lookIntoPayApp } from '#tests/faults/counter.ts';
import { Dice } from '#tests/support/dice.ts';
import { eventually } from '#tests/support/http.ts';
import type { AnyRow, Owner } from '#tests/support/product.ts';
import { historyOf, picture, unfinished } from './books.ts';
import type { Compose } from './dokploy.ts';
import { composes, runningIn, servingAgents, servingGateways } from './dokploy.ts';
import { isUp, openAll, payAll, settleIn } from './flow.ts';
import { askOperator, pauseOnce, proveRuntime, remove, restartOnce } from './later.ts';
import { startAgain, subjectOf, suspend } from './later.ts';
import type { Subject } from './later.ts';
import { bringBack, leaveByHand, liveAnotherDay } from './days.ts';
import { beForgotten, comeToTheEnd, giveBack, goUnpaid, noticesOf } from './term.ts';
import { comeIntoAnotherPlan, growLarger, shrinkAgain } from './term.ts';
import { payAgain, renewalsOf, runtimeOf } from './term.ts';
import { periods, planChanges as planChanged } from '#schemas/record/term.ts';
import type { Period } from '#schemas/record/term.ts';
import { mailsIn, unsent } from './mail.ts';
import { playMoney } from './money.ts';
import { allPlanned, amongFifty, namesOf } from './planned.ts';
import { deployedPoints } from './points.ts';
import { Purchase } from './purchase.ts';
import { comeAndGo } from './team.ts';
import { listAll, listen, minutePasses, openStage, quiet, sweep, sweepUntil } from './stage.ts';
import type { Stage } from './stage.ts';

const orderCount = 50;
const startTimeoutMs = 180_000;

const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);
const dice = new Dice(seed);
let stage: Stage;
let owners: readonly Owner[] = [];
let purchases: readonly Purchase[] = [];

beforeAll(async () => {
  process.stdout.write(`CRASH_SEED=${seed}\n`);
  stage = await openStage();
}, startTimeoutMs);

afterAll(async () => {
  await stage.product.close();
});

test('every fault point that is deployed has its death here or in life.test.ts', () => {
  expect(deployedPoints()).toEqual(allPlanned());
});

describe('fifty orders, whoever dies', () => {
  test('accounts and workspaces come to be', async () => {
    owners = await settleIn(stage);
    const members = await listAll(stage, 'members');
    expect(members.map(({ $id }) => $id).toSorted()).toEqual(
      owners.map(({ customer }) => customer.userId).toSorted(),
    );
    expect((await listAll(stage, 'workspaces')).length).toBe(owners.length);
  });

  test('every customer gets a pay link', async () => {
    purchases = Array.from({ length: orderCount }, (_, index) => {
      const owner = owners[index % owners.length];
      if (owner === undefined) throw new Error('there are no owners');
      return new Purchase(owner, dice);
    });
    await openAll(stage, purchases);
    const orders = await listAll(stage, 'orders');
    expect(orders.map(({ state }) => state)).toEqual(
      Array.from({ length: orderCount }, () => 'awaiting_payment'),
    );
  });

  test('every payer can pay', async () => {
    await payAll(stage, purchases);
    const { requests } = await lookIntoPayApp(stage.product);
    expect(requests.filter(({ status }) => status === 'paid')).toHaveLength(orderCount);
  });

  test('two sweeps after the last death everything stands, with every event lost', async () => {
    await listen(stage, false);
    await eventually(
      () => lookIntoPayApp(stage.product),
      ({ pending }) => pending.length === 0,
    );
    await quiet(stage);
    // Otherwise there was nothing to recover from.
    expect((await unfinished(stage, isUp)).runtimes.length).toBeGreaterThan(0);
    await sweep(stage);
    await minutePasses(stage);
    await sweep(stage);
    expect(await unfinished(stage, isUp)).toEqual({ orders: [], runtimes: [] });
  });
});

const of = (rows: readonly AnyRow[], column: string): readonly string[] =>
  rows.map((row) => String(row[column])).toSorted();
const factsOf = (row: AnyRow): Facts => factsSchema.parse(JSON.parse(String(row['facts'])));
const runtimesOf = (stacks: readonly Compose[]): readonly string[] =>
  stacks.map(({ name }) => String(runtimeOfCompose(name))).toSorted();

describe('afterwards', () => {
  const orderIds = (): readonly string[] => purchases.map(({ orderId }) => orderId).toSorted();

  test('PayApp holds fifty payments, one for each order, and our books hold the same', async () => {
    const { requests } = await lookIntoPayApp(stage.product);
    const paid = requests.filter(({ status }) => status === 'paid');
    expect(paid.map(({ var1 }) => var1).toSorted()).toEqual(orderIds());
    const orders = await listAll(stage, 'orders');
    expect(of(orders, 'mulNo')).toEqual(paid.map(({ mulNo }) => mulNo).toSorted());
    expect(of(orders, 'state')).toEqual(orders.map(() => 'fulfilled'));
    expect(of(orders, 'paidKrw')).toEqual(of(orders, 'priceKrw'));
  });

  test('fifty runtimes are wanted and past provisioning, one for each order', async () => {
    const runtimes = await listAll(stage, 'runtimes');
    expect(of(runtimes, 'orderId')).toEqual(orderIds());
    expect(of(runtimes, 'desired')).toEqual(runtimes.map(() => 'running'));
    expect(runtimes.filter((row) => !isUp(row))).toEqual([]);
    expect(new Set(of(runtimes, 'host')).size).toBe(orderCount);
  });

  test('Dokploy holds one stack for each runtime, in one project and one slot, all done', async () => {
    const runtimes = await listAll(stage, 'runtimes');
    const stacks = await composes(stage);
    // First comers may have made the project twice; then everybody uses the older.
    expect(new Set(stacks.map(({ projectId }) => projectId)).size).toBe(1);
    expect(runtimesOf(stacks)).toEqual(of(runtimes, '$id'));
    expect(of(await listAll(stage, 'slots'), 'runtimeId')).toEqual(of(runtimes, '$id'));
    expect(new Set(stacks.map(({ status }) => status))).toEqual(new Set(['done']));
    const running = await Promise.all(stacks.map(({ appName }) => runningIn(stage, appName)));
    // The gateway, its agent, and the service in which backups are proven.
    expect(running.map((names) => names.length)).toEqual(stacks.map(() => 3));
  });

  test('every receipt left once, whoever died over it', async () => {
    await sweepUntil(stage, 'mail', async () => (await unsent(stage)).length === 0);
    const mails = await mailsIn(stage);
    const about = mails.map(({ text }) => orderIds().filter((id) => text.includes(id)));
    expect(about.map((ids) => ids.length)).toEqual(mails.map(() => 1));
    expect(about.flat().toSorted()).toEqual(orderIds());
  });

  test('its machine runs each tenant once, and nobody else', async () => {
    const runtimes = await listAll(stage, 'runtimes');
    expect(servingAgents(stage)).toEqual(of(runtimes, '$id'));
    expect(servingGateways(stage)).toBe(orderCount);
  });

  test('nothing is left to do: no lease, no notice, no effect', async () => {
    expect(await listAll(stage, 'leases')).toEqual([]);
    const notices = await listAll(stage, 'notices');
    expect(notices.filter(({ appliedAt }) => appliedAt === null)).toEqual([]);
    expect(notices.filter(({ verified }) => verified !== true)).toEqual([]);
    expect(new Set(of(await listAll(stage, 'orders'), 'effects'))).toEqual(new Set(['[]']));
  });

  /**
   * Where PayApp's first notice was stored and the server died before `SUCCESS`, PayApp drops the
   * request, and refuses to cancel what it does not know: that may have been paid, as far as anybody
   * here can tell, and a person is asked. Nothing else is.
   */
  test('a person is asked about nothing but requests that PayApp denies', async () => {
    const { requests } = await lookIntoPayApp(stage.product);
    const held = new Set(requests.map(({ mulNo }) => mulNo));
    const tasks = (await listAll(stage, 'tasks')).map(({ kind, detail }) => {
      const { mulNo } = JSON.parse(String(detail)) as { readonly mulNo?: string };
      return { kind, isHeld: mulNo === undefined || held.has(mulNo) };
    });
    expect(tasks).toEqual(tasks.map(() => ({ kind: 'missing_feedback', isHeld: false })));
  });

  test('every history is unbroken, and ends with what the row says', async () => {
    for (const { $id, state } of await listAll(stage, 'orders')) {
      const { kinds, brokenAt } = await historyOf(stage, $id);
      expect([$id, brokenAt, kinds.at(-1)]).toEqual([$id, null, `order.${String(state)}`]);
    }
    for (const { $id, status } of await listAll(stage, 'runtimes')) {
      const { kinds, brokenAt } = await historyOf(stage, $id);
      // The proof from outside has an entry of its own, whenever it was made.
      const statuses = kinds.filter((kind) => kind.startsWith('runtime_'));
      expect([$id, brokenAt, kinds.at(0), statuses.at(-1)]).toEqual([
        $id,
        null,
        'runtime.opened',
        `runtime_${String(status)}`,
      ]);
    }
  });

  test('one more sweep writes nothing', async () => {
    const before = await picture(stage);
    expect(Object.keys(before).length).toBeGreaterThan(orderCount * 6);
    expect(await sweep(stage)).toBe('completed');
    expect(await picture(stage)).toEqual(before);
  });
});

/** Of a term from its reminder to the deletion; the smoke of another test is not this runtime's. */
const told = ['renewal_due', 'grace', 'suspended', 'resumed', 'deletion_warning', 'deleted'];

describe('later, whoever dies', () => {
  const subject = async (index: number): Promise<Subject> => {
    const purchase = purchases[index];
    if (purchase === undefined) throw new Error('there are no orders');
    return subjectOf(stage, purchase);
  };

  test('a runtime that is proven is ready', async () => {
    const { status, receipt } = await proveRuntime(stage, await subject(0));
    expect([status, JSON.parse(String(receipt))]).toMatchObject(['ready', { nonceMatched: true }]);
  });

  test('a person is asked once about a runtime that keeps failing', async () => {
    const tasks = await askOperator(stage, await subject(1));
    expect(tasks.map(({ kind }) => kind)).toEqual(['provisioning_stuck']);
  });

  test('containers that are down are started again', async () => {
    const { deployment, machine } = factsOf(await startAgain(stage, await subject(3)));
    expect([deployment.attempt, machine.state]).toEqual([1, null]);
  });

  test('a restart that was asked for happens once, and the proof is kept', async () => {
    const at = await subject(0);
    const before = await stage.product.admin.get('runtimes', at.runtimeId);
    const restarted = await restartOnce(stage, at);
    expect(restarted['receipt']).toBe(before['receipt']);
    const { restart, deployment } = factsOf(restarted);
    expect([restart.restartId, restart.state]).toEqual([restarted['restartId'], 'started']);
    expect(deployment.attempt).toBe(factsOf(before).deployment.attempt);
  });

  test('a pause ends by one click, and is proven anew', async () => {
    const at = await subject(0);
    const { paused, back } = await pauseOnce(stage, at);
    expect(paused).toMatchObject({ desired: 'suspended', suspendedFor: 'customer' });
    expect(back).toMatchObject({ desired: 'running', suspendedFor: null, pausedAt: null });
    const [before, after] = [factsOf(paused), factsOf(back)];
    expect(after.deployment.attempt).toBe(before.deployment.attempt + 1);
    expect(after.deployment.precedingSmokeId).toBe(paused['smokeId']);
    expect(back['receipt']).not.toBe(paused['receipt']);
  });

  test('another day brings one question about the login and one proven backup', async () => {
    const { check, backup } = await liveAnotherDay(stage, await subject(0));
    expect(check.report?.code).toBe('passed');
    expect(backup.report?.code).toBe('proven');
    expect(backup.kept.map(({ backupId }) => backupId)).toEqual([backup.report?.backupId]);
    expect(await listAll(stage, 'leases')).toEqual([]);
  });

  test('a backup that is brought back is kept once, and proven anew', async () => {
    const at = await subject(0);
    const { backup } = factsOf(await stage.product.admin.get('runtimes', at.runtimeId));
    const brought = await bringBack(stage, at, backup.newest?.backupId ?? '');
    expect(brought).toEqual({ note: 'of then', isProvenAnew: true });
  });

  test('who was taken out of the team by hand is put out of the runtime', async () => {
    const left = await leaveByHand(stage, await subject(0));
    expect(left).toEqual({ entered: 303, inside: [true, false], told: 1 });
  });

  test('all of that is at rest again', async () => {
    expect(await unfinished(stage, isUp)).toEqual({ orders: [], runtimes: [] });
  });

  test('a runtime whose money went back is stopped, and taken down when that is asked', async () => {
    const at = await subject(4);
    const suspended = await suspend(stage, at);
    expect([suspended['status'], factsOf(suspended).takedown.state]).toEqual([
      'suspended',
      'stopped',
    ]);
    expect(servingAgents(stage)).not.toContain(at.runtimeId);
    expect((await remove(stage, at))['status']).toBe('deleted');
    const stacks = await composes(stage);
    expect(stacks.map(({ name }) => name)).not.toContain(composeName(at.runtimeId));
    const slots = await listAll(stage, 'slots');
    expect(of(slots, 'runtimeId')).toEqual(runtimesOf(stacks));
  });

  test('a runtime is renewed, forgotten, paid again, and gone, each step once', async () => {
    const scene = { stage, at: await subject(2) };
    const kinds = async () => of(await noticesOf(scene), 'kind');
    await comeToTheEnd(scene);
    expect(of(await renewalsOf(scene), 'state')).toEqual(['awaiting_payment']);
    expect(await kinds()).toContain('renewal_due');
    await goUnpaid(scene);
    expect(await runtimeOf(scene)).toMatchObject({ desired: 'suspended', suspendedFor: 'unpaid' });
    const orderId = await payAgain(scene);
    const paid = await runtimeOf(scene);
    expect(paid).toMatchObject({ desired: 'running', suspendedFor: null });
    const own = (row: AnyRow): readonly Period[] =>
      periods.parse(JSON.parse(String(row['periods']))).filter((each) => each.orderId === orderId);
    expect(own(paid)).toMatchObject([{ withdrawn: false }]);
    await giveBack(scene, orderId);
    expect(own(await runtimeOf(scene))).toMatchObject([{ withdrawn: true }]);
    await beForgotten(scene);
    expect(await runtimeOf(scene)).toMatchObject({ desired: 'deleted' });
    const open = (await renewalsOf(scene)).filter(({ payUrl }) => payUrl !== null);
    expect(of(open, 'state').filter((state) => state === 'awaiting_payment')).toEqual([]);
    expect(new Set(await kinds())).toEqual(new Set(told));
  });

  test('a plan grows with its payment, shrinks with its refund, and changes with its term', async () => {
    const scene = { stage, at: await subject(1) };
    const planOf = async () => {
      const { planKey, planChanges } = await runtimeOf(scene);
      const made = planChanged.parse(
        typeof planChanges === 'string' ? JSON.parse(planChanges) : [],
      );
      return [planKey, made.map(({ withdrawn }) => withdrawn)];
    };
    const before = factsOf(await runtimeOf(scene)).deployment;
    const orderId = await growLarger(scene);
    expect(await planOf()).toEqual(['plus', [false]]);
    await shrinkAgain(scene, orderId);
    expect(await planOf()).toEqual(['basic', [true]]);
    await comeIntoAnotherPlan(scene, 'plus');
    expect(await planOf()).toEqual(['plus', [true]]);
    const larger = async () => factsOf(await runtimeOf(scene)).deployment;
    await sweepUntil(stage, 'deployed with more memory', async () => {
      const { status, configHash } = await larger();
      return status === 'done' && configHash !== before.configHash;
    });
    expect((await larger()).attempt).toBeGreaterThan(before.attempt);
  });

  test('people come into a workspace and go, once, and nothing is left to do', async () => {
    const { owner } = await subject(0);
    const { roles, expected, sees, due } = await comeAndGo(stage, owner);
    expect(roles).toEqual(expected);
    expect(sees).toEqual([true, false]);
    expect(due).toBe(0);
    expect(await listAll(stage, 'leases')).toEqual([]);
    const before = await picture(stage);
    expect(await sweep(stage)).toBe('completed');
    expect(await picture(stage)).toEqual(before);
  });

  test('money goes back once, or a person is asked', async () => {
    const played = await playMoney(stage, dice);
    expect(played.map(({ name, came }) => ({ name, came }))).toEqual(
      played.map(({ name, ends }) => ({ name, came: ends })),
    );
  });

  test('of the fifty payments one went back, which was asked for', async () => {
    const { requests } = await lookIntoPayApp(stage.product);
    const fifty = new Set(purchases.map(({ orderId }) => orderId));
    const own = requests.filter(({ var1 }) => fifty.has(var1));
    const count = (wanted: string): number => own.filter(({ status }) => status === wanted).length;
    expect([count('paid'), count('refunded')]).toEqual([orderCount - 1, 1]);
  });
});

test('every planned death happened', () => {
  expect(namesOf(amongFifty()).filter((each) => !stage.kills.names().has(each))).toEqual([]);
});
