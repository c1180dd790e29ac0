import { beforeEach, describe, expect, test } from 'vitest';
import { createInvite } from '#app/operator/invites.ts';
import { auditMoney } from '#app/orders/audit-money.ts';
import { redeemInvite } from '#app/signup/redeem-invite.ts';
import { chooseTexts } from '#app/terms/renewal-texts.ts';
import { brokenAt } from '#app/timeline/append.ts';
import { createWorkspace } from '#app/workspaces/create-workspace.ts';
import { openOrder } from '#app/checkout/open-order.ts';
import { cancelOrder } from '#app/checkout/cancel-order.ts';
import type { Account } from '#ports/accounts.ts';
import { tables } from '#schemas/tables/tables.ts';
import type { TableId } from '#schemas/tables/tables.ts';
import { MemoryDepartures, PowerCut } from '#tests/support/departures.ts';
import { bringUp, deliverAll, openBody, sweep } from '#tests/support/shop.ts';
import { makeWorld } from '#tests/support/world.ts';
import type { World } from '#tests/support/world.ts';
import { deleteAccount } from './delete-account.ts';
import { finishDeletions } from './finish-deletions.ts';
import { surveyDeletion } from './survey-deletion.ts';

const email = 'mina.park@example.com';
const password = 'correct horse battery';
const minuteMs = 60_000;

type Stage = World & { readonly departures: MemoryDepartures };
let stage: Stage;
let mina: Account;

const open = async (): Promise<void> => {
  const world = makeWorld();
  stage = { ...world, departures: new MemoryDepartures(world) };
  mina = await signUp(email, 'Mina Park');
};

const signUp = async (address: string, name: string): Promise<Account> => {
  const invite = await createInvite(stage, 'console', { email: address, note: `for ${name}` });
  if (!invite.ok) throw new Error(invite.error.code);
  const { token } = invite.value;
  const body = { token, email: address, password, name, locale: 'ko' as const };
  const made = await redeemInvite(stage, body);
  if (!made.ok) throw new Error(made.error.code);
  return { userId: made.value.userId, email: address, name, labels: [] };
};

const workspace = async (owner = mina, subdomain = 'acme'): Promise<string> => {
  const made = await createWorkspace(stage, owner, { name: 'Acme', subdomain, planKey: 'basic' });
  if (!made.ok) throw new Error(made.error.code);
  return made.value.workspaceId;
};

const paid = async (workspaceId: string, requestKey: string) => {
  const opened = await openOrder(stage, mina, openBody(workspaceId, requestKey));
  if (!opened.ok) throw new Error(opened.error.code);
  const order = await stage.store.get('orders', opened.value.orderId);
  stage.payments.pay(order?.mulNo ?? '');
  await deliverAll(stage);
  await sweep(stage);
  return opened.value;
};

/** A workspace with a history of money: one runtime that lived and is gone, one order cancelled. */
const settledWorkspace = async (): Promise<string> => {
  const workspaceId = await workspace();
  const { runtimeId } = await paid(workspaceId, 'a'.repeat(16));
  const texts = await chooseTexts(stage, mina, { runtimeId, phone: '010-9876-5432' });
  if (!texts.ok) throw new Error(texts.error.code);
  await bringUp(stage, runtimeId, { status: 'deleted', desired: 'deleted' });
  const second = await openOrder(stage, mina, openBody(workspaceId, 'b'.repeat(16)));
  if (!second.ok) throw new Error(second.error.code);
  const { orderId, revision } = second.value;
  const cancelled = await cancelOrder(stage, mina, { orderId, revision });
  if (!cancelled.ok) throw new Error(cancelled.error.code);
  await deliverAll(stage);
  await sweep(stage);
  return workspaceId;
};

const remove = async (deps: Stage = stage, given = { email, password }): Promise<string> => {
  const result = await deleteAccount(deps, mina, given);
  return result.ok ? (result.value.finished ? 'finished' : 'begun') : result.error.code;
};

const everything = (): string =>
  JSON.stringify([
    (Object.keys(tables) as TableId[]).map((table) => stage.store.rows(table)),
    [...stage.accounts.all.values()],
  ]);

const bare = () => ({
  orders: stage.store.rows('orders').map(({ version: _, runtimeName: __, ...row }) => row),
  notices: stage.store.rows('notices').map(({ version: _, ...row }) => row),
  timeline: stage.store.rows('timeline'),
  tasks: stage.store.rows('tasks'),
});

beforeEach(open);

