import { beforeEach, describe, expect, it } from 'vitest';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import type { Account } from '#ports/accounts.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { RuntimesDeps } from './deps.ts';
import { requestRestore } from './restore.ts';

const runtimeId = 'rt1';
const person = (userId: string): Account => ({ userId, email: '', name: '', labels: [] });
let fleet: Fleet;
let deps: RuntimesDeps;

beforeEach(async () => {
  fleet = await makeFleet();
  await fleet.open(runtimeId);
  fleet.teams.all.set('w1', new Map([['owner', 'owner'] as const, ['payer', 'billing'] as const]));
  const mint = () => Promise.resolve({ token: 'ticket', expiresAt: fleet.clock.now() });
  deps = { ...fleet.deps, teams: fleet.teams, tickets: { mint }, scheme: 'https' };
  await fleet.becomeReady(runtimeId);
});

const target = () => ({ runtimeId, revision: fleet.row(runtimeId).revision, backupId: 'day-1' });
const ask = async (userId = 'owner') => {
  const answer = await requestRestore(deps, person(userId), target());
  return answer.ok ? answer.value.restore.code : answer.error.code;
};
const restore = () => readJson(factsSchema, fleet.row(runtimeId).facts, noFacts).restore.report;
const told = () => fleet.store.rows('timeline').filter(({ kind }) => kind === 'restore_requested');
const end = async (code: string): Promise<void> => {
  for (let step = 0; step < 60 && restore()?.code !== code; step += 1) {
    await fleet.settle(runtimeId);
    fleet.clock.advance(30_000);
  }
  expect(restore()?.code).toBe(code);
};

describe('a restore', () => {
  it('restarts once, proves itself with a turn of its own, and stays', async () => {
    const { startCalls, deployCalls } = fleet.deployer;
    const before = fleet.row(runtimeId).smokeId;
    expect(await ask()).toBe('ordered');
    await end('kept');
    await fleet.sweepUntil(runtimeId, 'ready');
    expect(fleet.deployer.startCalls).toBe(startCalls + 1);
    expect(fleet.deployer.deployCalls).toBe(deployCalls);
    expect(fleet.row(runtimeId).smokeId).not.toBe(before);
    expect(told().map(({ actor }) => actor)).toEqual(['owner']);
  });

  it('whose turn goes wrong brings the old state back, by one more restart', async () => {
    const { startCalls } = fleet.deployer;
    fleet.agent.smokeCode = 'timeout';
    expect(await ask()).toBe('ordered');
    await end('returned');
    fleet.agent.smokeCode = 'passed';
    await fleet.command(runtimeId, { smokeId: 'smoke-2', smokeNonce: 'Nonce0123456789ab' });
    await fleet.sweepUntil(runtimeId, 'ready');
    expect(fleet.deployer.startCalls).toBe(startCalls + 2);
  });

  it('of a newer OpenClaw than the runtime runs is refused before anybody is told', async () => {
    const known = readJson(factsSchema, fleet.row(runtimeId).facts, noFacts);
    const made = { backupId: 'day-1', origin: 'runtime' as const, madeAtMs: 1, sizeBytes: 1 };
    const newer = { ...made, openclawVersion: '2026.9.7' };
    const facts = JSON.stringify({ ...known, backup: { ...known.backup, kept: [newer] } });
    await fleet.command(runtimeId, { facts, openclawVersion: '2026.9.6' });
    const answer = await requestRestore(deps, person('owner'), target());
    expect(answer).toMatchObject({
      value: { restore: { code: 'failed', problem: 'backup_newer' } },
    });
    expect([told(), restore()]).toEqual([[], null]);
    await fleet.command(runtimeId, { openclawVersion: '2026.9.7' });
    expect(await ask()).toBe('ordered');
  });

  it('whose login is none any more stays: its owner logs in', async () => {
    expect(await ask()).toBe('ordered');
    fleet.agent.codex = 'none';
    fleet.agent.loginId = null;
    await end('kept');
    expect(fleet.row(runtimeId).status).toBe('auth_required');
  });

  it('that cannot be is told at once, and nothing is stopped', async () => {
    const { startCalls } = fleet.deployer;
    fleet.agent.restores.problem = 'storage_full';
    expect(await ask()).toBe('failed');
    await fleet.settle(runtimeId);
    expect([fleet.row(runtimeId).status, fleet.deployer.startCalls]).toEqual(['ready', startCalls]);
  });

  it('is refused beside another, to who only pays, to strangers, and to what does not run', async () => {
    expect(await ask('payer')).toBe('role_not_allowed');
    expect(await ask('stranger')).toBe('runtime_unknown');
    expect(await ask()).toBe('ordered');
    expect(await ask()).toBe('restart_busy');
    await end('kept');
    await fleet.command(runtimeId, { desired: 'suspended' });
    expect(await ask()).toBe('runtime_not_running');
    expect(told()).toHaveLength(1);
  });
});
