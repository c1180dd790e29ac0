/** Taking a runtime along: while it runs at once, while it is suspended through a window of its own. */
import { beforeEach, describe, expect, it } from 'vitest';
import { reconcileRuntime } from '#app/reconcile/reconcile-runtime.ts';
import type { Account } from '#ports/accounts.ts';
import type { Tickets } from '#ports/runtime.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import type { RuntimesDeps } from './deps.ts';
import { requestExport } from './export.ts';
import { requestImport } from './import.ts';
import { requestOffsite } from './offsite.ts';
import { pause, resume } from './pause.ts';

const runtimeId = 'rt1';
const hourMs = 60 * 60_000;
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
    return Promise.resolve({ token: `t${minted.length}`, expiresAt: fleet.clock.now() });
  };
  deps = { ...fleet.deps, teams: fleet.teams, tickets: { mint }, scheme: 'https' };
});

const row = () => fleet.row(runtimeId);
const facts = () => readJson(factsSchema, row().facts, noFacts);
const target = () => ({ runtimeId, revision: row().revision });
const services = () => fleet.deployer.services(runtimeId);
const told = (kind: string) => fleet.store.rows('timeline').filter((entry) => entry.kind === kind);
const deployedNow = () => {
  const found = fleet.conditions(runtimeId).find(({ type }) => type === 'deployed');
  return [found?.value, found?.reason, found?.actor];
};
/** `open`, `preparing`, or the code of a refusal. */
const ask = async (caller = owner): Promise<string> => {
  const answer = await requestExport(deps, caller, { runtimeId });
  return answer.ok ? answer.value.state : answer.error.code;
};
const everything = ['bootstrap', 'openclaw', 'agent', 'scratch'];

const makeReady = (): Promise<void> => fleet.becomeReady(runtimeId);
const suspend = async () => {
  await makeReady();
  await pause(deps, owner, target());
  await fleet.settle(runtimeId);
};

describe('an export of a runtime that runs', () => {
  it('is one ticket for an owner, told in the history before it is given', async () => {
    await fleet.sweepUntil(runtimeId, 'auth_required');
    const answer = await requestExport(deps, owner, { runtimeId });
    expect(answer).toMatchObject({
      ok: true,
      value: {
        state: 'open',
        exportEndpoint: `https://${runtimeId}.run.example/agent/v1/export`,
        exportTicket: 't1',
      },
    });
    expect(minted).toEqual([{ runtimeId, subject: 'owner', scope: 'export', lifeSeconds: 60 }]);
    expect(told('exported').map(({ actor }) => actor)).toEqual(['owner']);
  });

  it('is refused to members, who see no login, and unknown to strangers', async () => {
    await fleet.sweepUntil(runtimeId, 'auth_required');
    expect(await ask(person('member'))).toBe('role_not_allowed');
    expect(await ask(person('billing'))).toBe('role_not_allowed');
    expect(await ask(person('stranger'))).toBe('runtime_unknown');
    expect(minted).toEqual([]);
  });

  it('waits until something runs', async () => {
    expect(await ask()).toBe('runtime_not_running');
  });
});

