/**
 * Carries out an ordered restore before the gateway starts, or takes one back. Guarantees: nothing is
 * touched while a gateway answers; the old state is whole beside the new one until somebody decides;
 * what fails before the exchange changes nothing; a cut-off exchange goes on at the next start.
 */
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type {
  RestoreCode,
  RestoreProblem,
  RestoreReport,
} from '#schemas/contract/agent-restore.ts';
import { BackupFailure, problemOf } from '../backup/failure.ts';
import { identityAt, unseal } from '../backup/seal.ts';
import type { AgentConfig } from '../config.ts';
import type { Log } from '../log.ts';
import { besideOf, clearBeside, exchange } from './exchange.ts';
import { readRestore, writeRestore } from './restore-record.ts';

const unpackBudgetMs = 20 * 60_000;
const lookWithinMs = 2_000;

/** Half of its renames may be done: only the rest makes one state of it. */
const begun: readonly RestoreCode[] = ['swapping', 'returning'];
const due: readonly RestoreCode[] = ['ordered', 'return_ordered', ...begun];

export async function applyRestore(
  config: AgentConfig,
  log: Log,
  now: () => number,
): Promise<void> {
  const report = await readRestore(config.dataDir, now());
  if (report === null) return;
  const { code } = report;
  if (code === 'kept' || code === 'returned') await clearBeside(config.openclawStateDir);
  if (due.includes(code)) await advance(report, config, log, now);
}

/** Ends an exchange that was cut off in its middle, and begins none. */
export async function finishRestore(
  config: AgentConfig,
  log: Log,
  now: () => number,
): Promise<void> {
  const report = await readRestore(config.dataDir, now());
  if (report !== null && begun.includes(report.code)) await advance(report, config, log, now);
}

async function advance(
  report: RestoreReport,
  config: AgentConfig,
  log: Log,
  now: () => number,
): Promise<void> {
  const { dataDir, openclawStateDir: stateDir } = config;
  if (await answers(config.gatewayUrl)) {
    log('restore_waits', { restore: report.restoreId });
    return;
  }
  const note = async (code: RestoreCode, problem: RestoreProblem | null = null): Promise<void> => {
    await writeRestore(dataDir, { ...report, code, problem, atMs: now() });
    log('restore_advanced', { restore: report.restoreId, code });
  };
  if (report.code === 'return_ordered' || report.code === 'returning') {
    await note('returning');
    await exchange({ stateDir, incoming: 'old', outgoing: 'refused' });
    await note('returned');
    await clearBeside(stateDir);
    return;
  }
  if (report.code === 'ordered') {
    const problem = await prepare(config, report);
    if (problem !== null) {
      await clearBeside(stateDir);
      await note('failed', problem);
      return;
    }
    await note('swapping');
  }
  await exchange({ stateDir, incoming: 'new', outgoing: 'old' });
  await note('swapped');
}

/** Nothing was touched for it yet; what is under way goes on. */
export async function dropOrder(
  { dataDir }: Pick<AgentConfig, 'dataDir'>,
  log: Log,
  now: () => number,
): Promise<void> {
  const report = await readRestore(dataDir, now());
  if (report?.code !== 'ordered') return;
  await writeRestore(dataDir, { ...report, code: 'dropped', atMs: now() });
  log('restore_dropped', { restore: report.restoreId });
}

/** Unpacks beside the state. */
async function prepare(
  { dataDir, backupDir, openclawStateDir }: AgentConfig,
  { backupId }: RestoreReport,
): Promise<RestoreProblem | null> {
  await clearBeside(openclawStateDir);
  const folder = join(besideOf(openclawStateDir), 'new');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const identity = await identityAt(join(dataDir, 'backup-identity'));
    const file = join(backupDir, `${backupId}.age`);
    await unseal({ folder, file, identity, signal: AbortSignal.timeout(unpackBudgetMs) });
    return null;
  } catch (error) {
    return restoreProblemOf(error);
  }
}

export function restoreProblemOf(error: unknown): RestoreProblem {
  const cause = error instanceof BackupFailure ? error.cause : error;
  if ((cause as { code?: unknown } | undefined)?.code === 'ENOENT') return 'backup_missing';
  const problem = problemOf(error);
  return problem === 'storage_full' || problem === 'archive_broken' ? problem : 'unknown';
}

/** Whether anything listens where the gateway does. */
async function answers(gatewayUrl: string): Promise<boolean> {
  const { hostname, port } = new URL(gatewayUrl);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: lookWithinMs });
    const end = (isThere: boolean) => () => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
