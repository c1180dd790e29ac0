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

type Runtime = Pick<Stored<'runtimes'>, 'id' | 'status' | 'openclawImage' | 'updateState'>;

export const oldVersion = '2026.9.6';
const newVersion = '2026.9.7';
const image = `ghcr.io/openclaw/openclaw:${newVersion}`;
/** An execution that read the floor before it was raised may still write. */
const lateMs = 6 * 60_000;

/** Version of a compose file's OpenClaw; digests are those of the old one. */
export const versionIn = (file: string): string =>
  file.includes(`"${image}"`) ? newVersion : oldVersion;

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
  const isOld = isBelow(machines.running(row.id)?.version ?? null, floor.version);
  const isLate = world.nowMs > Date.parse(floor.raisedAt) + lateMs;
  if (isOld && isLate) world.violate(17, `runtime ${row.id} is ready below the floor`);
};

/** Once nothing is due any more, for one that runs. */
export const checkVersion = (functions: Functions, row: Runtime): void => {
  const { world, machines } = functions;
  const running = machines.running(row.id);
  if (running === null) return;
  const meant = row.openclawImage === image ? newVersion : oldVersion;
  if (running.version !== meant) {
    world.violate(17, `runtime ${row.id} runs ${running.version}, its row says ${meant}`);
  }
  if (row.updateState === 'applying' || row.updateState === 'returning') {
    world.violate(17, `the update of ${row.id} has no end`);
  }
  const { floor } = releaseIn(functions);
  const isOld = isBelow(running.version, floor?.version ?? null);
  if (isOld && row.status === 'ready') {
    world.violate(17, `runtime ${row.id} is ready below the floor`);
  }
};

/** Left below the floor: a person knows, of it or of its ring. */
export const isKnownOld = ({ world }: Functions, row: Runtime): boolean =>
  world.rows
    .all('tasks')
    .some(({ kind, subjectId }) => kind === 'update_ring_stopped' || subjectId === row.id);
