/** An owner deletes a runtime and takes it back: stopped at once, proven anew, and nobody else's. */
import { beforeEach, describe, expect, test } from 'vitest';
import { actOnRuntime } from '#app/operator/runtimes/act.ts';
import type { RuntimeAction } from '#schemas/contract/operator-runtimes.ts';
import type { Account } from '#ports/accounts.ts';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import { deletionOf } from './deletion.ts';
import type { RuntimesDeps } from './deps.ts';
import { requestDeletion, withdrawDeletion } from './leave.ts';
import { pause, resume } from './pause.ts';

const runtimeId = 'rt1';
const dayMs = 24 * 60 * 60_000;
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
});

const comeUp = (): Promise<void> => fleet.becomeReady(runtimeId);

const row = () => fleet.row(runtimeId);
const target = () => ({ runtimeId, revision: row().revision });
const codeOf = async (asked: Promise<{ ok: boolean; error?: { code: string } }>) => {
  const answer = await asked;
  return answer.ok ? 'ok' : answer.error?.code;
};
const leave = (caller = owner, name = runtimeId) =>
  codeOf(requestDeletion(deps, caller, { ...target(), name }));
const keep = (caller = owner) => codeOf(withdrawDeletion(deps, caller, target()));
const operator = (action: RuntimeAction) =>
  codeOf(
    actOnRuntime({ ...fleet.deps, deployer: () => fleet.deployer }, 'op', {
      ...{ ...target(), action, reason: 'asked', days: 3, dryRun: false },
      confirmation: runtimeId,
    }),
  );
const told = (kind: string) => fleet.store.rows('timeline').filter((entry) => entry.kind === kind);
const standing = () => {
  const { desired, suspendedFor } = row();
  return { desired, suspendedFor };
};

describe('asked for', () => {
  test('it is stopped at once, keeps its place and its date, and is told with who asked', async () => {
    await comeUp();
    const slots = fleet.slots();
    const askedMs = fleet.clock.now().getTime();
    expect(await leave()).toBe('ok');
    expect(Date.parse(row().deletesAt ?? '')).toBe(askedMs + 7 * dayMs);
    expect(deletionOf(row())).toMatchObject({
      reason: 'customer',
      askedBy: 'owner',
      receipt: null,
    });
    await fleet.settle(runtimeId);
    expect(fleet.deployer.runs(runtimeId)).toBe(false);
    expect(standing()).toEqual({ desired: 'suspended', suspendedFor: 'leaving' });
    expect([row().status, fleet.slots()]).toEqual(['suspended', slots]);
    expect(told('deletion_requested').map(({ actor }) => actor)).toEqual(['owner']);
  });

  test('only by an owner, by its name, on what it is now, and once it has come up', async () => {
    expect(await leave()).toBe('runtime_not_running');
    await comeUp();
    expect(await leave(person('stranger'))).toBe('runtime_unknown');
    expect(await leave(person('member'))).toBe('role_not_allowed');
    expect(await leave(person('billing'))).toBe('role_not_allowed');
    expect(await leave(owner, 'other')).toBe('confirmation_mismatch');
    const stale = { runtimeId, revision: 0, name: runtimeId };
    expect(await codeOf(requestDeletion(deps, owner, stale))).toBe('stale_revision');
    expect(row().deletesAt).toBeNull();
    expect(await leave(owner, ` ${runtimeId} `)).toBe('ok');
    expect(await leave()).toBe('runtime_leaving');
    expect(told('deletion_requested')).toHaveLength(1);
  });

  test('nobody else starts it: no pause is ended, no operator resumes it or gives it days', async () => {
    await comeUp();
    await leave();
    await fleet.settle(runtimeId);
    expect(await codeOf(resume(deps, owner, target()))).toBe('runtime_not_paused');
    expect(await operator('resume')).toBe('action_not_possible');
    expect(await operator('give_time')).toBe('action_not_possible');
    expect(standing()).toEqual({ desired: 'suspended', suspendedFor: 'leaving' });
  });
});

describe('kept after all', () => {
  test('it is proven anew before it is ready, as after a pause', async () => {
    await comeUp();
    const { receipt } = row();
    await leave();
    await fleet.settle(runtimeId);
    fleet.clock.advance(6 * dayMs);
    expect(await keep(person('member'))).toBe('role_not_allowed');
    expect(await keep()).toBe('ok');
    await fleet.sweepUntil(runtimeId, 'ready');
    expect(row()).toMatchObject({ deletesAt: null, deletion: null, suspendedFor: null });
    expect(row().receipt).not.toBe(receipt);
    expect(told('deletion_withdrawn').map(({ actor }) => actor)).toEqual(['owner']);
    expect(await keep()).toBe('runtime_not_leaving');
  });

  test('one that was paused stays paused', async () => {
    await comeUp();
    expect(await codeOf(pause(deps, owner, target()))).toBe('ok');
    expect(await leave()).toBe('ok');
    expect(standing()).toEqual({ desired: 'suspended', suspendedFor: 'leaving' });
    expect(await keep()).toBe('ok');
    expect(standing()).toEqual({ desired: 'suspended', suspendedFor: 'customer' });
  });

  test.each(['unpaid', 'operator', 'refunded'] as const)(
    'what is stopped as %s stays so beside it',
    async (suspendedFor) => {
      await comeUp();
      const stopped = { desired: 'suspended', suspendedAt: row().paidUntil } as const;
      await fleet.command(runtimeId, { ...stopped, suspendedFor });
      expect(await leave()).toBe('ok');
      expect(standing()).toEqual({ desired: 'suspended', suspendedFor });
      expect(await keep()).toBe('ok');
      expect(standing()).toEqual({ desired: 'suspended', suspendedFor });
    },
  );

  test('not once it goes', async () => {
    await comeUp();
    await leave();
    await fleet.command(runtimeId, { desired: 'deleted', deletesAt: null });
    expect(await keep()).toBe('runtime_not_leaving');
  });
});
