import { beforeEach, describe, expect, test } from 'vitest';
import { readRelease, updateOf } from '#app/updates/releases.ts';
import { settleUpdate } from '#app/updates/settle-update.ts';
import { setTarget as targetContract } from '#schemas/contract/operator-updates.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import { actOnRuntime } from '../runtimes/act.ts';
import type { RuntimeAction } from '#schemas/contract/operator-runtimes.ts';
import { chooseRing, haltRing, raiseFloor, setTarget } from './change.ts';
import type { UpdatesDeps } from './change.ts';
import { showUpdates } from './show.ts';

const runtimeId = 'rt1';
let fleet: Fleet;
let deps: UpdatesDeps;

beforeEach(async () => {
  fleet = await makeFleet();
  await fleet.open(runtimeId);
  await fleet.command(runtimeId, { ring: 'canary', openclawImage: 'openclaw:2026.9.5' });
  await fleet.sweepUntil(runtimeId, 'auth_required');
  deps = { ...fleet.deps, own: { image: 'openclaw:2026.9.5', floor: '2026.5.18' } };
});

const reason = 'security release';
const image = (version: string): string => `openclaw:${version}`;
const now = (): string => fleet.clock.now().toISOString();
const target = (version: string, changes: object = {}) => {
  const rest = { noticeHours: 24, soakMinutes: 60, reason, dryRun: false };
  const body = { ring: 'canary', image: image(version), version, ...rest, ...changes } as const;
  return setTarget(deps, 'ops', body);
};
const floor = (version: string, dryRun = false) =>
  raiseFloor(deps, 'ops', { version, graceHours: 48, reason, dryRun });
const halt = (action: 'stop' | 'resume', dryRun = false) =>
  haltRing(deps, 'ops', { ring: 'canary', action, reason, dryRun });
const codeOf = async (answer: Promise<{ ok: boolean; error?: { code: string } }>) =>
  (await answer).error?.code ?? 'ok';
const audits = () =>
  fleet.store
    .rows('timeline')
    .filter(({ subjectId }) => subjectId.startsWith('audit-'))
    .map(({ kind, actor }) => [kind, actor]);
const shown = async () => {
  const answer = await showUpdates(deps);
  if (!answer.ok) throw new Error(answer.error.code);
  return answer.value;
};

describe('a target', () => {
  test('is told in a dry run, and nothing is written', async () => {
    const { writes } = fleet.store;
    expect(await target('2026.9.6', { dryRun: true })).toMatchObject({ value: { affected: 1 } });
    expect([fleet.store.writes, audits()]).toEqual([writes, []]);
  });

  test('is set with its reason, and the first ring is looked at at once', async () => {
    expect(await codeOf(target('2026.9.6'))).toBe('ok');
    expect((await readRelease(fleet.store)).canary).toMatchObject({ version: '2026.9.6' });
    expect(audits()).toEqual([['operator.set_target', 'ops']]);
    expect(fleet.row(runtimeId).updateDueAt).not.toBeNull();
  });

  test('never goes back', async () => {
    await target('2026.9.6');
    expect(await codeOf(target('2026.9.5'))).toBe('version_too_old');
    expect(await codeOf(target('2026.4.1', { ring: 'all' }))).toBe('version_too_old');
  });

  test.each(['', ' ', 'a b', 'x"\\ny', '${HOME}', 'a'.repeat(201)])('is no image: %s', (text) => {
    const body = { ring: 'canary', image: text, version: '2026.9.6', reason };
    expect(targetContract.body.safeParse(body).success).toBe(false);
  });
});

describe('the floor', () => {
  test('is not raised above what the first ring is to run', async () => {
    expect(await codeOf(floor('2026.9.6'))).toBe('floor_above_target');
    await target('2026.9.6');
    expect(await floor('2026.9.6', true)).toMatchObject({ value: { affected: 1 } });
    expect(await codeOf(floor('2026.9.6'))).toBe('ok');
    expect(await codeOf(floor('2026.9.5'))).toBe('version_too_old');
    expect((await shown()).floor).toMatchObject({ version: '2026.9.6', below: 1 });
    // Everybody goes there, each ring with a proof of its own.
    const { half, all } = await readRelease(fleet.store);
    expect([half, all]).toMatchObject([
      { version: '2026.9.6', provenAt: null },
      { version: '2026.9.6', provenAt: null },
    ]);
  });
});

