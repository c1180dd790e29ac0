/** A state such as a gateway leaves it, exported through the door, unpacked and looked at. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import type { AgentHere, Told } from './agent.ts';
import { entering } from './agent.ts';

const run = promisify(execFile);
export const exportPath = '/agent/v1/export';

/** With a lease of a living process, a login, files and a link. */
export async function layState(stateDir: string, config: object = {}): Promise<void> {
  await mkdir(join(stateDir, 'state'), { recursive: true });
  await mkdir(join(stateDir, 'workspace'));
  await mkdir(join(stateDir, 'logs'));
  await writeFile(join(stateDir, 'openclaw.json'), JSON.stringify(config));
  await writeFile(join(stateDir, 'logs', 'gateway.log'), 'not taken along');
  await writeFile(join(stateDir, 'workspace', 'note with\nline.md'), 'what I wrote');
  await symlink('note with\nline.md', join(stateDir, 'workspace', 'latest'));
  const database = new DatabaseSync(join(stateDir, 'state', 'openclaw.sqlite'));
  database.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE state_leases (owner TEXT); INSERT INTO state_leases VALUES ('pid 7');
    CREATE TABLE config_machine_state (key TEXT, value TEXT);
    INSERT INTO config_machine_state VALUES ('authProfiles.store', 'the login')`);
  database.close();
}

export async function askExport(here: AgentHere, userId = 'user_1'): Promise<Told> {
  return here.ask(entering(await here.ticket('export', userId), here.siteOrigin, exportPath));
}

/** Where the archive's only folder lies now; its sums were checked by coreutils. */
export async function unpackTaken({ bytes }: Told, below: string): Promise<string> {
  const folder = await mkdtemp(join(below, 'taken-'));
  await writeFile(join(folder, 'taken.tar.gz'), bytes);
  await run('tar', ['-xzf', 'taken.tar.gz'], { cwd: folder });
  const [name = ''] = (await readdir(folder)).filter((one) => one !== 'taken.tar.gz');
  const place = join(folder, name);
  await run('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: place });
  return place;
}

export function rowsOf(path: string, table: string): readonly Record<string, unknown>[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare(`SELECT * FROM ${table}`).all();
  database.close();
  return rows;
}
