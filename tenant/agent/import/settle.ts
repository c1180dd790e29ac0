/**
 * An unpacked state as a state of this runtime. Guarantees: what belonged to the process that wrote it
 * is gone from its databases; who gets in is decided by this runtime's configuration, not by the one
 * that came along; no link that came along is followed.
 */
import { lstat, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { belongs, isOwnDatabase } from '../backup/belongs.ts';
import { settleDatabase } from '../backup/database.ts';
import { BackupFailure } from '../backup/failure.ts';
import { entriesOf } from '../backup/tree.ts';
import { objectAt } from '../bootstrap/document.ts';
import { parseObject, writeConfig } from '../bootstrap/run.ts';
import type { AgentConfig } from '../config.ts';
import type { Log } from '../log.ts';
import { replaceFile } from '../vault/files.ts';

const configName = 'openclaw.json';
const sharedDatabase = 'state/openclaw.sqlite';
const environmentName = '.env';
/** What a database that was not closed still has beside it. */
const helper = /\.sqlite-(wal|journal)$/;
/** The gateway does not start with a shared secret beside its trusted proxy. */
const gatewaySecret = /^\s*(?:export\s+)?OPENCLAW_GATEWAY_(?:TOKEN|PASSWORD)\s*=/;

/** Whether it is unpacked: what belongs into a backup, and what is merged into it here. */
export const isUnpacked = (path: string): boolean => belongs(path.replace(helper, '.sqlite'));

/** Throws `import_malformed`. */
export async function settleState(config: AgentConfig, folder: string, log: Log): Promise<void> {
  const entries = await entriesOf(folder);
  const isOurs = (path: string): boolean =>
    helper.test(path) || path.startsWith(configName) || path === environmentName;
  const isMisleading = entries.some(({ path, kind }) => kind !== 'file' && isOurs(path));
  const isState = entries.some(({ path }) => path === configName || path === sharedDatabase);
  if (isMisleading || !isState) throw new BackupFailure('import_malformed');
  for (const { path, kind } of entries) {
    if (kind === 'file' && isOwnDatabase(path)) await settleDatabase(join(folder, path));
  }
  for (const { path } of await entriesOf(folder)) {
    if (!belongs(path)) await rm(join(folder, path), { recursive: true, force: true });
  }
  await dropSecrets(join(folder, environmentName));
  await dropLogFile(join(folder, configName));
  await writeConfig(config, folder, log);
}

async function dropSecrets(path: string): Promise<void> {
  const text = await readPlain(path);
  if (text === null) return;
  const lines = text.split('\n').filter((line) => !gatewaySecret.test(line));
  await replaceFile(path, lines.join('\n'));
}

/** Where it was on another machine is nowhere here; bootstrap says it anew. */
async function dropLogFile(path: string): Promise<void> {
  const settings = parseObject((await readPlain(path)) ?? '');
  if (settings === null) return;
  const { file: _file, ...logging } = objectAt(settings, 'logging');
  await replaceFile(path, JSON.stringify({ ...settings, logging }));
}

async function readPlain(path: string): Promise<string | null> {
  const seen = await lstat(path).catch(() => null);
  return seen?.isFile() === true ? readFile(path, 'utf8') : null;
}
