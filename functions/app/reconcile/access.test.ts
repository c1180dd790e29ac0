import { beforeEach, describe, expect, it } from 'vitest';
import { inspectionMinute } from '#core/runtime/slots.ts';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import { removeMember } from '#app/team/members.ts';
import { settleTeams } from '#app/team/settle.ts';
import { notDue } from '#app/team/turn.ts';
import { holdTeam } from './access.ts';
import { inspectMinute } from './inspect.ts';
import { reconcileRuntime } from './reconcile-runtime.ts';

const runtimeId = 'rt1';
const minuteMs = 60_000;

let fleet: Fleet;
const team = new Map<string, 'owner' | 'member' | 'billing'>();

beforeEach(async () => {
  fleet = await makeFleet();
  await fleet.open(runtimeId);
  team.clear();
  team.set('mina', 'owner').set('juno', 'member');
  fleet.teams.all.set('w1', team);
  await fleet.settle(runtimeId);
  fleet.agent.sessions.add('mina').add('juno');
});

const told = (): number =>
  fleet.store.rows('timeline').filter(({ kind }) => kind === 'access_ended').length;
const inside = (): readonly string[] => [...fleet.agent.sessions];

/** A row for the team there is; its owner, as a caller. */
const ownWorkspace = async () => {
  const data = {
    name: 'W',
    subdomain: 'w',
    planKey: 'basic',
    ownerId: 'mina',
    teamDueAt: notDue,
  };
  await fleet.store.create('workspaces', 'w1', { data, readers: { team: 'w1' } });
  return { userId: 'mina', email: '', name: '', labels: [] };
};

describe('who is inside a runtime', () => {
  it('is left alone, and nothing is written, while all may enter', async () => {
    const { version } = fleet.row(runtimeId);
    await inspectMinute(fleet.deps, inspectionMinute(runtimeId));
    expect(fleet.row(runtimeId).version).toBe(version);
    await fleet.command(runtimeId);
    await reconcileRuntime(fleet.deps, runtimeId);
    expect(fleet.agent.accessCalls).toEqual([]);
    expect(inside()).toEqual(['mina', 'juno']);
  });

  it.each([
    ['left', () => team.delete('juno')],
    ['only pays from now on', () => team.set('juno', 'billing')],
  ])('ends at once for one who %s', async (_name, change) => {
    change();
    await holdTeam(fleet.deps, 'w1');
    expect(inside()).toEqual(['mina']);
    expect(fleet.agent.accessCalls).toEqual([['mina']]);
    expect(told()).toBe(1);
  });

  it('is looked at once more when a ticket given before can no longer be spent', async () => {
    team.delete('juno');
    await holdTeam(fleet.deps, 'w1');
    fleet.agent.sessions.add('juno');
    fleet.clock.advance(2 * minuteMs);
    await fleet.settle(runtimeId);
    expect(inside()).toEqual(['mina']);
  });

  it('changes, and the number of one who does not pay any more is forgotten', async () => {
    const owner = await ownWorkspace();
    team.set('juno', 'billing').set('hana', 'billing');
    const agreed = { workspaceId: 'w1', phone: '01012345678', agreedAt: notDue };
    for (const [id, userId] of [
      ['rt1', 'juno'],
      ['rt2', 'hana'],
    ] as const) {
      const row = { data: { ...agreed, userId }, readers: 'functions' as const };
      await fleet.store.create('renewal_texts', id, row);
    }
    expect(
      await removeMember(fleet.deps, owner, { workspaceId: 'w1', userId: 'juno' }),
    ).toMatchObject({ ok: true });
    await settleTeams(fleet.deps);
    expect(fleet.store.rows('renewal_texts')).toMatchObject([{ userId: 'hana' }]);
  });

  it('ends with the next sweep when the event of a change is lost', async () => {
    const owner = await ownWorkspace();
    const wish = { workspaceId: 'w1', userId: 'juno' };
    expect(await removeMember(fleet.deps, owner, wish)).toMatchObject({ ok: true });
    expect(inside()).toEqual(['mina', 'juno']);
    await settleTeams(fleet.deps);
    expect(inside()).toEqual(['mina']);
    expect(fleet.store.rows('workspaces')[0]?.teamDueAt).toBe(notDue);
    const { writes } = fleet.store;
    await settleTeams(fleet.deps);
    expect(fleet.store.writes).toBe(writes);
  });

  it('stays due while somebody changes the team, and is settled by the sweep after', async () => {
    const owner = await ownWorkspace();
    const faults = {
      reach: async (name: string) => {
        if (name === 'team.marked') await settleTeams(fleet.deps);
      },
    };
    const wish = { workspaceId: 'w1', userId: 'juno' };
    expect(await removeMember({ ...fleet.deps, faults }, owner, wish)).toMatchObject({ ok: true });
    expect(fleet.store.rows('workspaces')[0]?.teamDueAt).not.toBe(notDue);
    await settleTeams(fleet.deps);
    expect(inside()).toEqual(['mina']);
  });

  it('ends within the hour when the team was changed elsewhere and the event is lost', async () => {
    team.delete('juno');
    for (let minute = 0; minute < 60; minute += 1) await inspectMinute(fleet.deps, minute);
    expect(inside()).toEqual(['mina']);
  });

  it('ends by any other look too', async () => {
    team.delete('juno');
    await fleet.command(runtimeId);
    await reconcileRuntime(fleet.deps, runtimeId);
    expect(inside()).toEqual(['mina']);
    expect(told()).toBe(1);
  });

  it('ends with the runtime itself', async () => {
    await fleet.command(runtimeId, { desired: 'suspended' });
    await fleet.settle(runtimeId);
    expect(fleet.row(runtimeId).status).toBe('suspended');
    expect(inside()).toEqual([]);
  });
});
