/**
 * One SQLite database of the gateway. Guarantees: the copy is of one moment, taken through SQLite's
 * online backup while the gateway goes on writing; what belonged to the running process is not in
 * it, or a gateway started on it would take that process for alive and refuse; the live database is
 * only read.
 */
import { rm, stat } from 'node:fs/promises';
import { backup, DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { BackupProblem } from './failure.ts';
import { BackupFailure } from './failure.ts';

/** How long another process's lock is waited for. */
const busyTimeoutMs = 10_000;
/** Pages a step; the gateway writes between two steps. */
const pagesPerStep = 400;
const checkBudgetMs = 10 * 60_000;

/**
 * Of OpenClaw's shared database: who holds it, who has an agent's database open, and messages on
 * their way (a restored copy would send them a second time).
 */
const ofTheProcess = ['state_leases', 'agent_database_leases', 'delivery_queue_entries'];

/** Throws `state_unreadable`. An empty file is no database yet, and none is written. */
export async function copyDatabase(source: string, target: string): Promise<void> {
  if ((await stat(source)).size === 0) return;
  try {
    const live = new DatabaseSync(source, { readOnly: true, timeout: busyTimeoutMs });
    try {
      await backup(live, target, { rate: pagesPerStep });
    } finally {
      live.close();
    }
    forgetTheProcess(target);
  } catch (error) {
    throw new BackupFailure('state_unreadable', error);
  }
}

/** Of somebody else's program. False: it is no database that can be read, and nothing is written. */
export async function copyForeignDatabase(source: string, target: string): Promise<boolean> {
  try {
    if ((await stat(source)).size === 0) return false;
    const live = new DatabaseSync(source, { readOnly: true, timeout: busyTimeoutMs });
    try {
      await backup(live, target, { rate: pagesPerStep });
    } finally {
      live.close();
    }
    return true;
  } catch {
    await rm(target, { force: true });
    return false;
  }
}

function forgetTheProcess(path: string): void {
  const copy = new DatabaseSync(path);
  try {
    // One file, whatever reads it next.
    copy.exec('PRAGMA journal_mode = DELETE');
    const tables = copy.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    const present = new Set(tables.map(({ name }) => name));
    for (const table of ofTheProcess) if (present.has(table)) copy.exec(`DELETE FROM ${table}`);
  } finally {
    copy.close();
  }
}

/** In a thread of its own: a large database takes seconds, and the agent must go on answering. */
const checker = `
const { parentPort, workerData } = require('node:worker_threads');
const { DatabaseSync } = require('node:sqlite');
const database = new DatabaseSync(workerData, { readOnly: true });
const integrity = database.prepare('PRAGMA integrity_check(1)').all();
const foreign = database.prepare('PRAGMA foreign_key_check').all();
database.close();
parentPort.postMessage(integrity[0]?.integrity_check === 'ok' && foreign.length === 0);
`;

/**
 * Of one that somebody else wrote: nothing that is stored in it may run but its own triggers, and
 * those no longer than a check may take. What was in its log is in it afterwards.
 */
const settler = `
const { parentPort, workerData } = require('node:worker_threads');
const { DatabaseSync } = require('node:sqlite');
const database = new DatabaseSync(workerData.path);
database.exec('PRAGMA trusted_schema = OFF; PRAGMA journal_mode = DELETE');
const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
const present = new Set(tables.map(({ name }) => name));
for (const table of workerData.tables) if (present.has(table)) database.exec('DELETE FROM ' + table);
database.close();
parentPort.postMessage(true);
`;

/** Throws `archive_broken` unless SQLite finds nothing wrong with it. */
export async function checkDatabase(path: string): Promise<void> {
  if ((await stat(path)).size > 0) await inThread(checker, path, 'archive_broken');
}

/** As `copyDatabase` leaves a copy, of one that came in an archive. Throws `import_malformed`. */
export async function settleDatabase(path: string): Promise<void> {
  if ((await stat(path)).size === 0) return;
  await inThread(settler, { path, tables: ofTheProcess }, 'import_malformed');
}

async function inThread(script: string, workerData: unknown, problem: BackupProblem) {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const thread = new Worker(script, { eval: true, workerData });
  thread.once('message', (isWhole: boolean) => resolve(isWhole));
  thread.once('error', reject);
  thread.once('exit', () => reject(new Error('the check ended without a word')));
  const timer = setTimeout(() => void thread.terminate(), checkBudgetMs);
  try {
    if (!(await promise)) throw new BackupFailure(problem);
  } catch (error) {
    throw new BackupFailure(problem, error);
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}
