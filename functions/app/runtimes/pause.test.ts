/** A pause is its owner's: it stops and starts the runtime, and nobody else's start undoes it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { reconcileRuntime } from '#app/reconcile/reconcile-runtime.ts';
import { actOnRuntime } from '#app/operator/runtimes/act.ts';
import type { RuntimeAction } from '#schemas/contract/operator-runtimes.ts';
import type { Account } from '#ports/accounts.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import { newOrderRow } from '#app/checkout/new-order.ts';
import { plans } from '#schemas/plans.ts';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import type { RuntimesDeps } from './deps.ts';
import { pause, resume } from './pause.ts';

const runtimeId = 'rt1';
const person = (userId: string): Account => ({ userId, email: '', name: '', labels: [] });
const owner = person('owner');

let fleet: Fleet;
let deps: RuntimesDeps;

beforeEach(async () => {
  fleet = await makeFleet();
  await fleet.open(runtimeId);
  const roles = ['owner', 'member', 'billing'] as const;
  fleet.teams.all.set('w1', new Map(roles.map((role) => [role, role])));
  const mint = () => Promise.resolve({ token: 't', expiresAt: fleet.clock.now() });
  deps = { ...fleet.deps, teams: fleet.teams, tickets: { mint }, scheme: 'https' };
  await fleet.becomeReady(runtimeId);
});

const row = () => fleet.row(runtimeId);
const target = () => ({ runtimeId, revision: row().revision });
const codeOf = async (asked: Promise<{ ok: boolean; error?: { code: string } }>) => {
  const answer = await asked;
  return answer.ok ? 'ok' : answer.error?.code;
};
const stop = (caller = owner) => codeOf(pause(deps, caller, target()));
const start = (caller = owner) => codeOf(resume(deps, caller, target()));
const told = (kind: string) => fleet.store.rows('timeline').filter((entry) => entry.kind === kind);
const operator = (action: RuntimeAction) =>
  codeOf(
    actOnRuntime({ ...fleet.deps, deployer: () => fleet.deployer }, 'op', {
      ...target(),
      action,
      reason: 'asked',
      days: 3,
      dryRun: false,
    }),
  );
const standing = () => {
  const { desired, suspendedFor, pausedAt } = row();
  return { desired, suspendedFor, isPaused: pausedAt !== null };
};
const paused = { desired: 'suspended', suspendedFor: 'customer', isPaused: true };
const runs = { desired: 'running', suspendedFor: null, isPaused: false };
const payIt = () => {
  const order = newOrderRow({
    workspaceId: 'w1',
    userId: 'owner',
    runtimeId,
    runtimeName: runtimeId,
    purpose: 'open',
    plan: plans[0],
    months: 1,
    expiresAt: fleet.clock.now().toISOString(),
    changedBy: 'owner',
  });
  const data = { ...order, state: 'fulfilled' as const };
  return fleet.store.create('orders', 'o1', { data, readers: { team: 'w1' } });
};

describe('a pause', () => {
  it('stops the runtime, keeps its place and its paid time, and is told with who asked', async () => {
    const { paidUntil, termDueAt } = row();
    const slots = fleet.slots();
    expect(await stop(person('member'))).toBe('ok');
    await fleet.settle(runtimeId);
    expect(fleet.deployer.runs(runtimeId)).toBe(false);
    expect(standing()).toEqual(paused);
    expect(row()).toMatchObject({ status: 'suspended', paidUntil, termDueAt });
    expect(fleet.slots()).toEqual(slots);
    expect(told('pause_requested').map(({ actor }) => actor)).toEqual(['member']);
  });

  it('ends by one click, and is proven by ladder and smoke before it is ready', async () => {
    await stop();
    await fleet.settle(runtimeId);
    const { exposureTries } = fleet.agent;
    const { smokeId: before, receipt } = row();
    expect(await start()).toBe('ok');
    const shown = new Set<string>();
    for (let step = 0; step < 60 && row().status !== 'ready'; step += 1) {
      const budget = { runMs: 60_000, maxSteps: 3, maxPauseMs: 0, stays: false };
      await reconcileRuntime(fleet.deps, runtimeId, budget);
      shown.add(row().status);
      fleet.clock.advance(2_000);
    }
    expect(shown).toEqual(new Set(['running', 'ready']));
    expect(fleet.agent.exposureTries).toBe(exposureTries + 1);
    expect(row().smokeId).not.toBe(before);
    expect(row().receipt).not.toBe(receipt);
    expect(standing()).toEqual(runs);
    const { deployment } = readJson(factsSchema, row().facts, noFacts);
    expect([deployment.attempt, deployment.precedingSmokeId]).toEqual([2, before]);
  });

  it('taken back before it was stopped interrupts nothing', async () => {
    const { deployCalls } = fleet.deployer;
    await stop();
    expect(await start()).toBe('ok');
    await fleet.settle(runtimeId);
    expect(fleet.deployer.deployCalls).toBe(deployCalls);
    expect(row().status).toBe('ready');
  });

  it('waits for its owner where the login has ended meanwhile, and then asks by itself', async () => {
    await stop();
    await fleet.settle(runtimeId);
    fleet.agent.codex = 'none';
    fleet.agent.loginId = null;
    await start();
    await fleet.sweepUntil(runtimeId, 'auth_required');
    fleet.agent.codex = 'ok';
    fleet.agent.loginId = 'second';
    await fleet.command(runtimeId);
    await fleet.sweepUntil(runtimeId, 'ready');
  });

  it('is refused to those who only pay, to strangers, to the stale, and where nothing runs', async () => {
    expect(await stop(person('billing'))).toBe('role_not_allowed');
    expect(await stop(person('stranger'))).toBe('runtime_unknown');
    const stale = { runtimeId, revision: target().revision - 1 };
    expect(await codeOf(pause(deps, owner, stale))).toBe('stale_revision');
    expect(await start()).toBe('runtime_not_paused');
    await stop();
    expect(await stop()).toBe('runtime_not_running');
    expect(await codeOf(resume(deps, owner, stale))).toBe('stale_revision');
    expect(told('pause_requested')).toHaveLength(1);
  });

  it('is not for what has not come up yet: its payment is held to a promise', async () => {
    await fleet.open('rt2');
    expect(await codeOf(pause(deps, owner, { runtimeId: 'rt2', revision: 1 }))).toBe(
      'runtime_not_running',
    );
  });

  it('is bounded', async () => {
    for (let turn = 0; turn < 6; turn += 1) {
      expect(await stop()).toBe('ok');
      expect(await start()).toBe('ok');
    }
    expect(await stop()).toBe('too_many_requests');
  });
});

it('another plan is deployed with its memory, and proven again by itself', async () => {
  const { smokeId, facts } = row();
  const [compose] = fleet.deployer.composes.values();
  expect(compose?.config?.file).toContain('mem_limit: 2048m');
  await fleet.command(runtimeId, { planKey: 'plus', planVersion: 1 });
  await fleet.settle(runtimeId);
  expect(compose?.config?.file).toContain('mem_limit: 4096m');
  expect(row()).toMatchObject({ status: 'ready' });
  expect(row().smokeId).not.toBe(smokeId);
  const attempt = (text: string): number => readJson(factsSchema, text, noFacts).deployment.attempt;
  expect(attempt(row().facts)).toBe(attempt(facts) + 1);
  expect(told('runtime_degraded')).toEqual([]);
});

describe('what others stopped', () => {
  it.each(['unpaid', 'operator', 'refunded'] as const)('%s: no owner starts it', async (reason) => {
    await stop();
    await fleet.command(runtimeId, { suspendedFor: reason });
    expect(await start()).toBe('runtime_not_paused');
    await fleet.command(runtimeId, { pausedAt: null });
    expect(await start()).toBe('runtime_not_paused');
  });

  it('an operator’s stop goes over a pause, and falls back to it', async () => {
    await payIt();
    await stop();
    expect(await operator('resume')).toBe('action_not_possible');
    expect(await operator('suspend')).toBe('ok');
    expect(standing()).toEqual({ ...paused, suspendedFor: 'operator' });
    expect(await operator('resume')).toBe('ok');
    expect(standing()).toEqual(paused);
    expect(await start()).toBe('ok');
  });

  it('days that an operator gives do not start what its owner paused', async () => {
    await payIt();
    await stop();
    await fleet.command(runtimeId, { suspendedFor: 'unpaid' });
    expect(await operator('give_time')).toBe('ok');
    expect(standing()).toEqual(paused);
  });
});
