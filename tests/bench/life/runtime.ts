/**
 * The life of one runtime in seconds, on the whole product with the real OpenClaw as processes, one
 * gateway at a time (a second one only where a backup is proven). It begins on an older release where
 * that can be had, is updated, and does the rest on the pinned one. What could not be measured has
 * null and its reason; minutes.
 */
import { loadavg } from 'node:os';
import { installOtherVersion, openclawVersion } from '#local/supervisor/openclaw.ts';
import { startTestProduct } from '#tests/support/product.ts';
import type { TestProduct } from '#tests/support/product.ts';
import { makeReady } from '#tests/support/ready-runtime.ts';
import { note, withStepsAside } from '../product.ts';
import { backUp, bringBack, suspendAndResume } from './day-two.ts';
import type { Backup, Standstill } from './day-two.ts';
import { median } from './subject.ts';
import type { Subject } from './subject.ts';
import { olderVersion, updateAndReturn, updateForGood, writeTargets } from './update.ts';

/** Of what takes less than a minute; medians. A member may ask for three backups an hour. */
const rounds = 3;
const backupRounds = 2;
const readyMs = 300_000;

const names = [
  ...(['suspendSeconds', 'resumeSeconds', 'updateSeconds', 'updateRolledBackSeconds'] as const),
  ...(['backupSeconds', 'backupProvenSeconds', 'restoreSeconds'] as const),
];
type Name = (typeof names)[number];
type Seconds = Readonly<Record<Name, number | null>>;

export interface RuntimeFigures extends Seconds {
  readonly openclawVersion: string;
  readonly updatedFrom: string | null;
  /** Of the last minute, when it began and when it ended. */
  readonly runtimeLoad: readonly [number, number];
  /** Why a figure is null. */
  readonly notMeasured: Partial<Readonly<Record<Name, string>>>;
}

const sayOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
const load = (): number => Math.round((loadavg()[0] ?? 0) * 10) / 10;

/** Figures as they come; what fails takes nothing else with it. */
class Book {
  readonly seconds: Partial<Record<Name, number>> = {};
  readonly reasons: Partial<Record<Name, string>> = {};

  async try(of: readonly Name[], work: () => Promise<Partial<Record<Name, number>>>) {
    try {
      const found = await work();
      Object.assign(this.seconds, found);
      for (const [name, seconds] of Object.entries(found)) note(`  ${name} ${seconds}`);
    } catch (error) {
      this.refuse(of, sayOf(error));
    }
  }

  refuse(of: readonly Name[], reason: string): void {
    const without = of.filter((name) => this.seconds[name] === undefined);
    note(`  not measured: ${without.join(', ')}: ${reason}`);
    for (const name of without) this.reasons[name] ??= reason;
  }
}

const times = async <T>(count: number, work: () => Promise<T>): Promise<readonly T[]> => {
  const results: T[] = [];
  for (let round = 0; round < count; round += 1) results.push(await work());
  return results;
};

const updates = async (book: Book, at: Subject): Promise<void> => {
  const to = openclawVersion();
  await book.try(['updateRolledBackSeconds'], async () => ({
    updateRolledBackSeconds: await updateAndReturn(at, to),
  }));
  await book.try(['updateSeconds'], async () => ({ updateSeconds: await updateForGood(at, to) }));
};

const dayTwo = async (book: Book, at: Subject): Promise<void> => {
  await book.try(['suspendSeconds', 'resumeSeconds'], async () => {
    const all = await times(rounds, () => suspendAndResume(at));
    const of = (name: keyof Standstill) => median(all.map((each) => each[name]));
    return { suspendSeconds: of('suspendSeconds'), resumeSeconds: of('resumeSeconds') };
  });
  await book.try(['backupSeconds', 'backupProvenSeconds'], async () => {
    const all = await times(backupRounds, () => backUp(at));
    const of = (name: Exclude<keyof Backup, 'backupId'>) => median(all.map((each) => each[name]));
    return { backupSeconds: of('backupSeconds'), backupProvenSeconds: of('backupProvenSeconds') };
  });
  await book.try(['restoreSeconds'], async () => ({ restoreSeconds: await bringBack(at) }));
};

const isOlderThere = async (book: Book): Promise<boolean> => {
  try {
    await installOtherVersion(olderVersion);
    return true;
  } catch (error) {
    const reason = `OpenClaw ${olderVersion} could not be installed: ${sayOf(error)}`;
    book.refuse(['updateSeconds', 'updateRolledBackSeconds'], reason);
    return false;
  }
};

const live = async (book: Book, product: TestProduct, isOld: boolean): Promise<void> => {
  if (isOld) await writeTargets(product, { version: olderVersion });
  const owner = await product.newOwner();
  const { runtimeId } = await makeReady(product, owner, { name: 'Life', within: readyMs });
  const at = { product, owner, runtimeId };
  if (isOld) await updates(book, at);
  await dayTwo(book, at);
};

export const benchRuntime = async (): Promise<RuntimeFigures> => {
  const book = new Book();
  const begun = load();
  const isOld = await withStepsAside(async () => {
    const isThere = await isOlderThere(book);
    await book.try(names, async () => {
      const product = await startTestProduct();
      try {
        await live(book, product, isThere);
      } finally {
        await product.close();
      }
      return {};
    });
    return isThere;
  });
  const seconds = Object.fromEntries(names.map((name) => [name, book.seconds[name] ?? null]));
  return {
    openclawVersion: openclawVersion(),
    updatedFrom: isOld ? olderVersion : null,
    runtimeLoad: [begun, load()],
    ...(seconds as Seconds),
    notMeasured: book.reasons,
  };
};

const row = (what: string, seconds: number | null, why: string | undefined): void => {
  const said = seconds === null ? `not measured: ${why ?? 'unknown'}` : `${seconds.toFixed(1)} s`;
  console.log(`  ${what.padEnd(44)} ${said}`);
};

export const printRuntime = (figures: RuntimeFigures): void => {
  const { openclawVersion: to, updatedFrom: from, runtimeLoad, notMeasured } = figures;
  console.log(`One runtime on the real OpenClaw ${to} (load ${runtimeLoad.join(' to ')}):`);
  const say = (what: string, name: Name): void => row(what, figures[name], notMeasured[name]);
  say('paused: stopped and unrouted', 'suspendSeconds');
  say('resumed: proven by a turn', 'resumeSeconds');
  say(`updated from ${from ?? 'an older release'}`, 'updateSeconds');
  say('updated, found wrong, and taken back', 'updateRolledBackSeconds');
  say('backup copied and sealed', 'backupSeconds');
  say('backup proven by restoring it', 'backupProvenSeconds');
  say('backup brought back, proven by a turn', 'restoreSeconds');
};
