import { beforeEach, describe, expect, test } from 'vitest';
import { reconcileRuntime } from '#app/reconcile/reconcile-runtime.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import type { Release, RingPin } from '#schemas/record/update.ts';
import { noRelease } from '#schemas/record/update.ts';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import { Releases, readRelease, updateOf, writeRelease } from './releases.ts';
import { settleUpdates } from './settle-updates.ts';
import type { UpdateDeps } from './settle-update.ts';

const runtimeId = 'rt1';
const image = (version: string): string => `openclaw:${version}`;
const minuteMs = 60_000;
const dayOfMinutes = 24 * 60;

let fleet: Fleet;

const pin = (version: string, changes: Partial<RingPin> = {}): RingPin => ({
  image: image(version),
  version,
  setAt: fleet.clock.now().toISOString(),
  noticeHours: 24,
  soakMinutes: 60,
  stoppedAt: null,
  resumedAt: null,
  provenAt: null,
  ...changes,
});
const release = (wanted: Partial<Release>) =>
  writeRelease(fleet.store, () => ({ ...noRelease, ...wanted }));
const row = () => fleet.row(runtimeId);
const sent = (): string[] => fleet.store.rows('messages').map(({ kind }) => kind);
const messages = (kind: string) => fleet.store.rows('messages').filter((one) => one.kind === kind);

const minute = async (deps: UpdateDeps = fleet.deps): Promise<void> => {
  await settleUpdates(deps, fleet.clock.now().getUTCMinutes());
  await reconcileRuntime(fleet.deps, runtimeId);
  fleet.clock.advance(minuteMs);
};

/** The minute sweep until this holds; bounded by two days. */
const until = async (holds: () => boolean, atMost = 2 * dayOfMinutes): Promise<void> => {
  for (let count = 0; count < atMost && !holds(); count += 1) await minute();
  expect(holds()).toBe(true);
};
const ended = (): boolean => ['done', 'rolled_back'].includes(row().updateState ?? '');

const set = async (changes: Partial<RowOf<'runtimes'>>): Promise<void> => {
  await fleet.command(runtimeId, changes);
};

/** Ready on 2026.9.5, with a login. */
beforeEach(async () => {
  fleet = await makeFleet();
  await fleet.open(runtimeId);
  await set({ ring: 'canary', openclawImage: image('2026.9.5') });
  fleet.agent.codex = 'ok';
  fleet.agent.loginId = 'login';
  await fleet.sweepUntil(runtimeId, 'running');
  await set({ smokeId: 'smoke-first', smokeNonce: 'nonce' });
  await fleet.sweepUntil(runtimeId, 'ready');
});

test('with nothing to update, the sweep writes nothing', async () => {
  await minute();
  const { writes } = fleet.store;
  for (let count = 0; count < 70; count += 1) await settleUpdates(fleet.deps, count % 60);
  expect(fleet.store.writes).toBe(writes);
});

