import { beforeEach, describe, expect, test } from 'vitest';
import type { Deployer, DeployerOutcome } from '#ports/runtime.ts';
import type { RuntimeAction } from '#schemas/contract/operator-runtimes.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { bringUp, paidOrder, workspaceOf } from '#tests/support/shop.ts';
import type { World } from '#tests/support/world.ts';
import { makeWorld } from '#tests/support/world.ts';
import { actOnRuntime } from './act.ts';
import { readDeploymentLog, showRuntime } from './show.ts';

let world: World;
let runtimeId: string;
let orderId: string;
/** What was asked of Dokploy, in order. */
let asked: string[];
let stopping: DeployerOutcome<{ state: 'stopped' | 'still_running' }>;

const ok = <T>(value: T) => ({ kind: 'ok' as const, value });
const deployment = {
  deploymentId: 'dep-1',
  title: 'r:1',
  status: 'error' as const,
  createdAt: '2026-11-23T09:00:00.000Z',
  finishedAt: null,
  logPath: '/logs/1',
};
const deployer: Pick<
  Deployer,
  'stop' | 'start' | 'composeStatus' | 'recentDeployments' | 'failureLog'
> = {
  stop: async (composeId) => {
    asked.push(`stop ${composeId}`);
    return Promise.resolve(stopping);
  },
  start: async (composeId) => {
    asked.push(`start ${composeId}`);
    return Promise.resolve(ok(null));
  },
  composeStatus: async () => Promise.resolve(ok({ name: 'rt-1', composeStatus: 'done' })),
  recentDeployments: async () => Promise.resolve(ok([deployment])),
  failureLog: async (_, title) => Promise.resolve(ok(`end of ${title}`)),
};

const runtime = async () => (await world.store.get('runtimes', runtimeId)) ?? expect.fail();
const known: Facts = {
  ...noFacts,
  compose: { ...noFacts.compose, composeId: 'c1' },
  deployment: { ...noFacts.deployment, status: 'done', title: 'r:1', attempt: 1 },
};

beforeEach(async () => {
  world = makeWorld();
  asked = [];
  stopping = ok({ state: 'stopped' });
  ({ runtimeId, orderId } = await paidOrder(world, await workspaceOf(world)));
  await bringUp(world, runtimeId, {
    status: 'auth_required',
    facts: JSON.stringify(known),
    failures: 5,
    nextCheckAt: '2026-11-24T00:00:00.000Z',
  });
});

const act = async (action: RuntimeAction, more: object = {}) => {
  const { revision } = await runtime();
  const body = { runtimeId, revision, action, reason: 'customer asked', dryRun: false, ...more };
  return actOnRuntime({ ...world, deployer: () => deployer }, 'ops', body);
};
const codeOf = async (answer: Promise<{ ok: boolean; error?: { code: string } }>) =>
  (await answer).error?.code ?? 'ok';
const audits = () =>
  world.store
    .rows('timeline')
    .filter(({ subjectId }) => subjectId === `audit-${runtimeId}`)
    .map(({ kind, actor, detail }) => [
      kind,
      actor,
      (JSON.parse(detail) as { reason: string }).reason,
    ]);

const actions = ['retry', 'redeploy', 'restart', 'suspend'] as const;

describe.each(actions)('%s', (action) => {
  test('tells in a dry run what it will do, and writes and asks nothing', async () => {
    const { writes } = world.store;
    const told = await act(action, { dryRun: true });
    expect(told).toMatchObject({ ok: true, value: { dryRun: true } });
    expect(told.ok && told.value.effects.length).toBeGreaterThan(1);
    expect([world.store.writes, asked]).toEqual([writes, []]);
  });

  test('makes the runtime due without a pause, and leaves who, what and why', async () => {
    const before = await runtime();
    expect(await codeOf(act(action))).toBe('ok');
    expect(await runtime()).toMatchObject({
      failures: 0,
      revision: before.revision + 1,
      nextCheckAt: world.clock.now().toISOString(),
    });
    expect(audits()).toEqual([[`operator.${action}`, 'ops', 'customer asked']]);
    expect(world.store.readersOf('timeline', `audit-${runtimeId}.1`)).toBe('functions');
  });

  test('is refused on an older revision', async () => {
    expect(await codeOf(act(action, { revision: 0 }))).toBe('stale_revision');
    expect(audits()).toEqual([]);
  });
});

test('a redeployment is one more attempt of the reconciler, of the same files', async () => {
  await act('redeploy');
  const { deployment: left } = readJson(factsSchema, (await runtime()).facts, noFacts);
  expect(left).toMatchObject({ status: 'lost', attempt: 1 });
  expect(await codeOf(act('restart'))).toBe('action_not_possible');
});

