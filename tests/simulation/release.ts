/**
 * A newer OpenClaw in some worlds: an operator gives the first ring a target and may call what runs
 * unsafe at once. It works, or nothing works on it until its maker
 * has mended it. Afterwards each runtime runs one version, the one
 * its row says; nobody is called ready below the floor; whoever could not be updated is told of.
 */
import { writeRelease } from '#app/updates/releases.ts';
import { isBelow } from '#core/update/version.ts';
import type { Stored } from '#ports/store.ts';
import { readJson } from '#schemas/record/json.ts';
import { noRelease, release as releaseSchema, releaseRow } from '#schemas/record/update.ts';
import type { Release } from '#schemas/record/update.ts';
import type { Functions } from './functions.ts';
import type { Stack } from './volumes.ts';

type Runtime = Pick<
  Stored<'runtimes'>,
  'id' | 'status' | 'openclawImage' | 'openclawVersion' | 'updateState'
>;

export const oldVersion = '2026.9.6';
const newVersion = '2026.9.7';
export const imageOf = (version: string): string => `ghcr.io/openclaw/openclaw:${version}`;
const image = imageOf(newVersion);

/** What a compose file brings up. */
export const stackIn = (file: string): Stack => ({
  image: /  openclaw:\n    image: "([^"]+)"/.exec(file)?.[1] ?? '',
  stateOrder: /STATE_ORDER: "([^"]+)"/.exec(file)?.[1] ?? null,
  hasGateway: /^ {2}openclaw:$/m.test(file),
});

/** A digest is the old one's. */
export const versionIn = (reference: string): string =>
  /:(\d{4}\.\d+\.\d+)$/.exec(reference)?.[1] ?? oldVersion;

export const giveOut = (functions: Functions): void => {
  const { world, machines } = functions;
  const { random } = world;
  // Found by each runtime's own minute.
  machines.drifted = true;
  machines.brokenVersion = random.chance(0.4) ? newVersion : null;
  const setAt = new Date(world.nowMs).toISOString();
  const canary = { image, version: newVersion, setAt, noticeHours: 0, soakMinutes: 0 };
  const floor = { version: newVersion, raisedAt: setAt, graceHours: 0 };
  const wanted = releaseSchema.parse({ canary, half: canary, all: canary, floor });
  world.note('release', `${newVersion} ${machines.brokenVersion === null ? 'works' : 'is broken'}`);
  void functions.command('release', async ({ store }) => {
    await writeRelease(store, () => wanted);
    // As the first ring is woken; with the write lost, its own minute comes.
    const rows = await store.list('runtimes', { where: { desired: 'running' }, limit: 100 });
    for (const { id, version } of rows) {
      await store.update('runtimes', { id, version }, { updateDueAt: setAt });
    }
  });
};

export const releaseIn = ({ world }: Functions): Release =>
  readJson(releaseSchema, world.rows.get('settings', releaseRow)?.value ?? null, noRelease);

/** At every write that says `ready`. */
export const checkReady = (functions: Functions, row: Runtime): void => {
  const { floor } = releaseIn(functions);
  if (floor === null) return;
  const { world, machines } = functions;
  const running = machines.running(row.id);
  const isOld = running !== null && isBelow(versionIn(running.image), floor.version);
  const isLate = world.nowMs > machines.floorSeenByMs(Date.parse(floor.raisedAt));
  if (isOld && isLate) world.violate(17, `runtime ${row.id} is ready below the floor`);
};

/** What was just paid for begins with nothing that is not handed over any more. */
export const checkBorn = (functions: Functions, row: Runtime): void => {
  const { floor } = releaseIn(functions);
  const { world, machines } = functions;
  if (floor === null || world.nowMs <= machines.floorSeenByMs(Date.parse(floor.raisedAt))) return;
  if (row.openclawVersion === null || isBelow(row.openclawVersion, floor.version)) {
    world.violate(17, `runtime ${row.id} was opened below the floor`);
  }
};

/** What it runs is changed by the steps of an update alone, whatever the installation names. */
export const checkPin = ({ world }: Functions, was: Runtime | undefined, is: Runtime): void => {
  if (was === undefined) return;
  if (was.updateState !== is.updateState) {
    if (is.updateState === 'done') world.seen.add('updated');
    if (is.updateState === 'rolled_back') world.seen.add('update_taken_back');
  }
  if (was.openclawImage === null) return;
  if (is.openclawImage === was.openclawImage) return;
  const isStep = is.updateState === 'applying' || is.updateState === 'returning';
  if (!isStep || is.updateState === was.updateState) {
    world.violate(17, `runtime ${is.id} was moved to another image by no update`);
  }
};

/** Once nothing is due any more, for one that runs. */
export const checkVersion = (functions: Functions, row: Runtime): void => {
  const { world, machines } = functions;
  const running = machines.running(row.id);
  if (running === null) return;
  if (running.image !== row.openclawImage) {
    const meant = String(row.openclawImage);
    world.violate(17, `runtime ${row.id} runs ${running.image}, its row says ${meant}`);
  }
  if (row.updateState === 'applying' || row.updateState === 'returning') {
    world.violate(17, `the update of ${row.id} has no end`);
  }
  if (isBelowFloor(functions, row) && row.status === 'ready') {
    world.violate(17, `runtime ${row.id} is ready below the floor`);
  }
};

const isBelowFloor = (functions: Functions, { id }: Runtime): boolean => {
  const running = functions.machines.running(id);
  const floor = releaseIn(functions).floor?.version ?? null;
  return running !== null && isBelow(versionIn(running.image), floor);
};

/** Runs what is not handed over any more, since its update went back; a person knows. */
export const isLeftOld = (functions: Functions, row: Runtime): boolean =>
  isBelowFloor(functions, row) && isKnownOld(functions, row);

/** Left below the floor: a person knows, of it or of its ring. */
export const isKnownOld = ({ world }: Functions, row: Runtime): boolean =>
  world.rows.all('tasks').some(({ kind, subjectId }) => ofRings.has(kind) || subjectId === row.id);

const ofRings: ReadonlySet<string> = new Set(['update_ring_stopped', 'update_ring_waits']);
