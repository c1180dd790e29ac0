/** What is deleted is looked for, and only what was seen is written on its receipt. */
import { beforeEach, describe, expect, test } from 'vitest';
import { actOnRuntime } from '#app/operator/runtimes/act.ts';
import { deletionOf } from '#app/runtimes/deletion.ts';
import { brokenAt } from '#app/timeline/append.ts';
import type { DeletionReceipt } from '#schemas/contract/deletion.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import { PowerCut } from '#tests/support/departures.ts';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import { reconcileRuntime } from './reconcile-runtime.ts';

const runtimeId = 'a1';
let fleet: Fleet;

const begin = async (): Promise<void> => {
  fleet = await makeFleet({ slots: 2 });
  await fleet.open(runtimeId);
  await fleet.sweepUntil(runtimeId, 'auth_required');
};
beforeEach(begin);

const asked = { reason: 'customer', askedBy: 'u1', askedAt: '2026-11-20T00:00:00.000Z' };
const doom = () =>
  fleet.command(runtimeId, { desired: 'deleted', deletion: JSON.stringify(asked) });
const row = () => fleet.row(runtimeId);
const problem = () => readJson(factsSchema, row().facts, noFacts).removal.problem;
const receipt = (): DeletionReceipt => deletionOf(row())?.receipt ?? expect.fail('no receipt');
const proofs = () => Object.fromEntries(receipt().lines.map(({ what, proof }) => [what, proof]));
const declare = async () => {
  const { revision } = row();
  const body = { runtimeId, revision, action: 'declare_gone', reason: 'burnt' } as const;
  const sure = { ...body, confirmation: runtimeId, dryRun: false };
  const answer = await actOnRuntime({ ...fleet.deps, deployer: () => fleet.deployer }, 'op', sure);
  return answer.ok ? 'ok' : answer.error.code;
};
const all = {
  service: 'gone',
  containers: 'not_listed',
  volumes: 'not_listed',
  backups: 'with_volumes',
  copies: 'with_volumes',
  route: 'other_answer',
  slot: 'given_back',
};

/** Long enough for a person to have been told. */
const tryForHours = async (): Promise<void> => {
  for (let quarter = 0; quarter < 24; quarter += 1) {
    fleet.clock.advance(15 * 60_000);
    await reconcileRuntime(fleet.deps, runtimeId);
  }
};

/** What must hold of every end. */
const checkGone = (): void => {
  expect(row().status).toBe('deleted');
  expect(fleet.slots()).toEqual([]);
  const history = fleet.store.rows('timeline').filter(({ subjectId }) => subjectId === runtimeId);
  expect(brokenAt(fleet.deps.ids, history)).toBeNull();
  const told = history.filter(({ kind }) => kind === 'deletion_receipt');
  const digest = fleet.deps.ids.sha256Hex(JSON.stringify(receipt()));
  expect(told.map(({ detail }) => (JSON.parse(detail) as { key: string }).key)).toEqual([digest]);
};

test('everything is looked for, and the receipt says what was seen', async () => {
  await doom();
  await fleet.sweepUntil(runtimeId, 'deleted');
  checkGone();
  expect(proofs()).toEqual(all);
  expect(receipt()).toMatchObject({ runtimeId, ...asked, backups: 0, declaredBy: null });
  expect(JSON.stringify(receipt())).not.toContain('run.example');
});

test('whatever call was the last one, it ends with one receipt', async () => {
  for (let calls = 1; ; calls += 1) {
    await begin();
    await doom();
    const cut = new PowerCut(calls);
    const { store, deployer, agent } = fleet.deps;
    const dying = {
      ...fleet.deps,
      ...{ store: cut.wire(store), deployer: cut.wire(deployer), agent: cut.wire(agent) },
    };
    await reconcileRuntime(dying, runtimeId).catch(() => 'died');
    // A lease that nobody gives back runs out.
    fleet.clock.advance(10 * 60_000);
    await fleet.sweepUntil(runtimeId, 'deleted');
    checkGone();
    if (!cut.happened) return;
  }
});

