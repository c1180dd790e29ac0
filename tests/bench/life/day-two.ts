/**
 * What a member does with a runtime that is ready, each from the click to where the page says that it
 * is over: stopped; proven by a turn again; a backup sealed, and proven; its state back, and proven.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refused, call } from '#local/customer/customer.ts';
import { backupReport } from '#schemas/contract/agent-backup.ts';
import type { BackupReport } from '#schemas/contract/agent-backup.ts';
import { backupRuntime, pauseRuntime } from '#schemas/contract/runtimes.ts';
import { restoreRuntime, resumeRuntime } from '#schemas/contract/runtimes.ts';
import { eventually } from '#tests/support/http.ts';
import { expectSame, factsOf, secondsOf, secondsSince, press } from './subject.ts';
import { until, volumeOf } from './subject.ts';
import type { Subject } from './subject.ts';

const backupWithinMs = 300_000;

export interface Standstill {
  /** Stopped and unrouted. */
  readonly suspendSeconds: number;
  /** Deployed, its ladder climbed, and a turn has answered: `ready`. */
  readonly resumeSeconds: number;
}

export const suspendAndResume = async (at: Subject): Promise<Standstill> => {
  const { functions } = at.owner.customer;
  const pausedMs = performance.now();
  await press(at, (target) => call(functions, pauseRuntime, target));
  await until(at, (row) => {
    return row['status'] === 'suspended' && factsOf(row).takedown.state === 'stopped';
  });
  const suspendSeconds = secondsSince(pausedMs);
  const resumedMs = performance.now();
  await press(at, (target) => call(functions, resumeRuntime, target));
  await until(at, ({ status }) => status === 'ready');
  return { suspendSeconds, resumeSeconds: secondsSince(resumedMs) };
};

export interface Backup {
  readonly backupId: string;
  /** Copied and sealed. */
  readonly backupSeconds: number;
  /** Restored into a scratch runtime that started on it and knew the login. */
  readonly backupProvenSeconds: number;
}

/** As the agent writes it down on its own volume, which the row follows a look later. */
const reportOf = (at: Subject, backupId: string): BackupReport | null => {
  const file = join(volumeOf(at, 'agent-data'), 'backup.json');
  const report = backupReport.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return report.success && report.data.backupId === backupId ? report.data : null;
};

/** The daily one may be under way, which is one at a time on a server. */
const ask = async (at: Subject): Promise<string> => {
  const pressed = async (): Promise<string> => {
    const { functions } = at.owner.customer;
    return press(at, (target) => call(functions, backupRuntime, target)).then(
      ({ backup }) => (backup.code === 'running' ? backup.backupId : ''),
      (error: unknown) => {
        if (error instanceof Refused && error.retryable) return '';
        throw error;
      },
    );
  };
  return eventually(pressed, (id) => id.startsWith('now-'), backupWithinMs);
};

/** By the tenant's clock; the sealed archive is not touched any more while it is proven. */
export const backUp = async (at: Subject): Promise<Backup> => {
  const backupId = await ask(at);
  const isOver = (report: BackupReport | null): boolean =>
    report !== null && report.code !== 'running';
  const over = await eventually(async () => reportOf(at, backupId), isOver, backupWithinMs);
  expectSame('the end of the backup', over?.code, 'proven');
  const { startedAtMs = 0, finishedAtMs = 0 } = over ?? {};
  const sealed = statSync(join(volumeOf(at, 'backups'), `${backupId}.age`));
  return {
    backupId,
    backupSeconds: secondsOf(sealed.mtimeMs - startedAtMs),
    backupProvenSeconds: secondsOf((finishedAtMs ?? 0) - startedAtMs),
  };
};

/** What was written since is gone, and the state of then has proven itself. */
export const bringBack = async (at: Subject): Promise<number> => {
  const note = join(volumeOf(at, 'openclaw-state'), 'workspace-note.txt');
  writeFileSync(note, 'of then');
  const { backupId } = await backUp(at);
  writeFileSync(note, 'of now');
  await until(at, (row) => factsOf(row).backup.kept.some((each) => each.backupId === backupId));
  const startedMs = performance.now();
  const { functions } = at.owner.customer;
  await press(at, (target) => call(functions, restoreRuntime, { ...target, backupId }));
  await until(at, (row) => {
    return row['status'] === 'ready' && factsOf(row).restore.report?.code === 'kept';
  });
  const seconds = secondsSince(startedMs);
  expectSame('the file', readFileSync(note, 'utf8'), 'of then');
  return seconds;
};