describe('a newer target', () => {
  beforeEach(() => release({ canary: pin('2026.9.6') }));

  test('is told a day before, begins at the quiet hour, and is kept when a turn answered', async () => {
    const toldAt = fleet.clock.now().getTime();
    await until(() => row().updateState === 'applying');
    const begun = fleet.clock.now();
    expect(begun.getTime() - toldAt).toBeGreaterThanOrEqual(24 * 60 * minuteMs);
    expect(begun.getUTCHours()).toBe(19);
    expect(row().stateOrder).toMatch(/^copy:/);
    await until(ended);
    expect(row()).toMatchObject({ updateState: 'done', openclawImage: image('2026.9.6') });
    expect(updateOf(row())).toMatchObject({ proven: true, failure: null });
    await until(() => row().updateDueAt === null);
    expect(row().status).toBe('ready');
    expect(sent().filter((kind) => kind.startsWith('update'))).toEqual([
      'update_planned',
      'update_done',
    ]);
    expect(JSON.parse(row().receipt ?? '{}')).toMatchObject({ image: image('2026.9.6') });
  });

  test('is waited for while its members hold it, and begins in their own night', async () => {
    const heldMs = fleet.clock.now().getTime() + 36 * 60 * minuteMs;
    const updatesHeldUntil = new Date(heldMs).toISOString();
    await set({ updatesHeldUntil, quietHour: 3, timeZone: 'Europe/Berlin' });
    await until(() => row().updateState === 'applying', 4 * dayOfMinutes);
    const begun = fleet.clock.now();
    expect(begun.getTime()).toBeGreaterThan(heldMs);
    expect(begun.getUTCHours()).toBe(2);
  });

  test('that does not work goes back to the old image, the old state and the same login', async () => {
    fleet.agent.brokenVersion = '2026.9.6';
    await until(() => row().updateState === 'returning');
    expect(row().stateOrder).toBe(`restore:${updateOf(row())?.updateId ?? ''}`);
    await until(ended);
    expect(row()).toMatchObject({ updateState: 'rolled_back', openclawImage: image('2026.9.5') });
    expect(updateOf(row())).toMatchObject({ failure: 'verify_failed', proven: false });
    await until(() => row().updateDueAt === null);
    expect(row().status).toBe('ready');
    expect(messages('update_rolled_back')).toHaveLength(1);
    const { revision } = row();
    await until(() => fleet.clock.now().getUTCHours() === 18);
    // Not tried again by itself.
    expect(row()).toMatchObject({ revision, updateState: 'rolled_back' });
  });

  test('whose image does not come is taken back after two tries, and nothing was lost', async () => {
    await until(() => row().updateState === 'planned');
    fleet.deployer.faults.push(...Array.from({ length: 6 }, () => 'fail' as const));
    await until(ended);
    expect(updateOf(row())?.failure).toBe('deploy_failed');
  });

  test('whose turns come to nothing is taken back after four of them', async () => {
    await until(() => row().updateState === 'planned');
    fleet.agent.turnFails = 4;
    await until(ended);
    expect(updateOf(row())).toMatchObject({ failure: 'smoke_failed' });
    await until(() => row().status === 'ready');
  });

  test('waits on a disk without room, and says so before a byte is written', async () => {
    const atMs = fleet.clock.now().getTime();
    const gib = 1024 ** 3;
    const disk = { diskTotalBytes: 10 * gib, diskAvailableBytes: gib, stateBytes: gib };
    fleet.agent.usage = { atMs, memoryBytes: 1, stateAtMs: atMs, ...disk };
    await until(() => fleet.tasks().includes('update_blocked'));
    expect(row()).toMatchObject({ updateState: 'planned', stateOrder: null });
    fleet.agent.usage = { ...fleet.agent.usage, diskAvailableBytes: 9 * gib };
    await until(ended);
    expect(row().updateState).toBe('done');
  });

  test('that is withdrawn before it began is dropped', async () => {
    await until(() => row().updateState === 'planned');
    await release({});
    await until(() => row().updateState === null);
    expect(updateOf(row())).toBeNull();
  });

  test.each(['planned', 'started', 'smoke_asked', 'told', 'ended'])(
    'comes to the same end when every first run dies at update.%s',
    async (point) => {
      let deaths = 0;
      const reach = async (name: string): Promise<void> => {
        if (name !== `update.${point}` || deaths > 0) return Promise.resolve();
        deaths += 1;
        throw new Error('died');
      };
      if (point === 'smoke_asked') await until(() => row().updateState === 'planned');
      fleet.agent.turnFails = point === 'smoke_asked' ? 1 : 0;
      const dying = { ...fleet.deps, faults: { reach } };
      for (let count = 0; count < 2 * dayOfMinutes && !ended(); count += 1) await minute(dying);
      expect([row().updateState, deaths]).toEqual(['done', 1]);
      expect(messages('update_planned')).toHaveLength(1);
      expect(messages('update_done')).toHaveLength(1);
      expect(fleet.deployer.composes.size).toBe(1);
    },
  );
});

