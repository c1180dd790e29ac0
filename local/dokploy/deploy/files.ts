/**
 * The folder a deployment makes on the host, in the real one's order: first the bare compose file,
 * and only when that could be converted the final one and `.env`. What fails in between leaves the
 * bare file, which is what the next `start` then runs.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dotenvLine, parseDotenv } from '../compose/text.ts';
import type { Compose } from '../store.ts';

/** The folder is made anew each time, so files put there by hand do not survive. */
export function writeBareFile(folder: string, row: Compose): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'docker-compose.yml'), row.composeFile, { mode: 0o600 });
}

export function writeFinalFiles(folder: string, row: Compose, converted: string): void {
  writeFileSync(join(folder, 'docker-compose.yml'), converted, { mode: 0o600 });
  if (!row.createEnvFile) return;
  const own = {
    APP_NAME: row.appName,
    COMPOSE_PROJECT_NAME: row.appName,
    DOCKER_CONFIG: '/root/.docker',
  };
  const given = Object.entries({ ...own, ...parseDotenv(row.env ?? '') });
  const lines = given.map(([name, value]) => `${dotenvLine(name, value)}\n`);
  writeFileSync(join(folder, '.env'), lines.join(''), { mode: 0o600 });
}
