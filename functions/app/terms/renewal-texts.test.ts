/** The pay link by text message: to whom it was agreed with, and to nobody else. */
import { beforeEach, describe, expect, test } from 'vitest';
import { bringUp, customer, paidOrder, sweep, workspaceOf } from '#tests/support/shop.ts';
import type { World } from '#tests/support/world.ts';
import { makeWorld } from '#tests/support/world.ts';
import { chooseTexts, showTexts } from './renewal-texts.ts';
import { settleTerms } from './settle-terms.ts';

const dayMs = 24 * 60 * 60_000;
const weekBeforeMs = Date.parse('2026-12-16T12:00:00.000Z');
const phone = '010-1234-5678';
const digits = '01012345678';
const billing = { ...customer, userId: 'bill', email: 'bill@example.com' };

let world: World;
let workspaceId: string;
let runtimeId: string;
beforeEach(async () => {
  world = makeWorld();
  workspaceId = await workspaceOf(world);
  ({ runtimeId } = await paidOrder(world, workspaceId));
  await bringUp(world, runtimeId, { status: 'ready', receipt: '{}' });
  world.teams.all.get(workspaceId)?.set(billing.userId, 'billing');
});

const choose = async (number: string | null, caller = customer) => {
  const chosen = await chooseTexts(world, caller, { runtimeId, phone: number });
  return chosen.ok ? chosen.value.present : chosen.error.code;
};
const show = async (caller = customer) => {
  const shown = await showTexts(world, caller, { runtimeId });
  return shown.ok ? shown.value.present : shown.error.code;
};
const renewal = () => world.store.rows('orders').filter(({ purpose }) => purpose === 'renew');
const told = () =>
  world.store
    .rows('timeline')
    .filter(({ kind }) => kind.startsWith('texts_'))
    .map(({ kind, actor }) => `${kind} ${actor}`);
/** The week before the end begins. */
const open = async (): Promise<void> => {
  world.clock.advance(weekBeforeMs - world.clock.now().getTime());
  await settleTerms(world);
  await sweep(world);
};

describe('agreeing', () => {
  test('keeps the number for functions alone, shows its end, and is told without it', async () => {
    expect(await show()).toBeNull();
    const present = { lastDigits: '5678', agreedAt: world.clock.now().toISOString() };
    expect(await choose(phone)).toEqual({ ...present, isYours: true });
    expect(await show(billing)).toEqual({ ...present, isYours: false });
    expect(world.store.rows('renewal_texts')).toMatchObject([{ id: runtimeId, phone: digits }]);
    expect(told()).toEqual(['texts_agreed mina']);
    const elsewhere = [world.store.rows('timeline'), world.store.rows('runtimes')];
    expect(JSON.stringify(elsewhere)).not.toContain('12345678');
  });

  test('twice is once; another number takes its place; ending deletes it', async () => {
    await choose(phone);
    await choose('+82 10 1234 5678');
    expect(told()).toHaveLength(1);
    expect(await choose('01099998888', billing)).toMatchObject({ lastDigits: '8888' });
    expect(world.store.rows('renewal_texts')).toMatchObject([{ userId: 'bill' }]);
    expect(await choose(null)).toBeNull();
    expect(await choose(null)).toBeNull();
    expect(world.store.rows('renewal_texts')).toEqual([]);
    expect(told()).toEqual(['texts_agreed mina', 'texts_agreed bill', 'texts_ended mina']);
  });

  test('is for those who pay, and for a number that can be one', async () => {
    world.teams.all.get(workspaceId)?.set('member', 'member');
    expect(await choose(phone, { ...customer, userId: 'member' })).toBe('role_not_allowed');
    expect(await choose(phone, { ...customer, userId: 'stranger' })).toBe('runtime_unknown');
    expect(await choose('02-123-4567')).toBe('phone_invalid');
    await bringUp(world, runtimeId, { desired: 'deleted' });
    expect(await choose(phone)).toBe('runtime_not_renewable');
  });
});

describe('the renewal', () => {
  test('is texted to nobody who did not ask', async () => {
    await open();
    expect(renewal()).toMatchObject([{ state: 'awaiting_payment' }]);
    expect(world.payments.texted).toEqual([]);
  });

  test('is texted once to the number that was given', async () => {
    await choose(phone);
    await open();
    world.clock.advance(dayMs);
    await settleTerms(world);
    expect(world.payments.texted).toEqual([digits]);
    expect(renewal()).toMatchObject([{ state: 'awaiting_payment' }]);
  });

  test.each([
    ['left', null],
    ['may not pay any more', 'member'],
  ] as const)('is not texted to one who %s, and their number is forgotten', async (_, role) => {
    await choose(phone, billing);
    const members = world.teams.all.get(workspaceId);
    if (role === null) members?.delete(billing.userId);
    else members?.set(billing.userId, role);
    await open();
    expect(world.payments.texted).toEqual([]);
    expect(world.store.rows('renewal_texts')).toEqual([]);
    expect(renewal()).toMatchObject([{ state: 'awaiting_payment' }]);
  });

  test('has its link also where PayApp refuses the number', async () => {
    await choose(phone);
    world.payments.answers.push('invalid');
    await open();
    expect(renewal()).toMatchObject([{ state: 'awaiting_payment', requestNo: 2 }]);
    expect(world.payments.texted).toEqual([]);
  });
});
