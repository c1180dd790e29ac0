/** JSON files that are whole or absent: written beside and renamed, readable by the owner only. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${process.pid}.tmp`;
  writeFileSync(beside, `${JSON.stringify(value, null, 1)}\n`, { mode: 0o600 });
  renameSync(beside, path);
}

/** undefined when the file is absent; throws on a file that is not JSON. */
export function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return JSON.parse(text) as unknown;
}

/** Where a deployment's compose file and `.env` lie: Dokploy's own path, below the data folder. */
export function codeDirOf(dataDir: string, appName: string): string {
  return join(dataDir, 'etc/dokploy/compose', appName, 'code');
}