describe('a floor that is raised', () => {
  const raise = (graceHours: number) =>
    release({
      canary: pin('2026.9.6'),
      floor: {
        version: '2026.9.6',
        raisedAt: fleet.clock.now().toISOString(),
        graceHours,
      },
    });

  test('lets nobody below it be called ready, and says why, until it is updated', async () => {
    await raise(72);
    await until(() => row().status !== 'ready', 70);
    expect(row().status).toBe('degraded');
    const condition = fleet.conditions(runtimeId).find(({ type }) => type === 'supported');
    expect(condition).toMatchObject({ value: 'false', reason: 'version_below_floor' });
    await until(ended);
    await until(() => row().status === 'ready', 10);
  });

  test('ends a hold, and says by when', async () => {
    await set({ updatesHeldUntil: '2027-06-01T00:00:00.000Z' });
    const raisedMs = fleet.clock.now().getTime();
    await raise(48);
    await until(() => row().updateState === 'applying', 3 * dayOfMinutes);
    expect(fleet.clock.now().getTime() - raisedMs).toBeLessThanOrEqual(48 * 60 * minuteMs);
    const [told] = messages('update_planned');
    const latestAt = new Date(raisedMs + 48 * 60 * minuteMs).toISOString();
    expect(JSON.parse(told?.values ?? '{}')).toMatchObject({ latestAt });
  });

  test('calls for a person where the update did not work', async () => {
    fleet.agent.brokenVersion = '2026.9.6';
    await raise(0);
    await until(ended);
    await until(() => row().updateDueAt === null);
    expect(row().status).toBe('degraded');
    const condition = fleet.conditions(runtimeId).find(({ type }) => type === 'supported');
    expect(condition).toMatchObject({ reason: 'update_needed', actor: 'operator' });
    expect(fleet.tasks()).toEqual(['update_needed', 'update_ring_waits']);
  });
});

describe('a ring', () => {
  const back = async (id: string): Promise<void> => {
    await fleet.open(id);
    const update = JSON.stringify({
      updateId: id,
      why: 'target',
      from: { image: image('2026.9.5'), version: '2026.9.5' },
      to: { image: image('2026.9.6'), version: '2026.9.6' },
      earliestAt: '2026-11-23T09:00:00.000Z',
      startsAt: '2026-11-23T09:00:00.000Z',
      latestAt: null,
      endedAt: new Date(fleet.clock.now().getTime() + minuteMs).toISOString(),
    });
    await fleet.command(id, { ring: 'canary', updateState: 'rolled_back', update });
  };

  test('of which three went back begins nothing more, and a person is told once', async () => {
    await release({ canary: pin('2026.9.6') });
    for (const id of ['rt2', 'rt3', 'rt4']) await back(id);
    for (let count = 0; count < 130; count += 1) {
      await settleUpdates(fleet.deps, count % 60);
      fleet.clock.advance(minuteMs);
    }
    expect(row().updateState).toBeNull();
    expect(fleet.tasks()).toEqual(['update_ring_stopped']);
  });

  test('all of which went back keeps the next one waiting, and a person is told once', async () => {
    fleet.agent.brokenVersion = '2026.9.6';
    await release({ canary: pin('2026.9.6'), half: pin('2026.9.6') });
    await until(ended);
    await until(() => fleet.tasks().length > 0, 130);
    await set({ desired: 'suspended' });
    for (let count = 0; count < 130; count += 1) await minute();
    expect(fleet.tasks()).toEqual(['update_ring_waits']);
    expect(await new Releases(fleet.deps, image('2026.9.5')).gate('half')).toBe('closed');
  });

  test('that has shown enough is written down, and the next one may begin', async () => {
    await release({ canary: pin('2026.9.6'), half: pin('2026.9.6') });
    const gate = () => new Releases(fleet.deps, image('2026.9.5')).gate('half');
    expect(await gate()).toBe('closed');
    await until(ended);
    await until(() => row().status === 'ready');
    for (let count = 0; count < 61; count += 1) await minute();
    expect((await readRelease(fleet.store)).canary?.provenAt).not.toBeNull();
    expect(await gate()).toBe('open');
  });
});
