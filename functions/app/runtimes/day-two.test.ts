import { beforeEach, describe, expect, it } from 'vitest';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import type { Account } from '#ports/accounts.ts';
import type { Tickets } from '#ports/runtime.ts';
import { reconcileRuntime } from '#app/reconcile/reconcile-runtime.ts';
import type { RuntimesDeps } from './deps.ts';
import { rename } from './rename.ts';
import { requestRestart } from './restart.ts';
import { watch } from './watch.ts';

const runtimeId = 'rt1';
const person = (userId: string): Account => ({ userId, email: '', name: '', labels: [] });
const owner = person('owner');

let fleet: Fleet;
let deps: RuntimesDeps;
let minted: Parameters<Tickets['mint']>[0][];

beforeEach(async () => {
  fleet = await makeFleet();
  await fleet.open(runtimeId);
  const roles = ['owner', 'member', 'billing'] as const;
  fleet.teams.all.set('w1', new Map(roles.map((role) => [role, role])));
  minted = [];
  const mint: Tickets['mint'] = (ticket) => {
    minted.push(ticket);
    return Promise.resolve({ token: `ticket-${minted.length}`, expiresAt: fleet.clock.now() });
  };
  deps = { ...fleet.deps, teams: fleet.teams, tickets: { mint }, scheme: 'https' };
  await fleet.becomeReady(runtimeId);
});

const target = () => ({ runtimeId, revision: fleet.row(runtimeId).revision });
const codeOf = async (asked: Promise<{ ok: boolean; error?: { code: string } }>) => {
  const answer = await asked;
  return answer.ok ? 'ok' : answer.error?.code;
};
const restart = (caller = owner) => codeOf(requestRestart(deps, caller, target()));
const told = (kind: string) => fleet.store.rows('timeline').filter((row) => row.kind === kind);
const reasonOf = (type: string) =>
  fleet.conditions(runtimeId).find((condition) => condition.type === type)?.reason;

describe('a restart', () => {
  it('stops and starts the containers once, climbs the ladder again and keeps the receipt', async () => {
    const { receipt } = fleet.row(runtimeId);
    const { deployCalls, startCalls } = fleet.deployer;
    const tries = fleet.agent.exposureTries;
    expect(await restart(person('member'))).toBe('ok');
    await fleet.sweepUntil(runtimeId, 'ready');
    await fleet.settle(runtimeId);
    expect(fleet.deployer.startCalls).toBe(startCalls + 1);
    expect(fleet.deployer.deployCalls).toBe(deployCalls);
    expect(fleet.agent.exposureTries).toBe(tries + 1);
    expect(fleet.row(runtimeId).receipt).toBe(receipt);
    expect(told('restart_requested').map(({ actor }) => actor)).toEqual(['member']);
  });

  it('shows as under way, never as a fault, and is not asked for twice', async () => {
    expect(await restart()).toBe('ok');
    expect(await restart()).toBe('restart_busy');
    const shown = new Set<string>();
    for (
      let step = 0;
      (step < 40 && fleet.row(runtimeId).status !== 'ready') || step === 0;
      step += 1
    ) {
      const budget = { runMs: 60_000, maxSteps: 2, maxPauseMs: 0, stays: false };
      await reconcileRuntime(fleet.deps, runtimeId, budget);
      shown.add(`${fleet.row(runtimeId).status} ${reasonOf('reachable') ?? ''}`);
      fleet.clock.advance(2_000);
    }
    expect(shown).toContain('running restarting');
    expect([...shown].filter((each) => /degraded|failed|provisioning/.test(each))).toEqual([]);
    expect(fleet.row(runtimeId).status).toBe('ready');
    expect(told('runtime_degraded')).toEqual([]);
  });

  it('survives a deployer that is out of reach, and starts it all the same without deploying anew', async () => {
    const { startCalls, deployCalls } = fleet.deployer;
    expect(await restart()).toBe('ok');
    fleet.deployer.lostServers.add(null);
    await reconcileRuntime(fleet.deps, runtimeId);
    fleet.deployer.lostServers.clear();
    await fleet.sweepUntil(runtimeId, 'ready');
    await fleet.settle(runtimeId);
    expect(fleet.deployer.startCalls).toBeGreaterThan(startCalls);
    expect(fleet.deployer.deployCalls).toBe(deployCalls);
    expect(fleet.row(runtimeId).failures).toBe(0);
  });

  it('is refused to those who only pay, to strangers, to the stale and to what does not run', async () => {
    expect(await restart(person('billing'))).toBe('role_not_allowed');
    expect(await restart(person('stranger'))).toBe('runtime_unknown');
    const stale = { runtimeId, revision: target().revision - 1 };
    expect(await codeOf(requestRestart(deps, owner, stale))).toBe('stale_revision');
    await fleet.command(runtimeId, { desired: 'suspended' });
    expect(await restart()).toBe('runtime_not_running');
    expect(told('restart_requested')).toEqual([]);
  });

  it('is bounded', async () => {
    for (let turn = 0; turn < 6; turn += 1) {
      const hour = fleet.clock.now().getUTCHours();
      expect(await restart()).toBe('ok');
      await reconcileRuntime(fleet.deps, runtimeId);
      await fleet.sweepUntil(runtimeId, 'ready');
      expect(fleet.clock.now().getUTCHours()).toBe(hour);
    }
    expect(await restart()).toBe('too_many_requests');
  });

  it('asked for before a suspension is not made up for after it', async () => {
    await fleet.command(runtimeId, { restartId: 'r1', desired: 'suspended' });
    await fleet.settle(runtimeId);
    const { startCalls } = fleet.deployer;
    await fleet.command(runtimeId, { desired: 'running' });
    await fleet.settle(runtimeId);
    expect(fleet.deployer.startCalls).toBe(startCalls);
    expect(fleet.deployer.runs(runtimeId)).toBe(true);
  });
});