describe('no receipt', () => {
  test.each(['everything', 'volumes'] as const)('while %s is left on its server', async (left) => {
    fleet.deployer.remaining.leaves.push(left);
    await doom();
    await tryForHours();
    expect(row().status).toBe('deleting');
    expect(problem()).toBe(left === 'volumes' ? 'volumes_left' : 'containers_left');
    expect(fleet.slots()).toHaveLength(1);
    expect(fleet.tasks()).toEqual(['deletion_unproven']);
    fleet.deployer.remaining.left.clear();
    await fleet.sweepUntil(runtimeId, 'deleted');
    checkGone();
    expect(proofs()).toEqual(all);
  });

  test('while its server cannot be reached, though it lists nothing', async () => {
    await fleet.command(runtimeId, { desired: 'suspended' });
    await fleet.settle(runtimeId);
    await doom();
    const remove = fleet.deployer.remove.bind(fleet.deployer);
    // The machine goes away right after the delete was asked for: 200, and nobody knows.
    fleet.deployer.remove = async (composeId) => {
      const outcome = await remove(composeId);
      fleet.deployer.lostServers.add(null);
      return outcome;
    };
    await tryForHours();
    expect([row().status, problem()]).toEqual(['deleting', 'server_unreachable']);
    expect(fleet.tasks()).toContain('deletion_unproven');
    fleet.deployer.lostServers.clear();
    await fleet.sweepUntil(runtimeId, 'deleted');
    expect(proofs()).toEqual(all);
  });

  test('while something of ours answers at its address', async () => {
    fleet.agent.answersStill = true;
    await doom();
    await tryForHours();
    expect([row().status, problem()]).toEqual(['deleting', 'still_answers']);
    fleet.agent.answersStill = false;
    await fleet.sweepUntil(runtimeId, 'deleted');
    checkGone();
  });
});

describe('it never claims more than was seen', () => {
  test('of volumes that this deployer does not show', async () => {
    fleet.deployer.remaining.hidesVolumes = true;
    await doom();
    await fleet.sweepUntil(runtimeId, 'deleted');
    expect(proofs()).toEqual({ ...all, volumes: 'not_shown' });
  });

  test('of what an operator answers for, who stands in it', async () => {
    fleet.deployer.remaining.leaves.push('everything');
    expect(await declare()).toBe('action_not_possible');
    await doom();
    await tryForHours();
    expect(await declare()).toBe('ok');
    await fleet.sweepUntil(runtimeId, 'deleted');
    checkGone();
    expect(proofs()).toEqual({ ...all, containers: 'declared', volumes: 'declared' });
    expect(receipt().declaredBy).toBe('op');
    expect(await declare()).toBe('action_not_possible');
  });

  test('of a service that somebody deleted before: only a person can say', async () => {
    await fleet.command(runtimeId, { desired: 'suspended' });
    await fleet.settle(runtimeId);
    fleet.deployer.composes.clear();
    await doom();
    await tryForHours();
    expect([row().status, problem()]).toEqual(['deleting', 'service_unknown']);
    expect(await declare()).toBe('ok');
    await fleet.sweepUntil(runtimeId, 'deleted');
    expect(proofs()).toMatchObject({ service: 'gone', volumes: 'declared' });
  });

  test('of a service that we never deployed: somebody may have done so by hand', async () => {
    const early = await makeFleet({ slots: 2 });
    early.deployer.configure = () => Promise.resolve({ kind: 'refused', code: 'failed' });
    await early.open('b2');
    await reconcileRuntime(early.deps, 'b2');
    expect(early.deployer.composes.size).toBe(1);
    early.deployer.remaining.leaves.push('volumes');
    await early.command('b2', { desired: 'deleted' });
    for (let quarter = 0; quarter < 8; quarter += 1) {
      early.clock.advance(15 * 60_000);
      await reconcileRuntime(early.deps, 'b2');
    }
    expect(early.row('b2').status).toBe('deleting');
    early.deployer.remaining.left.clear();
    await early.sweepUntil('b2', 'deleted');
    const { receipt: written } = deletionOf(early.row('b2')) ?? expect.fail();
    const lines = Object.fromEntries((written?.lines ?? []).map((one) => [one.what, one.proof]));
    expect(lines).toMatchObject({ containers: 'not_listed', volumes: 'not_listed' });
  });

  test('of what never ran', async () => {
    const early = await makeFleet({ slots: 2 });
    await early.open('b2');
    await early.command('b2', { desired: 'deleted' });
    await early.sweepUntil('b2', 'deleted');
    const { receipt: written } = deletionOf(early.row('b2')) ?? expect.fail();
    const lines = Object.fromEntries((written?.lines ?? []).map((one) => [one.what, one.proof]));
    const never = ['containers', 'volumes', 'backups', 'copies', 'slot'];
    for (const what of never) expect([what, lines[what]]).toEqual([what, 'never_made']);
    expect(written?.reason).toBe('operator');
  });
});

test('what is deleted is not looked at again, whatever makes it due', async () => {
  await doom();
  await fleet.sweepUntil(runtimeId, 'deleted');
  const before = JSON.stringify({ ...row(), version: 0, nextCheckAt: null, revision: 0 });
  await fleet.command(runtimeId);
  expect(await reconcileRuntime(fleet.deps, runtimeId)).toBe('settled');
  expect(JSON.stringify({ ...row(), version: 0, nextCheckAt: null, revision: 0 })).toBe(before);
});