/** What must hold of a person who is gone. */
const checkGone = async (workspaceId: string, before: ReturnType<typeof bare>): Promise<void> => {
  expect(everything()).not.toContain('mina.park');
  expect(everything()).not.toContain('Mina Park');
  expect(everything()).not.toContain('98765432');
  expect(stage.accounts.all.has(mina.userId)).toBe(false);
  expect(stage.teams.all.has(workspaceId)).toBe(false);
  expect(stage.store.rows('workspaces')).toEqual([]);
  expect(stage.store.rows('subdomains')).toMatchObject([{ id: 'acme', workspaceId }]);
  const [member] = stage.store.rows('members');
  expect(member?.email).toMatch(/^deleted-[0-9a-f]{12}$/);
  expect(member?.name).toBe(member?.email);
  expect(stage.store.rows('deletions')[0]?.finishedAt).not.toBeNull();
  expect(bare()).toEqual(before);
  expect(await auditMoney(stage, 50)).toEqual({ withoutRuntime: 0, unpaid: 0 });
  for (const { id } of stage.store.rows('orders')) {
    const history = stage.store.rows('timeline').filter(({ subjectId }) => subjectId === id);
    expect(history.length).toBeGreaterThan(0);
    expect(brokenAt(stage.ids, history)).toBeNull();
  }
};

test('the person goes, the money and its history stay as they were', async () => {
  const workspaceId = await settledWorkspace();
  const before = bare();
  expect(await remove()).toBe('finished');
  expect(stage.departures.signedOut).toEqual([mina.userId]);
  await checkGone(workspaceId, before);
});

test('whatever call was the last one, trying again finishes', async () => {
  for (let calls = 1; ; calls += 1) {
    await open();
    const workspaceId = await settledWorkspace();
    const before = bare();
    const cut = new PowerCut(calls);
    const [store, departures] = [cut.wire(stage.store), cut.wire(stage.departures)];
    const accounts = cut.wire(stage.accounts);
    const dying = { ...stage, store, departures, accounts } as Stage;
    const first = await remove(dying).catch(() => 'died');
    const asked = stage.store.rows('deletions').length > 0;
    if (stage.accounts.all.has(mina.userId)) expect(await remove()).toBe('finished');
    else {
      stage.clock.advance(2 * minuteMs);
      expect((await finishDeletions(stage)).failed).toBe(0);
    }
    await checkGone(workspaceId, before);
    if (!cut.happened) {
      expect(first).toBe('finished');
      expect(asked).toBe(true);
      expect(calls).toBeGreaterThan(30);
      return;
    }
  }
});

test('what was begun is finished when nobody tries again, and what was not begun is not', async () => {
  for (let calls = 1; ; calls += 1) {
    await open();
    const workspaceId = await settledWorkspace();
    const before = bare();
    const cut = new PowerCut(calls);
    const [store, departures] = [cut.wire(stage.store), cut.wire(stage.departures)];
    await remove({ ...stage, store, departures }).catch(() => 'died');
    const begun = stage.store.rows('deletions').length > 0;
    stage.clock.advance(2 * minuteMs);
    expect((await finishDeletions(stage)).failed).toBe(0);
    if (begun) await checkGone(workspaceId, before);
    else expect(stage.accounts.all.has(mina.userId)).toBe(true);
    const writes = stage.store.writes;
    await finishDeletions(stage);
    expect(stage.store.writes).toBe(writes);
    if (!cut.happened) return;
  }
});

test('a double click deletes once', async () => {
  const workspaceId = await settledWorkspace();
  const before = bare();
  expect(await Promise.all([remove(), remove()])).toEqual(['finished', 'finished']);
  await checkGone(workspaceId, before);
});

