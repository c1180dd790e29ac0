/** A backup of the real gateway, asked for, proven, opened with the tenant's own key and looked at. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import type { BackupState } from '#schemas/contract/agent-backup.ts';
import { backupAnswer } from '#schemas/contract/agent-backup.ts';
import { identityAt, unseal } from '../backup/seal.ts';
import { until } from './processes.ts';
import type { Steps } from './steps.ts';
import type { World } from './world.ts';

const note = 'what the customer wrote a moment ago';
const provenWithinMs = 240_000;

export async function backUpAndLookInside(world: World, steps: Steps): Promise<void> {
  const before = await steps.state();
  const issued = await steps.issued();
  const workspace = join(world.folder, 'openclaw', 'workspace');
  await mkdir(workspace, { recursive: true });
  await writeFile(join(workspace, 'note.md'), note);
  const began = performance.now();
  const started = await ask(world, 'day-1');
  expect(started).toMatchObject({ backupId: 'day-1', code: 'running' });
  // The same one again, and another one meanwhile: that one is answered, nothing else begins.
  expect(await ask(world, 'day-1')).toMatchObject({ startedAtMs: started.startedAtMs });
  expect((await ask(world, 'day-2')).backupId).toBe('day-1');
  const { last, kept } = await ended(steps);
  expect(last).toMatchObject({ backupId: 'day-1', code: 'proven', step: null });
  world.timings['backupProvenMs'] = Math.round(performance.now() - began);
  expect(kept).toMatchObject([{ backupId: 'day-1', openclawVersion: '2026.9.6' }]);
  await lookInside(world);
  // The running one noticed nothing, and its login was not spent by the other.
  const after = await steps.state();
  expect([after.gateway, after.codex]).toEqual([before.gateway, before.codex]);
  expect(await steps.issued()).toEqual(issued);
  expect(await readdir(join(world.folder, 'scratch'))).toEqual([]);
  await world.restartAgent();
  expect((await steps.state()).backup?.kept).toEqual(kept);
}

async function ask(world: World, backupId: string) {
  const { status, body } = await world.call('backup', { backupId });
  expect(status).toBe(202);
  return backupAnswer.parse(body).backup;
}

async function ended(steps: Steps): Promise<BackupState> {
  return until('the backup ends', provenWithinMs, async () => {
    const { backup } = await steps.state();
    return backup?.last?.code === 'running' ? null : backup;
  });
}

/** Sealed for whoever finds it, whole for whoever has the key. */
async function lookInside(world: World): Promise<void> {
  const backups = join(world.folder, 'backups');
  const file = join(backups, 'day-1.age');
  expect((await readdir(backups)).toSorted()).toEqual(['day-1.age', 'day-1.json']);
  expect((await readFile(file)).subarray(0, 21).toString()).toBe('age-encryption.org/v1');
  const folder = join(world.folder, 'opened');
  await mkdir(folder);
  const identity = await identityAt(join(world.folder, 'agent', 'backup-identity'));
  await unseal({ folder, file, identity, signal: AbortSignal.timeout(60_000) });
  expect(await readFile(join(folder, 'workspace', 'note.md'), 'utf8')).toBe(note);
  expect(await readdir(folder)).not.toContain('cache');
  const state = new DatabaseSync(join(folder, 'state', 'openclaw.sqlite'), { readOnly: true });
  const rows = (table: string): number =>
    Number(state.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
  expect([rows('state_leases'), rows('agent_database_leases')]).toEqual([0, 0]);
  expect(rows('config_machine_state')).toBeGreaterThan(0);
  state.close();
}