describe('an export of a suspended runtime', () => {
  it('starts its agent alone, and gives the ticket once that answers', async () => {
    await suspend();
    expect(services()).toEqual([]);
    expect(await ask()).toBe('preparing');
    expect(told('export_opened').map(({ actor }) => actor)).toEqual(['owner']);
    await reconcileRuntime(fleet.deps, runtimeId);
    expect(services()).toEqual(['bootstrap', 'agent']);
    expect(row().status).toBe('suspended');
    expect(deployedNow()).toEqual(['false', 'export_open', 'customer']);
    expect(await ask()).toBe('open');
    expect(minted).toMatchObject([{ scope: 'export', subject: 'owner' }]);
    expect(facts().verify.report).toBeNull();
    expect(facts().exposure.report).toBeNull();
  });

  it('stops again when its time is over, by the sweep alone', async () => {
    await suspend();
    await ask();
    await reconcileRuntime(fleet.deps, runtimeId);
    const { exportUntil, nextCheckAt } = row();
    expect(nextCheckAt).toBe(exportUntil);
    fleet.clock.advance(Date.parse(exportUntil ?? '') - fleet.clock.now().getTime() + 1);
    await fleet.settle(runtimeId);
    expect(services()).toEqual([]);
    expect(row().status).toBe('suspended');
    expect(deployedNow()).toEqual(['unknown', 'not_started', 'system']);
    expect(await ask()).toBe('preparing');
  });

  it('says that it is being prepared while nothing answers, and stays so without a deployer', async () => {
    await suspend();
    fleet.deployer.faults.push('fail', 'lose');
    await ask();
    for (let step = 0; step < 3; step += 1) {
      const once = { runMs: 1_000, maxSteps: 2, maxPauseMs: 0, stays: false };
      await reconcileRuntime(fleet.deps, runtimeId, once);
      expect(deployedNow()).toEqual(['unknown', 'export_preparing', 'system']);
      expect(await ask()).toBe('preparing');
    }
    await fleet.settle(runtimeId);
    expect(deployedNow()).toEqual(['false', 'export_open', 'customer']);
  });

  it('ends with what suspended it: its own files come back and are proven anew', async () => {
    await suspend();
    const { receipt } = row();
    await ask();
    await reconcileRuntime(fleet.deps, runtimeId);
    expect((await resume(deps, owner, target())).ok).toBe(true);
    expect(row().exportUntil).toBeNull();
    await fleet.settle(runtimeId);
    expect(services()).toEqual(everything);
    expect(row().status).toBe('ready');
    expect(row().receipt).not.toBe(receipt);
  });

  it('taken up before it was deployed deploys what is wanted, once', async () => {
    await suspend();
    await ask();
    await resume(deps, owner, target());
    await fleet.settle(runtimeId);
    expect(services()).toEqual(everything);
    expect(facts().deployment.attempt).toBe(2);
  });

  it('of one that still stops runs no gateway at any time', async () => {
    await makeReady();
    await pause(deps, owner, target());
    expect(await ask()).toBe('preparing');
    await reconcileRuntime(fleet.deps, runtimeId);
    expect(services()).toEqual(['bootstrap', 'agent']);
    expect(facts().takedown.state).toBeNull();
  });

  it('reaches the same end after a death at any write, and is stopped at its end', async () => {
    for (let diesAt = 1; diesAt < 14; diesAt += 1) {
      fleet = await makeFleet();
      await fleet.open(runtimeId);
      fleet.teams.all.set('w1', new Map([['owner', 'owner']]));
      deps = { ...deps, ...fleet.deps, teams: fleet.teams };
      await suspend();
      await ask();
      fleet.store.crashAfterWrites(diesAt);
      await reconcileRuntime(fleet.deps, runtimeId).catch(() => null);
      fleet.store.revive();
      await fleet.settle(runtimeId);
      expect([diesAt, services()]).toEqual([diesAt, ['bootstrap', 'agent']]);
      fleet.clock.advance(3 * hourMs);
      fleet.store.crashAfterWrites(diesAt);
      await reconcileRuntime(fleet.deps, runtimeId).catch(() => null);
      fleet.store.revive();
      await fleet.settle(runtimeId);
      expect([diesAt, services(), row().status]).toEqual([diesAt, [], 'suspended']);
    }
  });

  it('is one window of the day for two clicks at once', async () => {
    await suspend();
    for (let window = 0; window < 3; window += 1) {
      expect(await Promise.all([ask(), ask()])).toEqual(['preparing', 'preparing']);
      fleet.clock.advance(3 * hourMs + 1);
    }
    expect(await ask()).toBe('export_limit');
  });

  it('is opened three times a day, and gone on with while a download fits in', async () => {
    await suspend();
    const windows = () => told('export_opened').length;
    await ask();
    await reconcileRuntime(fleet.deps, runtimeId);
    expect([await ask(), windows()]).toEqual(['open', 1]);
    // Less than a download is left: one more is opened, and nothing is deployed for it.
    fleet.clock.advance(hourMs + 1);
    expect([await ask(), windows()]).toEqual(['open', 2]);
    const { attempt } = facts().deployment;
    await reconcileRuntime(fleet.deps, runtimeId);
    expect(facts().deployment.attempt).toBe(attempt);
    fleet.clock.advance(hourMs + 1);
    expect([await ask(), windows()]).toEqual(['open', 3]);
    // None is left today, and what is left of this one holds.
    fleet.clock.advance(hourMs + 1);
    expect([await ask(), windows()]).toEqual(['open', 3]);
    fleet.clock.advance(2 * hourMs);
    expect(await ask()).toBe('export_limit');
    await fleet.settle(runtimeId);
    expect(services()).toEqual([]);
  });

  it('is not to be had where nothing was ever set up, nor once it is deleted', async () => {
    await fleet.command(runtimeId, { desired: 'suspended', suspendedFor: 'unpaid' });
    expect(await ask()).toBe('export_not_possible');
    await fleet.command(runtimeId, { desired: 'deleted' });
    expect(await ask()).toBe('export_not_possible');
  });
});

describe('an import', () => {
  const bring = async (caller = owner) => {
    const answer = await requestImport(deps, caller, { runtimeId });
    return answer.ok ? answer.value.importEndpoint : answer.error.code;
  };

  it('is one ticket for whoever may operate, told in the history', async () => {
    await fleet.sweepUntil(runtimeId, 'auth_required');
    const endpoint = `https://${runtimeId}.run.example/agent/v1/import`;
    expect(await bring(person('member'))).toBe(endpoint);
    expect(minted).toEqual([{ runtimeId, subject: 'member', scope: 'import', lifeSeconds: 60 }]);
    expect(told('import_requested').map(({ actor }) => actor)).toEqual(['member']);
    expect(await bring(person('billing'))).toBe('role_not_allowed');
  });

  it('waits for a runtime that runs', async () => {
    expect(await bring()).toBe('runtime_not_running');
    await suspend();
    expect(await bring()).toBe('runtime_not_running');
  });
});

describe('where backups go off the machine', () => {
  const look = async (caller = owner) => {
    const answer = await requestOffsite(deps, caller, { runtimeId });
    return answer.ok ? answer.value.offsiteEndpoint : answer.error.code;
  };

  it('is one ticket for an owner, told in the history', async () => {
    expect(await look()).toBe('runtime_not_running');
    await fleet.sweepUntil(runtimeId, 'auth_required');
    expect(await look()).toBe(`https://${runtimeId}.run.example/agent/v1/offsite`);
    expect(minted).toEqual([{ runtimeId, subject: 'owner', scope: 'offsite', lifeSeconds: 60 }]);
    expect(told('offsite_requested').map(({ actor }) => actor)).toEqual(['owner']);
    for (const other of ['member', 'billing']) {
      expect(await look(person(other))).toBe('role_not_allowed');
    }
    await suspend();
    expect(await look()).toBe('runtime_not_running');
  });

  it('is asked for so often in an hour, and no more', async () => {
    await fleet.sweepUntil(runtimeId, 'auth_required');
    for (let asked = 0; asked < 30; asked += 1) await look();
    expect(await look()).toBe('too_many_requests');
    expect(told('offsite_requested')).toHaveLength(30);
  });
});
