/**
 * The state as a folder that can be started anywhere. Guarantees: each
 * database of one moment and free of the process that held it; every file's SHA-256 stands in
 * `SHA256SUMS`; nothing of this platform's secrets, which lie on another volume, is in it.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyState } from '../backup/copy.ts';
import { entriesOf, hashOfFile } from '../backup/tree.ts';
import { parseObject } from '../bootstrap/run.ts';
import type { AgentConfig } from '../config.ts';
import { replaceFile } from '../vault/files.ts';
import { bareConfig } from './bare-config.ts';
import { bareCompose } from './compose.ts';
import { englishNote, koreanNote } from './notes.ts';

const sumsName = 'SHA256SUMS';

export interface LayingOut {
  readonly config: AgentConfig;
  /** Must not exist. */
  readonly folder: string;
  /** `2026-11-27` */
  readonly day: string;
  readonly signal: AbortSignal;
}

/** Throws `BackupFailure`. */
export async function layOut({ config, folder, day, signal }: LayingOut): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const state = join(folder, 'state');
  await copyState(config.openclawStateDir, state, signal);
  await makeBare(state);
  const about = { host: config.publicHost, day, image: config.expectedImage };
  await writeFile(join(folder, 'README.en.md'), englishNote(about), { mode: 0o600 });
  await writeFile(join(folder, 'README.ko.md'), koreanNote(about), { mode: 0o600 });
  await writeFile(join(folder, 'compose.yaml'), bareCompose(config.expectedImage), { mode: 0o600 });
  await writeFile(join(folder, sumsName), await sumsOf(folder, signal), { mode: 0o600 });
}

/** One that is no JSON is set aside, as before a start of the runtime itself. */
async function makeBare(state: string): Promise<void> {
  const path = join(state, 'openclaw.json');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '{}';
    throw error;
  });
  const existing = parseObject(text);
  if (existing === null) await rename(path, `${path}.set-aside`);
  await replaceFile(path, `${JSON.stringify(bareConfig(existing ?? {}), null, 2)}\n`);
}

async function sumsOf(folder: string, signal: AbortSignal): Promise<string> {
  const lines: string[] = [];
  for (const { path, kind } of await entriesOf(folder)) {
    signal.throwIfAborted();
    if (kind !== 'file') continue;
    lines.push(sumLine(await hashOfFile(join(folder, path), signal), path));
  }
  return lines.join('');
}

/** As GNU coreutils writes and reads it: a name with such a character is escaped, and marked so. */
export function sumLine(hash: string, path: string): string {
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `${escaped === path ? '' : '\\'}${hash}  ${escaped}\n`;
}