describe('a new name', () => {
  const call = (name: string, caller = owner) =>
    codeOf(rename(deps, caller, { ...target(), name }));

  it('is what people read; address and revision order stay, and who did it is told', async () => {
    const before = fleet.row(runtimeId);
    expect(await call('Research')).toBe('ok');
    const { name, host, revision, nextCheckAt } = fleet.row(runtimeId);
    expect({ name, host }).toEqual({ name: 'Research', host: before.host });
    expect(revision).toBe(before.revision + 1);
    expect(nextCheckAt).toBe(before.nextCheckAt);
    const [entry] = told('rename_requested');
    expect(entry).toMatchObject({ actor: 'owner' });
    // The history outlives an account; what people called things does not.
    expect(entry?.detail).not.toContain('Research');
    expect(entry?.detail).not.toContain('from');
  });

  it('that is the old one writes nothing', async () => {
    expect(await call(runtimeId)).toBe('ok');
    expect(told('rename_requested')).toEqual([]);
  });

  it('is taken while the runtime is suspended, not when it is to go', async () => {
    await fleet.command(runtimeId, { desired: 'suspended' });
    expect(await call('Asleep', person('member'))).toBe('ok');
    await fleet.command(runtimeId, { desired: 'deleted' });
    expect(await call('Gone')).toBe('runtime_not_running');
  });

  it('is refused to those who only pay, to strangers and to the stale', async () => {
    expect(await call('X', person('billing'))).toBe('role_not_allowed');
    expect(await call('X', person('stranger'))).toBe('runtime_unknown');
    const stale = { runtimeId, revision: target().revision - 1, name: 'X' };
    expect(await codeOf(rename(deps, owner, stale))).toBe('stale_revision');
  });
});

describe('watching', () => {
  const call = (caller = owner) => codeOf(watch(deps, caller, { runtimeId }));

  it('is a ticket for the tenant itself, also where nothing is proven', async () => {
    fleet.agent.isExposed = true;
    const answer = await watch(deps, person('member'), { runtimeId });
    expect(answer).toMatchObject({
      ok: true,
      value: { watchEndpoint: `https://${runtimeId}.run.example/agent/v1/watch` },
    });
    expect(minted).toEqual([{ runtimeId, subject: 'member', scope: 'watch', lifeSeconds: 60 }]);
  });

  it('is refused to those who may not be inside, and to what is to stop', async () => {
    expect(await call(person('billing'))).toBe('role_not_allowed');
    expect(await call(person('stranger'))).toBe('runtime_unknown');
    await fleet.command(runtimeId, { desired: 'suspended' });
    expect(await call()).toBe('runtime_not_running');
    expect(minted).toEqual([]);
  });

  it('is bounded', async () => {
    for (let turn = 0; turn < 120; turn += 1) expect(await call()).toBe('ok');
    expect(await call()).toBe('too_many_requests');
  });
});
