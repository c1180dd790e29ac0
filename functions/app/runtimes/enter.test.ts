import { beforeEach, describe, expect, it } from 'vitest';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import type { Account } from '#ports/accounts.ts';
import type { Tickets } from '#ports/runtime.ts';
import { openCodexLogin, openDeviceLogin } from './codex.ts';
import type { RuntimesDeps } from './deps.ts';
import { openRuntime } from './enter.ts';

const runtimeId = 'rt1';
const person = (userId: string): Account => ({ userId, email: '', name: '', labels: [] });
const owner = person('owner');

let fleet: Fleet;
let deps: RuntimesDeps;
let minted: Parameters<Tickets['mint']>[0][];

beforeEach(async () => {
  fleet = await makeFleet();
  await fleet.open(runtimeId);
  fleet.teams.all.set(
    'w1',
    new Map([
      ['owner', 'owner'],
      ['member', 'member'],
      ['billing', 'billing'],
    ]),
  );
  minted = [];
  const mint: Tickets['mint'] = (ticket) => {
    minted.push(ticket);
    const expiresAt = new Date(fleet.clock.now().getTime() + ticket.lifeSeconds * 1_000);
    return Promise.resolve({ token: `ticket-${minted.length}`, expiresAt });
  };
  deps = { ...fleet.deps, teams: fleet.teams, tickets: { mint }, scheme: 'https' };
});

const enter = (caller: Account) => openRuntime(deps, caller, { runtimeId });
const codeOf = async (caller: Account): Promise<string> => {
  const result = await enter(caller);
  return result.ok ? 'ok' : result.error.code;
};
const entered = () => fleet.store.rows('timeline').filter(({ kind }) => kind === 'entered');

describe('entering a runtime', () => {
  it('gives an owner one ticket for this runtime, this person and a minute', async () => {
    await fleet.sweepUntil(runtimeId, 'auth_required');
    const result = await enter(owner);
    expect(result).toMatchObject({
      ok: true,
      value: {
        enterEndpoint: `https://${runtimeId}.run.example/agent/v1/enter`,
        enterTicket: 'ticket-1',
      },
    });
    expect(minted).toEqual([{ runtimeId, subject: 'owner', scope: 'enter', lifeSeconds: 60 }]);
  });

  it('is for members too', async () => {
    await fleet.sweepUntil(runtimeId, 'auth_required');
    expect(await codeOf(person('member'))).toBe('ok');
    expect(minted).toMatchObject([{ runtimeId, subject: 'member', scope: 'enter' }]);
  });

  it('is refused to those who only pay, and unknown to strangers', async () => {
    await fleet.sweepUntil(runtimeId, 'auth_required');
    expect(await codeOf(person('billing'))).toBe('role_not_allowed');
    expect(await codeOf(person('stranger'))).toBe('runtime_unknown');
    fleet.teams.all.get('w1')?.set('owner', 'billing');
    expect(await codeOf(owner)).toBe('role_not_allowed');
    expect(minted).toEqual([]);
    expect(entered()).toEqual([]);
  });

  it('waits for the ladder and for the proof from outside', async () => {
    expect(await codeOf(owner)).toBe('runtime_not_verified');
    fleet.agent.isExposed = true;
    await fleet.sweepUntil(runtimeId, 'running');
    await fleet.settleExposed(runtimeId);
    expect(await codeOf(owner)).toBe('runtime_not_verified');
    expect(minted).toEqual([]);
  });

  it('is refused once the runtime is to stop', async () => {
    await fleet.sweepUntil(runtimeId, 'auth_required');
    await fleet.command(runtimeId, { desired: 'suspended' });
    expect(await codeOf(owner)).toBe('runtime_not_running');
  });

  it('is told in the history, by whom and when, and leaves the status there to be read', async () => {
    await fleet.sweepUntil(runtimeId, 'auth_required');
    await enter(owner);
    await enter(owner);
    expect(entered().map(({ actor }) => actor)).toEqual(['owner', 'owner']);
    const before = fleet.store.rows('timeline').length;
    await fleet.command(runtimeId);
    await fleet.settle(runtimeId);
    expect(fleet.store.rows('timeline')).toHaveLength(before);
  });

  it('is bounded', async () => {
    await fleet.sweepUntil(runtimeId, 'auth_required');
    for (let turn = 0; turn < 60; turn += 1) expect(await codeOf(owner)).toBe('ok');
    expect(await codeOf(owner)).toBe('too_many_requests');
    expect(entered()).toHaveLength(60);
  });
});

describe('a login by device code', () => {
  it('is a ticket alone: nothing is started, and no code can come here', async () => {
    await fleet.sweepUntil(runtimeId, 'auth_required');
    const { revision } = fleet.row(runtimeId);
    const result = await openDeviceLogin(deps, person('member'), { runtimeId, revision });
    expect(result).toMatchObject({
      ok: true,
      value: {
        deviceEndpoint: `https://${runtimeId}.run.example/agent/v1/codex/device`,
        deviceTicket: 'ticket-1',
      },
    });
    expect(minted).toMatchObject([{ runtimeId, subject: 'member', scope: 'codex:device' }]);
    expect(fleet.row(runtimeId).revision).toBe(revision);
  });

  it('no login goes into a runtime that is not proven to be closed', async () => {
    await fleet.sweepUntil(runtimeId, 'auth_required');
    const row = fleet.row(runtimeId);
    const known = JSON.parse(row.conditions) as { type: string; value: string }[];
    const opened = known.map((one) => (one.type === 'private' ? { ...one, value: 'false' } : one));
    const { id, version, revision } = row;
    await fleet.store.update('runtimes', { id, version }, { conditions: JSON.stringify(opened) });
    const body = { runtimeId, revision };
    const results = [
      await openDeviceLogin(deps, owner, body),
      await openCodexLogin(deps, owner, body),
    ];
    expect(results).toMatchObject(
      results.map(() => ({ ok: false, error: { code: 'runtime_not_verified' } })),
    );
    expect(minted).toEqual([]);
  });

  it('is refused like every other command', async () => {
    await fleet.sweepUntil(runtimeId, 'auth_required');
    const { revision } = fleet.row(runtimeId);
    const codes = await Promise.all(
      [
        openDeviceLogin(deps, person('stranger'), { runtimeId, revision }),
        openDeviceLogin(deps, person('billing'), { runtimeId, revision }),
        openDeviceLogin(deps, owner, { runtimeId, revision: revision - 1 }),
      ].map(async (each) => {
        const result = await each;
        return result.ok ? 'ok' : result.error.code;
      }),
    );
    expect(codes).toEqual(['runtime_unknown', 'role_not_allowed', 'stale_revision']);
    expect(minted).toEqual([]);
  });
});
