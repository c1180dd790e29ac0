/**
 * The end of a tenant's life with us, and the way back, on its real stack: exported while it runs and
 * while it is suspended, started by the note alone on Docker without any of ours, and brought back.
 * The tests are one story, in order; the runtime has a login and has answered before.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StateAnswer } from '#schemas/contract/agent.ts';
import type { House } from './house.ts';
import { bringIn, restoreByNote, takeAway, unpackTo } from './leaving.ts';
import { dockerLine } from './machine.ts';
import { containerOf, deploy, smoke, stateOf, stateWhen, valueOf } from './tenant.ts';
import type { Tenant } from './tenant.ts';

const readyWithinMs = 240_000;
const note = 'workspace/note.md';

interface Life {
  readonly house: House;
  readonly acme: Tenant;
}

export const leaving = (life: () => Life): void => {
  let folder: string;
  let loginId: string | null;
  let backupId: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'leaving-'));
    ({
      codex: { loginId },
    } = await ready());
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const ready = (also?: (state: StateAnswer) => boolean) => readyWhen(life(), also);
  const inRuntime = (script: string): Promise<string> => inState(life(), script);

  test('a running one is taken away, and notices nothing', async () => {
    const { house, acme } = life();
    await inRuntime(`mkdir -p workspace && echo then > ${note}`);
    const { gateway, codex } = await ready();
    const startedMs = performance.now();
    const { name, bytes } = await takeAway(house, acme, join(folder, 'running.tar.gz'));
    told('exported while it runs', startedMs, bytes);
    expect(name).toMatch(/^acme-\d{4}-\d\d-\d\d\.tar\.gz$/);
    const after = await ready(({ export: seen }) => seen?.code === 'sent');
    expect([after.gateway, after.codex]).toEqual([gateway, codex]);
    expect(after.export).toMatchObject({ sizeBytes: bytes });
  });

  test('the archive is brought in, proven by a second gateway, and kept', async () => {
    const { house, acme } = life();
    const startedMs = performance.now();
    backupId = await bringIn(house, acme, join(folder, 'running.tar.gz'));
    const { backup } = await stateWhen(house, acme, {
      until: ({ backup: seen }) => seen?.last?.code !== 'running',
      withinMs: 300_000,
    });
    told('brought in and proven', startedMs);
    expect(backup?.last).toMatchObject({ backupId, origin: 'import', code: 'proven' });
    expect(backup?.kept).toMatchObject([{ backupId, openclawVersion: '2026.9.6' }]);
  }, 400_000);

  test('a suspended one gives its state and nothing else, and is not changed by it', async () => {
    const { house, acme } = life();
    await inRuntime(`echo later > ${note}`);
    const order = { restoreId: 'restore_import', backupId, step: 'order' } as const;
    expect(valueOf(await house.agent.restore(acme, order))).toMatchObject({ code: 'ordered' });
    await deploy(house, { name: 'acme', title: 'export', changes: { exportOnly: true } });
    const state = await stateOf(house, acme);
    expect(state).toMatchObject({ mode: 'export', gateway: { status: 'unreachable' } });
    expect(await house.agent.startBackup(acme, 'day-1')).toEqual({
      ...{ kind: 'refused', code: 'runtime_suspended' },
    });
    const startedMs = performance.now();
    const { bytes } = await takeAway(house, acme, join(folder, 'suspended.tar.gz'));
    told('exported while it is suspended', startedMs, bytes);
  }, 400_000);

  test('the note alone starts it on a host with Docker: login, files and answers are there', async () => {
    const { house } = life();
    await startByTheNote(house, folder);
  }, 400_000);

  test('and what was brought in comes back by the restart that was asked for before', async () => {
    expect(loginId).not.toBeNull();
    await comeBack(life(), backupId);
  }, 400_000);
};

const readyWhen = (
  { house, acme }: Life,
  also: (state: StateAnswer) => boolean = () => true,
): Promise<StateAnswer> => {
  const until = (state: StateAnswer): boolean =>
    state.gateway.status === 'ready' && state.codex.status !== 'unknown' && also(state);
  return stateWhen(house, acme, { until, withinMs: readyWithinMs });
};

const inState = ({ house, acme }: Life, script: string): Promise<string> => {
  const args = ['exec', containerOf(acme, 'openclaw'), 'sh', '-c', `cd ~/.openclaw && ${script}`];
  return dockerLine(house, args);
};

const comeBack = async (life: Life, backupId: string): Promise<void> => {
  const { house, acme } = life;
  const startedMs = performance.now();
  await deploy(house, { name: 'acme', title: 'back' });
  const state = await readyWhen(life, ({ restore }) => restore?.code === 'swapped');
  told('restarted on what was brought in', startedMs);
  expect(state.codex).toMatchObject({ status: 'ok' });
  expect(await inState(life, `cat ${note}`)).toBe('then');
  const turn = { smokeId: 'smoke_brought_in', nonce: 'Nonce0123456789abcdef' };
  expect(await smoke(house, acme, turn)).toMatchObject({ code: 'passed', nonceMatched: true });
  const keep = { restoreId: 'restore_import', backupId, step: 'keep' } as const;
  expect(valueOf(await house.agent.restore(acme, keep))).toMatchObject({ code: 'kept' });
};

const startByTheNote = async (house: House, folder: string): Promise<void> => {
  const place = mkdtempSync(join(folder, 'bare-'));
  const archive = await unpackTo(place, join(folder, 'suspended.tar.gz'));
  expect(await readFile(join(archive, 'state', note), 'utf8')).toBe('later\n');
  const startedMs = performance.now();
  const { said, sh } = await restoreByNote(house, archive);
  told('restored by the note', startedMs);
  try {
    const printed = (part: string): string =>
      said.find(([block]) => block.includes(part))?.[1] ?? '';
    expect(printed('sha256sum')).toContain('complete');
    expect(printed('models status')).toMatch(/1 oauth/);
    expect(printed('openclaw agent')).not.toBe('');
    const inside = 'docker compose exec openclaw sh -c';
    expect(await sh(`${inside} 'cat ~/.openclaw/${note}'`)).toBe('later\n');
  } finally {
    await sh('docker compose down');
  }
};

/** What stands in docs/adr/0019 was read from these lines. */
const told = (what: string, startedMs: number, bytes?: number): void => {
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  process.stdout.write(`${what}: ${seconds} s${bytes === undefined ? '' : `, ${bytes} bytes`}\n`);
};
