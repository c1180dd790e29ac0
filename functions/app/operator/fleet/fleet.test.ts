/** All runtimes at once, and one action over several of them. */
import { beforeEach, describe, expect, test } from 'vitest';
import { actOnRuntime } from '#app/operator/runtimes/act.ts';
import type { BodyOf } from '#schemas/contract/operation.ts';
import type { actOnFleet as actOperation, FleetAction } from '#schemas/contract/operator-fleet.ts';
import { actsPerHour, graveActsPerHour } from '#schemas/contract/operator-fleet.ts';
import { noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { bringUp, paidOrder, workspaceOf } from '#tests/support/shop.ts';
import type { World } from '#tests/support/world.ts';
import { makeWorld } from '#tests/support/world.ts';
import { actOnFleet } from './act.ts';
import { readFleet } from './overview.ts';

let world: World;
let ids: string[];
let asked: string[];
const gibibyte = 1_024 ** 3;
const own = { floor: '2026.5.18' };

const known: Facts = {
  ...noFacts,
  compose: { ...noFacts.compose, composeId: 'c1' },
  deployment: { ...noFacts.deployment, status: 'done', title: 'r:1', attempt: 1 },
  agent: { ...noFacts.agent, version: '2026.9.6', gateway: 'ready' },
};
const deployer = {
  stop: (composeId: string) => {
    asked.push(composeId);
    return Promise.resolve({ kind: 'ok' as const, value: { state: 'stopped' as const } });
  },
  start: () => Promise.resolve({ kind: 'ok' as const, value: null }),
};

beforeEach(async () => {
  world = makeWorld();
  asked = [];
  ids = [];
  const workspaceId = await workspaceOf(world);
  for (const name of ['alpha', 'bravo', 'charlie']) {
    const requestKey = name.slice(0, 1).repeat(16);
    const { runtimeId } = await paidOrder(world, workspaceId, requestKey);
    ids.push(runtimeId);
    await make(runtimeId, { name, status: 'ready', receipt: '{}' });
  }
});

const make = async (
  runtimeId: string,
  row: Partial<RowOf<'runtimes'>>,
  facts: Partial<Facts> = {},
): Promise<void> => {
  await bringUp(world, runtimeId, { facts: JSON.stringify({ ...known, ...facts }), ...row });
};
const idAt = (index: number): string => ids[index] ?? expect.fail();
const look = async (body: Partial<Parameters<typeof readFleet>[1]> = {}) => {
  const read = await readFleet({ ...world, own }, { sort: 'risk', page: 0, ...body });
  return read.ok ? read.value : expect.fail();
};
const rowOf = (id: string) =>
  world.store.rows('runtimes').find((row) => row.id === id) ?? expect.fail();
const usage = (left: number, memory: number) => ({
  atMs: 1,
  memoryBytes: Math.round(memory * gibibyte),
  diskTotalBytes: 100 * gibibyte,
  diskAvailableBytes: left * gibibyte,
  stateBytes: null,
  stateAtMs: null,
});
const login = (reason: string): string =>
  JSON.stringify([
    { type: 'codex_linked', value: 'false', reason, actor: 'customer', since: '2026-11-23' },
  ]);

describe('the list', () => {
  test('tells what is at risk, worst first, and what each uses', async () => {
    await make(idAt(1), { conditions: login('login_expired') }, { usage: usage(14, 1) });
    await make(idAt(2), {}, { agent: { ...known.agent, version: '2026.5.1' } });
    const { runtimes, atRisk, versions } = await look();
    expect(runtimes.map(({ name, risks }) => [name, risks])).toEqual([
      ['charlie', ['below_floor']],
      ['bravo', ['disk_full', 'login_failing']],
      ['alpha', []],
    ]);
    expect(runtimes[1]).toMatchObject({ diskUsed: 0.86, memoryUsed: 0.5 });
    expect(atRisk).toMatchObject({ below_floor: 1, disk_full: 1, login_failing: 1, failing: 0 });
    expect(versions).toEqual([
      { version: '2026.9.6', count: 2 },
      { version: '2026.5.1', count: 1 },
    ]);
  });

  test.each([
    ['failing', { failures: 3 }, {}],
    ['failing', { status: 'degraded' }, {}],
    ['memory_full', {}, { usage: usage(90, 1.8) }],
    ['login_expiring', { conditions: login('login_expiring') }, {}],
    [
      'backup_overdue',
      {},
      { backup: { ...noFacts.backup, owedSince: '2026-11-19T09:00:00.000Z' } },
    ],
    ['term_ending', { paidUntil: '2026-11-28T09:00:00.000Z' }, {}],
    ['term_ending', { suspendedFor: 'unpaid', desired: 'suspended' }, {}],
  ] as const)('finds %s by %o %o', async (risk, row, facts) => {
    await make(idAt(0), row, facts);
    const { runtimes, found, total } = await look({ risk });
    expect(runtimes.map(({ name }) => name)).toEqual(['alpha']);
    expect([found, total]).toEqual([1, 3]);
    expect((await look({ risk: 'any' })).found).toBe(1);
  });

  test('of what stands still, nothing that does not run is at risk', async () => {
    const paused = { desired: 'suspended', status: 'suspended', suspendedFor: 'customer' } as const;
    await make(idAt(0), { ...paused, failures: 9 }, { usage: usage(1, 2) });
    expect((await look({ risk: 'any' })).found).toBe(0);
  });

  test('counts where terms stand, each runtime once', async () => {
    await make(idAt(0), { paidUntil: '2026-11-22T09:00:00.000Z' });
    await make(idAt(1), { suspendedFor: 'unpaid', desired: 'suspended', status: 'suspended' });
    const { terms } = await look();
    const none = { reminder: 0, paused: 0, stopped: 0 };
    expect(terms).toEqual({ ...none, paid: 1, grace: 1, unpaid: 1 });
  });

  test('is searched, ordered and paged; what is deleted is not in it', async () => {
    await bringUp(world, idAt(2), { desired: 'deleted', status: 'deleted' });
    expect((await look({ search: ' BRAVO ' })).runtimes.map(({ name }) => name)).toEqual(['bravo']);
    expect((await look({ sort: 'name' })).runtimes.map(({ name }) => name)).toEqual([
      'alpha',
      'bravo',
    ]);
    expect((await look({ page: 1 })).runtimes).toEqual([]);
  });
});

const act = async (action: FleetAction, more: Partial<BodyOf<typeof actOperation>> = {}) => {
  const targets = ids.map((runtimeId) => ({ runtimeId, revision: rowOf(runtimeId).revision }));
  const body = { targets, action, reason: 'rolled out', dryRun: false, ...more };
  return actOnFleet({ ...world, deployer: () => deployer }, 'ops', body);
};
const outcomes = async (asking: ReturnType<typeof act>) => {
  const answer = await asking;
  if (!answer.ok) return answer.error.code;
  return answer.value.results.map(({ outcome, code }) => code ?? outcome);
};
const audits = () =>
  world.store.rows('timeline').filter(({ kind }) => kind.startsWith('operator.'));

describe('one action over several', () => {
  test('tells in a dry run what would happen to each, and writes nothing', async () => {
    await make(idAt(1), { desired: 'suspended' });
    const { writes } = world.store;
    const told = await act('redeploy', { dryRun: true });
    expect(await outcomes(Promise.resolve(told))).toEqual([
      'would',
      'action_not_possible',
      'would',
    ]);
    expect(told.ok && told.value.results[0]?.effects).toContain('containers_made_anew');
    expect(told).toMatchObject({ value: { dryRun: true, leftThisHour: actsPerHour } });
    expect(world.store.writes).toBe(writes);
  });

  test('is done to each that it can be done to, each with its own audit entry', async () => {
    await make(idAt(1), { desired: 'suspended' });
    const done = await act('give_time', { days: 3 });
    expect(await outcomes(Promise.resolve(done))).toEqual(['done', 'done', 'done']);
    expect(done).toMatchObject({ value: { leftThisHour: actsPerHour - 3 } });
    expect(audits().map(({ subjectId, actor }) => [subjectId, actor])).toEqual(
      ids.map((id) => [`audit-${id}`, 'ops']),
    );
  });

  test('restarts by the reconciler: Dokploy is asked for nothing here', async () => {
    expect(await outcomes(act('restart'))).toEqual(['done', 'done', 'done']);
    expect(asked).toEqual([]);
    expect(new Set(ids.map((id) => rowOf(id).restartId)).size).toBe(3);
    const one = { runtimeId: idAt(0), revision: rowOf(idAt(0)).revision, reason: 'x' };
    await actOnRuntime({ ...world, deployer: () => deployer }, 'ops', {
      ...one,
      action: 'restart',
      dryRun: false,
    });
    expect(asked).toEqual(['c1']);
  });

  test('is refused to a stale revision, an unknown id, and counts a runtime named twice once', async () => {
    const fresh = { runtimeId: idAt(0), revision: rowOf(idAt(0)).revision };
    const targets = [
      fresh,
      fresh,
      { runtimeId: idAt(1), revision: 1_000 },
      { runtimeId: 'nobody', revision: 1 },
    ];
    expect(await outcomes(act('retry', { targets }))).toEqual([
      'done',
      'stale_revision',
      'runtime_unknown',
    ]);
  });

  test('that takes something away is typed, with the number that is meant', async () => {
    expect(await outcomes(act('suspend'))).toBe('confirmation_mismatch');
    expect(await outcomes(act('suspend', { confirmation: 'suspend 2' }))).toBe(
      'confirmation_mismatch',
    );
    expect(await outcomes(act('suspend', { confirmation: 'suspend 3' }))).toEqual([
      'done',
      'done',
      'done',
    ]);
    expect(await outcomes(act('delete', { confirmation: 'delete 3' }))).toEqual([
      'runtime_paid',
      'runtime_paid',
      'runtime_paid',
    ]);
    expect(await outcomes(act('give_time'))).toBe('body_invalid');
  });

  test('is limited in an hour, for all operators together', async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      await act('suspend', { confirmation: 'suspend 3' });
      await act('resume');
    }
    const last = await act('suspend', { confirmation: 'suspend 3' });
    expect(await outcomes(Promise.resolve(last))).toEqual([
      'done',
      'too_many_requests',
      'not_begun',
    ]);
    expect(last).toMatchObject({ value: { leftThisHour: 0 } });
    expect(graveActsPerHour).toBe(10);
    expect(rowOf(idAt(1)).desired).toBe('running');
    world.clock.advance(60 * 60_000);
    expect(await outcomes(act('suspend', { confirmation: 'suspend 3' }))).toEqual([
      'action_not_possible',
      'done',
      'done',
    ]);
  });
});
