import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AgentConfig } from '../config.ts';
import { serverSettings } from '../testing/settings.ts';
import { readRestore, writeRestore } from './restore-record.ts';
import { bootstrap } from './run.ts';

let config: AgentConfig;
let path: string;
let said: string[];
const log = (event: string): void => void said.push(event);

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bootstrap-'));
  config = { ...serverSettings, openclawStateDir: join(folder, 'state') };
  path = join(config.openclawStateDir, 'openclaw.json');
  said = [];
});
afterEach(async () => rm(join(config.openclawStateDir, '..'), { recursive: true }));

it('writes a private file into a private folder, once', async () => {
  await bootstrap(config, log);
  expect((await stat(config.openclawStateDir)).mode & 0o777).toBe(0o700);
  const { mode, mtimeMs } = await stat(path);
  expect(mode & 0o777).toBe(0o600);
  await bootstrap(config, log);
  expect((await stat(path)).mtimeMs).toBe(mtimeMs);
  expect(said).toEqual(['config_written', 'config_unchanged']);
});

it('leaves a file alone that differs in spacing only', async () => {
  await bootstrap(config, log);
  const compact = JSON.stringify(JSON.parse(await readFile(path, 'utf8')));
  await writeFile(path, compact);
  await bootstrap(config, log);
  expect(await readFile(path, 'utf8')).toBe(compact);
});

it('sets aside what it cannot read, and starts anew', async () => {
  await bootstrap(config, log);
  await writeFile(path, '{ // by hand\n gateway: {} }');
  await bootstrap(config, log);
  expect(await readdir(config.openclawStateDir)).toEqual([
    'openclaw.json',
    'openclaw.json.set-aside',
  ]);
  expect(said).toEqual(['config_written', 'config_set_aside', 'config_written']);
});

it('drops a restore that was ordered before an update of this start', async () => {
  const dataDir = join(config.openclawStateDir, '..', 'data');
  await mkdir(dataDir);
  const report = { restoreId: 'restore-1', backupId: 'day-1', problem: null, atMs: Date.now() };
  await writeRestore(dataDir, { ...report, code: 'ordered' });
  const stateOrder = { kind: 'copy', id: 'update-1' } as const;
  await bootstrap({ ...config, dataDir, stateOrder }, log);
  expect(await readRestore(dataDir, Date.now())).toMatchObject({ code: 'dropped' });
  expect(said).toContain('restore_dropped');
  // The same order again is no update: what was asked for since is carried out.
  await writeRestore(dataDir, { ...report, code: 'ordered', atMs: Date.now() });
  await bootstrap({ ...config, dataDir, backupDir: dataDir, stateOrder }, log);
  expect(await readRestore(dataDir, Date.now())).toMatchObject({ problem: 'backup_missing' });
});
