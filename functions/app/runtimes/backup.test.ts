import { beforeEach, describe, expect, it } from 'vitest';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import type { Account } from '#ports/accounts.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import { reconcileRuntime } from '#app/reconcile/reconcile-runtime.ts';
import { endProofTurn, takeProofTurn } from '#app/placement/proof-turn.ts';
import { requestBackup } from './backup.ts';
import type { RuntimesDeps } from './deps.ts';

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
  await fleet.sweepUntil(runtimeId, 'auth_required');
});

const target = () => ({ runtimeId, revision: fleet.row(runtimeId).revision });
const codeOf = async (userId = 'owner') => {
  const answer = await requestBackup(deps, person(userId), target());
  return answer.ok ? answer.value.backup.code : answer.error.code;
};
const backup = () => readJson(factsSchema, fleet.row(runtimeId).facts, noFacts).backup;

describe('a backup that is asked for', () => {
  it('shows while it is made, and counts once its tenant lists it', async () => {
    expect(await codeOf()).toBe('running');
    await reconcileRuntime(fleet.deps, runtimeId);
    await fleet.settle(runtimeId);
    const [newest] = fleet.agent.backups.kept;
    expect(backup()).toMatchObject({ report: { code: 'proven' }, newest, owedSince: null });
    expect(backup().kept).toHaveLength(1);
  });

  it('that fails is told as what it is, and counts for nothing', async () => {
    fleet.agent.backups.code = 'storage_full';
    expect(await codeOf()).toBe('running');
    await reconcileRuntime(fleet.deps, runtimeId);
    await fleet.settle(runtimeId);
    expect(backup()).toMatchObject({ report: { code: 'storage_full' }, newest: null, kept: [] });
  });

  it('waits for that of another runtime on its server, at no cost of its own', async () => {
    const { serverId } = readJson(factsSchema, fleet.row(runtimeId).facts, noFacts).placement;
    const other = { serverId, runtimeId: 'rt2' };
    expect(await takeProofTurn(fleet.deps, other)).toBe(true);
    for (let turn = 0; turn < 4; turn += 1) expect(await codeOf()).toBe('server_busy');
    expect(fleet.agent.backups.calls).toEqual([]);
    await endProofTurn(fleet.deps, other);
    expect(await codeOf()).toBe('running');
    expect(await takeProofTurn(fleet.deps, other)).toBe(false);
    await reconcileRuntime(fleet.deps, runtimeId);
    await fleet.settle(runtimeId);
    expect(await takeProofTurn(fleet.deps, other)).toBe(true);
  });

  it('is refused to who only pays, to strangers, and to what does not run', async () => {
    expect(await codeOf('payer')).toBe('role_not_allowed');
    expect(await codeOf('stranger')).toBe('runtime_unknown');
    await fleet.command(runtimeId, { desired: 'suspended' });
    expect(await codeOf()).toBe('runtime_not_running');
    expect(fleet.agent.backups.calls).toEqual([]);
  });

  it('is bounded', async () => {
    for (let turn = 0; turn < 3; turn += 1) expect(await codeOf()).not.toBe('too_many_requests');
    expect(await codeOf()).toBe('too_many_requests');
  });
});