describe('a ring', () => {
  test('is stopped and goes on', async () => {
    expect(await codeOf(halt('stop'))).toBe('action_not_possible');
    await target('2026.9.6');
    await halt('stop');
    expect((await shown()).rings[0]).toMatchObject({ ring: 'canary', halt: 'stopped_by_operator' });
    await halt('resume');
    expect((await shown()).rings[0]).toMatchObject({ halt: 'none', members: 1 });
    expect((await readRelease(fleet.store)).canary?.resumedAt).not.toBeNull();
  });

  test('waits for the one before it', async () => {
    await target('2026.9.6');
    await target('2026.9.6', { ring: 'half' });
    expect((await shown()).rings.map(({ halt: why }) => why)).toEqual([
      'none',
      'waits_for_earlier_ring',
      'no_target',
    ]);
  });

  test('is chosen for a runtime', async () => {
    const choose = (ring: 'half' | null, dryRun: boolean) =>
      chooseRing(deps, 'ops', { runtimeId, ring, reason, dryRun });
    expect(await choose('half', true)).toMatchObject({ value: { ring: 'half' } });
    expect(fleet.row(runtimeId).ring).toBe('canary');
    expect(await codeOf(choose('half', false))).toBe('ok');
    expect(fleet.row(runtimeId).ring).toBe('half');
    await choose(null, false);
    expect(fleet.row(runtimeId).ring).toBeNull();
  });
});

describe('one runtime', () => {
  const act = (action: RuntimeAction, dryRun = false) => {
    const { revision } = fleet.row(runtimeId);
    const body = { runtimeId, revision, action, reason, dryRun };
    return codeOf(actOnRuntime({ ...deps, deployer: () => fleet.deployer }, 'ops', body));
  };
  const update = (changes: object = {}) =>
    JSON.stringify({
      updateId: 'a1b2c3d4e5f6',
      why: 'target',
      from: { image: image('2026.9.5'), version: '2026.9.5' },
      to: { image: image('2026.9.6'), version: '2026.9.6' },
      earliestAt: '2026-11-23T09:00:00.000Z',
      startsAt: '2026-11-24T19:00:00.000Z',
      latestAt: null,
      ...changes,
    });

  test('is updated at once, without waiting for its hour', async () => {
    expect(await act('update_now')).toBe('action_not_possible');
    await fleet.command(runtimeId, { updateState: 'planned', update: update() });
    expect(await act('update_now')).toBe('ok');
    const row = fleet.row(runtimeId);
    expect(updateOf(row)).toMatchObject({ why: 'operator', startedAt: null });
    expect(updateOf(row)?.updateId).not.toBe('a1b2c3d4e5f6');
    expect(row.updateState).toBe('planned');
  });

  test('counts as failed in its ring, too, when it was stopped afterwards', async () => {
    await target('2026.9.6');
    const endedAt = new Date(fleet.clock.now().getTime() + 1_000).toISOString();
    const back = { updateState: 'rolled_back', update: update({ endedAt }) } as const;
    await fleet.command(runtimeId, { ...back, desired: 'suspended' });
    const shown = await showUpdates(deps);
    expect(shown.ok && shown.value.rings[0]).toMatchObject({ members: 0, failed: 1 });
  });

  test('is neither updated nor taken back beside a backup that is brought back', async () => {
    const known = readJson(factsSchema, fleet.row(runtimeId).facts, noFacts);
    const report = {
      restoreId: 'r1ab',
      backupId: 'day-1',
      code: 'swapped',
      problem: null,
      atMs: 1,
    };
    const restore = { ...known.restore, report };
    const standing = { facts: JSON.stringify({ ...known, restore }), update: update() };
    await fleet.command(runtimeId, { ...standing, updateState: 'planned' });
    expect(await act('update_now')).toBe('restart_busy');
    await fleet.command(runtimeId, { updateState: 'applying' });
    expect(await act('roll_back')).toBe('restart_busy');
    // One that was begun before waits for its end.
    const forced = update({ why: 'operator' });
    await fleet.command(runtimeId, { updateState: 'planned', update: forced, updateDueAt: now() });
    await settleUpdate(fleet.deps, runtimeId);
    expect(fleet.row(runtimeId).updateState).toBe('planned');
    const facts = JSON.stringify({ ...known, restore: noFacts.restore });
    await fleet.command(runtimeId, { facts, updateDueAt: now() });
    await settleUpdate(fleet.deps, runtimeId);
    expect(fleet.row(runtimeId).updateState).toBe('applying');
  });

  test('is taken back as long as its copy is kept', async () => {
    const endedAt = fleet.clock.now().toISOString();
    await fleet.command(runtimeId, { updateState: 'done', update: update({ endedAt }) });
    expect(await act('roll_back', true)).toBe('ok');
    fleet.clock.advance(3 * 24 * 60 * 60_000);
    expect(await act('roll_back')).toBe('action_not_possible');
    fleet.clock.advance(-3 * 24 * 60 * 60_000);
    expect(await act('roll_back')).toBe('ok');
    const row = fleet.row(runtimeId);
    expect(row).toMatchObject({ updateState: 'returning', openclawImage: image('2026.9.5') });
    expect(row.stateOrder).toBe('restore:a1b2c3d4e5f6');
    expect(updateOf(row)).toMatchObject({ failure: 'by_operator', endedAt: null });
  });
});
