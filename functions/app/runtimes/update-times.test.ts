import { beforeEach, expect, test } from 'vitest';
import type { Account } from '#ports/accounts.ts';
import { chooseUpdateTimes as contract } from '#schemas/contract/runtimes.ts';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import type { RuntimesDeps } from './deps.ts';
import { chooseUpdateTimes } from './update-times.ts';

const runtimeId = 'rt1';
const dayMs = 24 * 60 * 60_000;
const person = (userId: string): Account => ({ userId, email: '', name: '', labels: [] });
let fleet: Fleet;
let deps: RuntimesDeps;

beforeEach(async () => {
  fleet = await makeFleet();
  await fleet.open(runtimeId);
  const roles = ['owner', 'member', 'billing'] as const;
  fleet.teams.all.set('w1', new Map(roles.map((role) => [role, role])));
  const mint = () => Promise.resolve({ token: '', expiresAt: fleet.clock.now() });
  deps = { ...fleet.deps, teams: fleet.teams, tickets: { mint }, scheme: 'https' };
});

const inDays = (days: number): string =>
  new Date(fleet.clock.now().getTime() + days * dayMs).toISOString();
const night = { quietHour: 3, timeZone: 'Asia/Seoul', heldUntil: null };
const choose = async (changes: object = {}, caller = 'member') => {
  const { revision } = fleet.row(runtimeId);
  const body = { runtimeId, revision, ...night, ...changes };
  const answer = await chooseUpdateTimes(deps, person(caller), body);
  return answer.ok ? 'ok' : answer.error.code;
};
const told = () =>
  fleet.store.rows('timeline').filter(({ kind }) => kind === 'update_times_chosen');

test('a quiet hour and a hold stand on the row, with who chose them in the history', async () => {
  const heldUntil = inDays(7);
  expect(await choose({ heldUntil })).toBe('ok');
  const chosen = { quietHour: 3, timeZone: 'Asia/Seoul', updatesHeldUntil: heldUntil };
  expect(fleet.row(runtimeId)).toMatchObject(chosen);
  expect(told()).toMatchObject([{ actor: 'member' }]);
});

test('the same again writes nothing', async () => {
  await choose();
  const { revision } = fleet.row(runtimeId);
  expect(await choose()).toBe('ok');
  expect(await choose({ heldUntil: inDays(-1) })).toBe('ok');
  expect([fleet.row(runtimeId).revision, told().length]).toEqual([revision, 1]);
});

test('a planned update is looked at again at once', async () => {
  await fleet.command(runtimeId, { updateState: 'planned' });
  await choose();
  expect(fleet.row(runtimeId).updateDueAt).toBe(fleet.clock.now().toISOString());
});

test.each([
  ['held for longer than can be', { heldUntil: inYears(1) }, 'member', 'body_invalid'],
  ['by one who only pays', {}, 'billing', 'role_not_allowed'],
  ['by a stranger', {}, 'nobody', 'runtime_unknown'],
  ['on an older picture', { revision: 0 }, 'member', 'stale_revision'],
])('%s it is refused', async (_, changes, caller, expected) => {
  expect(await choose(changes, caller)).toBe(expected);
  expect(told()).toEqual([]);
});

function inYears(years: number): string {
  return new Date(Date.UTC(2026 + years, 11, 31)).toISOString();
}

test.each([
  ['Asia/Seoul', 3, null, true],
  ['Mars/Olympus', 3, null, false],
  ['Asia/Seoul', 24, null, false],
  ['Asia/Seoul', 3, 'soon', false],
])('%s at %s held until %s: taken %s', (timeZone, quietHour, heldUntil, taken) => {
  const body = { runtimeId: 'rt1', revision: 1, quietHour, timeZone, heldUntil };
  expect(contract.body.safeParse(body).success).toBe(taken);
});