describe('it is refused', () => {
  test('with another e-mail, or another password, and nothing happens', async () => {
    expect(await remove(stage, { email: 'jun@example.com', password })).toBe(
      'confirmation_mismatch',
    );
    expect(await remove(stage, { email, password: 'wrong' })).toBe('password_wrong');
    expect(stage.store.rows('deletions')).toEqual([]);
    expect(stage.departures.signedOut).toEqual([]);
    expect(await remove(stage, { email: ' Mina.Park@example.com ', password })).toBe('finished');
  });

  test('after ten passwords an hour, the right one among them', async () => {
    const wrong = { email, password: 'wrong' };
    for (let index = 0; index < 10; index += 1) await remove(stage, wrong);
    expect(await remove()).toBe('too_many_requests');
    stage.clock.advance(60 * minuteMs);
    expect(await remove()).toBe('finished');
  });

  test('while a runtime is not deleted, and says which', async () => {
    const workspaceId = await workspace();
    const { runtimeId } = await paid(workspaceId, 'a'.repeat(16));
    await bringUp(stage, runtimeId, { status: 'suspended', desired: 'suspended' });
    expect(await remove()).toBe('account_runtime_left');
    const obstacles = [{ kind: 'runtime', subjectId: runtimeId, name: 'First', workspaceId }];
    const survey = await surveyDeletion(stage, mina.userId);
    expect(survey).toMatchObject({ obstacles, removed: [], left: [] });
    expect(stage.departures.signedOut).toEqual([]);
    await bringUp(stage, runtimeId, { status: 'deleted', desired: 'deleted' });
    expect(await remove()).toBe('finished');
  });

  test('while an order may still be paid', async () => {
    const workspaceId = await workspace();
    const opened = await openOrder(stage, mina, openBody(workspaceId));
    expect(opened.ok).toBe(true);
    expect(await remove()).toBe('account_order_open');
    expect((await surveyDeletion(stage, mina.userId)).obstacles).toMatchObject([{ kind: 'order' }]);
  });

  test('while others are in a workspace that nobody of them owns', async () => {
    const workspaceId = await workspace();
    stage.teams.all.get(workspaceId)?.set('jun', 'member');
    expect(await remove()).toBe('account_members_left');
    stage.teams.all.get(workspaceId)?.set('jun', 'owner');
    expect((await surveyDeletion(stage, mina.userId)).left).toMatchObject([{ workspaceId }]);
    expect(await remove()).toBe('finished');
    expect(stage.store.rows('workspaces')).toHaveLength(1);
    expect([...(stage.teams.all.get(workspaceId) ?? [])]).toEqual([['jun', 'owner']]);
  });

  test('when something came in between, and the account is as before', async () => {
    const workspaceId = await workspace();
    for (let calls = 0; ; calls += 1) {
      const departures = new MemoryDepartures(stage);
      // The order comes in right before the door is shut.
      departures.shut = async (userId) => {
        await openOrder(stage, mina, openBody(workspaceId));
        return MemoryDepartures.prototype.shut.call(departures, userId);
      };
      const cut = new PowerCut(calls === 0 ? Number.POSITIVE_INFINITY : calls);
      const dying = {
        ...{ ...stage, store: cut.wire(stage.store), departures: cut.wire(departures) },
      } as unknown as Stage;
      const code = await remove(dying).catch(() => 'died');
      if (calls === 0) expect(code).toBe('account_order_open');
      if (code === 'account_order_open' && calls > 0) break;
      stage.clock.advance(60 * minuteMs);
      await finishDeletions({ ...stage, departures });
      expect(departures.shutOut.size).toBe(0);
      expect(stage.store.rows('deletions')).toEqual([]);
      expect(stage.accounts.all.has(mina.userId)).toBe(true);
    }
  });
});

describe('afterwards', () => {
  test('the invite does not make the account again, though its use was never noted', async () => {
    const invite = await createInvite(stage, 'console', {});
    if (!invite.ok) throw new Error(invite.error.code);
    const { token } = invite.value;
    const body = { token, email: 'jun@example.com', password, name: 'Jun', locale: 'ko' as const };
    const faults = { reach: () => Promise.reject(new Error('power cut')) };
    await expect(redeemInvite({ ...stage, faults }, body)).rejects.toThrow('power cut');
    const jun = [...stage.accounts.all.values()].find((each) => each.name === 'Jun');
    if (jun === undefined) throw new Error('no account');
    const gone = await deleteAccount(stage, jun, { email: jun.email, password });
    expect(gone.ok).toBe(true);
    const again = await redeemInvite(stage, body);
    expect(again).toMatchObject({ ok: false, error: { code: 'invite_used' } });
    expect(stage.accounts.all.has(jun.userId)).toBe(false);
  });

  test('an open invite of that address opens for nobody', async () => {
    const invite = await createInvite(stage, 'console', { email, note: 'second chance' });
    if (!invite.ok) throw new Error(invite.error.code);
    expect(await remove()).toBe('finished');
    const { token } = invite.value;
    const body = { token, email: 'eve@example.com', password, name: 'Eve', locale: 'en' as const };
    const refused = await redeemInvite(stage, body);
    expect(refused).toMatchObject({ ok: false, error: { code: 'invite_revoked' } });
  });

  test('no picture of a team and no invitation of others names the person', async () => {
    const readers = 'functions';
    const workspaceId = 'shared';
    const picture = { workspaceId, email, name: 'Mina Park', role: 'member' as const };
    const { userId } = mina;
    const bound = { workspaceId, email, role: 'member' as const, invitedBy: 'jun' };
    const times = { expiresAt: '2026-12-01T00:00:00.000Z', revokedAt: null };
    const open = { ...bound, ...times, usedAt: null, usedBy: null, dueAt: null };
    const used = { ...open, usedAt: times.expiresAt, usedBy: userId, dueAt: times.expiresAt };
    await stage.store.create('team_members', 'p1', { data: { ...picture, userId }, readers });
    await stage.store.create('invitations', 'i1', { data: open, readers });
    await stage.store.create('invitations', 'i2', { data: used, readers });
    expect(await remove()).toBe('finished');
    expect(everything()).not.toContain('mina.park');
    expect(everything()).not.toContain('Mina Park');
    const [first, second] = stage.store.rows('invitations');
    expect(first?.revokedAt).not.toBeNull();
    expect(second).toMatchObject({ usedBy: userId, dueAt: null, revokedAt: null });
  });

  test('the same address may be invited anew, and is another person', async () => {
    expect(await remove()).toBe('finished');
    const again = await signUp(email, 'Mina Park');
    expect(again.userId).not.toBe(mina.userId);
  });
});
