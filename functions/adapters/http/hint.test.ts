import { expect, test } from 'vitest';
import { rowHint } from './hint.ts';

test('an event of a row names its table, in whichever spelling', () => {
  for (const name of ['$tableId', '$collectionId', '$collection']) {
    const body = JSON.stringify({ $id: 'r1', [name]: 'runtimes' });
    expect(rowHint(body)).toEqual({ tableId: 'runtimes', rowId: 'r1' });
  }
});

test('a changed membership names its team', () => {
  const body = JSON.stringify({ $id: 'm1', teamId: 'w1', userId: 'u1', roles: ['owner'] });
  expect(rowHint(body)).toEqual({ tableId: 'memberships', rowId: 'w1' });
});

test('what cannot be read names nothing', () => {
  expect(rowHint('')).toEqual({ tableId: '', rowId: '' });
  expect(rowHint('{"teamId":"w1"}')).toEqual({ tableId: '', rowId: '' });
});
