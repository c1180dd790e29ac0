import { expect, test } from 'vitest';
import {
  MAX_SUBSCRIPTIONS,
  Subscriptions,
  TooMany,
  channelsFor,
  fromAddress,
  readRequests,
} from './subscriptions.ts';

test("account means one's own account, never that of another", () => {
  expect(channelsFor(['account', 'rows'], 'alice')).toEqual(['account', 'rows', 'account.alice']);
  expect(channelsFor(['account.bob', 'account.alice.update'], 'alice')).toEqual([
    'account.alice.update',
  ]);
  expect(channelsFor(['account', 'account.bob'], '')).toEqual(['account']);
});

test('subscriptions follow the user who logs in', () => {
  const held = new Subscriptions();
  held.add([{ subscriptionId: 's', channels: ['account'], queries: [] }]);
  const change = { channels: new Set(['account.alice']), payload: {} };
  expect(held.matching(change)).toEqual([]);
  held.bind('alice');
  expect(held.matching(change)).toEqual(['s']);
});

test('a change is for every subscription whose channel and queries fit', () => {
  const held = new Subscriptions();
  const ready = '{"method":"equal","attribute":"title","values":["ready"]}';
  held.add([
    { subscriptionId: 'all', channels: ['rows'], queries: [] },
    { subscriptionId: 'ready', channels: ['rows'], queries: [ready] },
    { subscriptionId: 'other', channels: ['files'], queries: [] },
  ]);
  expect(held.matching({ channels: new Set(['rows']), payload: { title: 'x' } })).toEqual(['all']);
  const both = held.matching({ channels: new Set(['rows']), payload: { title: 'ready' } });
  expect(both).toEqual(['all', 'ready']);
  expect(held.remove('all')).toBe(true);
  expect(held.remove('all')).toBe(false);
});

test('a bad query leaves nothing behind, and the number is bounded', () => {
  const held = new Subscriptions();
  const good = { channels: ['rows'], queries: [] };
  expect(() => held.add([good, { channels: ['rows'], queries: ['{'] }])).toThrow();
  expect(held.size).toBe(0);
  held.add(Array.from({ length: MAX_SUBSCRIPTIONS }, () => good));
  expect(() => held.add([good])).toThrow(TooMany);
});

test('channels and query slots of an address', () => {
  const search = new URLSearchParams(
    'project=p&channels[]=rows&channels[]=teams.t1&rows[0][]=q1&rows[0][]=q2',
  );
  expect(fromAddress(search)).toEqual([
    { channels: ['teams.t1'], queries: [] },
    { channels: ['rows'], queries: ['q1', 'q2'] },
  ]);
});

test('messages of another shape are told apart', () => {
  expect(readRequests([{ channels: ['rows'] }])).toEqual([{ channels: ['rows'], queries: [] }]);
  for (const bad of [undefined, [], [{}], [{ channels: 'rows' }], [{ channels: [1] }], [null]]) {
    expect(readRequests(bad)).toBeUndefined();
  }
});