describe('a restart', () => {
  test('stops, then starts', async () => {
    await act('restart');
    expect(asked).toEqual(['stop c1', 'start c1']);
  });

  test('that Dokploy does not hear is told, and starts nothing', async () => {
    stopping = { kind: 'unknown' };
    expect(await codeOf(act('restart'))).toBe('deployer_unreachable');
    expect(asked).toEqual(['stop c1']);
  });
});

describe('days that are given', () => {
  test('begin where the paid time ends, and are audited', async () => {
    const { paidUntil } = await runtime();
    expect(await codeOf(act('give_time', { days: 5 }))).toBe('ok');
    const givenMs = Date.parse((await runtime()).paidUntil) - Date.parse(paidUntil);
    expect(givenMs).toBe(5 * 24 * 60 * 60_000);
    expect(audits()).toEqual([['operator.give_time', 'ops', 'customer asked']]);
  });

  test('start a runtime that stood still for want of money', async () => {
    const ended = { paidUntil: '2026-11-01T00:00:00.000Z', desired: 'suspended' } as const;
    await bringUp(world, runtimeId, { ...ended, suspendedFor: 'unpaid' });
    expect(await codeOf(act('resume'))).toBe('runtime_not_paid');
    expect(await codeOf(act('give_time', { days: 2 }))).toBe('ok');
    expect(await runtime()).toMatchObject({ desired: 'running', suspendedFor: null });
  });

  test('are not given without their number', async () => {
    expect(await codeOf(act('give_time'))).toBe('body_invalid');
    expect(audits()).toEqual([]);
  });
});

test('a paid runtime is suspended and resumed, and no money moves', async () => {
  expect(await act('suspend')).toMatchObject({
    value: { effects: expect.arrayContaining(['order_keeps_money', 'promise_runs_on']) as unknown },
  });
  expect(await codeOf(act('suspend'))).toBe('action_not_possible');
  expect((await runtime()).desired).toBe('suspended');
  expect(await codeOf(act('delete', { confirmation: runtimeId }))).toBe('runtime_paid');
  expect(await codeOf(act('resume'))).toBe('ok');
  expect((await runtime()).desired).toBe('running');
  expect((await world.store.get('orders', orderId))?.state).toBe('fulfilled');
  expect(world.payments.refundCalls).toEqual([]);
});

test('one nobody pays for is not resumed, and goes only when it is named again', async () => {
  await act('suspend');
  const order = (await world.store.get('orders', orderId)) ?? expect.fail();
  await world.store.update('orders', order, { state: 'refunded' });
  expect(await codeOf(act('resume'))).toBe('runtime_not_paid');
  expect(await codeOf(act('delete'))).toBe('confirmation_mismatch');
  expect(await codeOf(act('delete', { confirmation: 'yes' }))).toBe('confirmation_mismatch');
  expect(await act('delete', { dryRun: true })).toMatchObject({
    value: { effects: expect.arrayContaining(['volumes_deleted', 'cannot_be_undone']) as unknown },
  });
  expect((await runtime()).desired).toBe('suspended');
  expect(await codeOf(act('delete', { confirmation: runtimeId }))).toBe('ok');
  expect((await runtime()).desired).toBe('deleted');
  expect(audits().map(([kind]) => kind)).toEqual(['operator.suspend', 'operator.delete']);
});

describe('a runtime that is shown', () => {
  const deps = () => ({ ...world, deployer });

  test('has its deployments, and the actions that would be taken', async () => {
    const shown = await showRuntime(deps(), { runtimeId });
    expect(shown).toMatchObject({
      value: {
        runtimeId,
        orderId,
        compose: { name: 'rt-1', status: 'done' },
        deployments: [{ deploymentId: 'dep-1', error: 'deploy_failed' }],
        possible: ['retry', 'redeploy', 'restart', 'suspend', 'give_time'],
      },
    });
    for (const action of shown.ok ? shown.value.possible : []) {
      expect(await codeOf(act(action, { dryRun: true })), action).toBe('ok');
    }
  });

  test('is shown without Dokploy’s word when that does not answer', async () => {
    const silent = {
      ...deployer,
      composeStatus: async () => Promise.resolve({ kind: 'unknown' as const }),
    };
    expect(await showRuntime({ ...deps(), deployer: silent }, { runtimeId })).toMatchObject({
      value: {
        status: 'auth_required',
        compose: { name: null, status: 'unknown' },
        deployments: [],
      },
    });
    expect(await codeOf(showRuntime(deps(), { runtimeId: 'nowhere' }))).toBe('runtime_unknown');
  });

  test('gives the log of its own deployments only', async () => {
    expect(await readDeploymentLog(deps(), { runtimeId, deploymentId: 'dep-1' })).toMatchObject({
      value: { log: 'end of r:1' },
    });
    const other = readDeploymentLog(deps(), { runtimeId, deploymentId: 'dep-2' });
    expect(await codeOf(other)).toBe('deployment_unknown');
  });
});
