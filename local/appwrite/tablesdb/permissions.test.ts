import { describe, expect, test } from 'vitest';
import {
  allows,
  createRefusal,
  expandForRow,
  expandForTable,
  mayGrant,
  mayTouchRow,
  ownerPermissions,
  readers,
} from './permissions.ts';

const alice = ['any', 'users', 'user:alice', 'team:ops'];

describe('who may touch a row', () => {
  const row = { $permissions: ['read("team:ops")', 'update("user:bob")'] };
  const open = { permissions: ['read("users")'], rowSecurity: false };
  const guarded = { permissions: [], rowSecurity: true };

  test('the table permission is enough', () => {
    expect(mayTouchRow(open, { $permissions: [] }, { action: 'read', roles: alice })).toBe(true);
  });
  test('row permissions count with row security', () => {
    expect(mayTouchRow(guarded, row, { action: 'read', roles: alice })).toBe(true);
    expect(mayTouchRow(guarded, row, { action: 'update', roles: alice })).toBe(false);
  });
  test('and not without it', () => {
    const closed = { permissions: [], rowSecurity: false };
    expect(mayTouchRow(closed, row, { action: 'read', roles: alice })).toBe(false);
  });
  test('a role is matched as a whole, never by its beginning', () => {
    expect(allows(['read("team:ops2")'], 'read', alice)).toBe(false);
    expect(allows(['read("team:ops/owner")'], 'read', alice)).toBe(false);
    expect(allows(['readonly("users")'], 'read', alice)).toBe(false);
  });
});

describe('write', () => {
  test('is update and delete on a row', () => {
    expect(expandForRow(['write("any")', 'update("any")'])).toEqual([
      'update("any")',
      'delete("any")',
    ]);
  });
  test('and create as well on a table', () => {
    expect(expandForTable(['write("any")'])).toContain('create("any")');
  });
});

describe('granting', () => {
  test('is possible for held roles only', () => {
    expect(mayGrant(['read("users")', 'update("team:ops")'], alice)).toBe(true);
    expect(mayGrant(['read("users")', 'read("user:bob")'], alice)).toBe(false);
    expect(mayGrant([], [])).toBe(true);
  });
  test('nothing is given to a guest', () => {
    expect(ownerPermissions('')).toEqual([]);
    expect(ownerPermissions('alice')).toHaveLength(3);
  });
});

describe('create', () => {
  test('says that nobody may, or who may', () => {
    expect(createRefusal([], alice)).toBe("No permissions provided for action 'create'");
    expect(createRefusal(['create("label:x")'], ['any'])).toBe(
      'Missing "create" permission for role "label:x". Only "["any"]" scopes are allowed and ' +
        '"["label:x"]" was given.',
    );
    expect(createRefusal(['create("users")'], alice)).toBeUndefined();
  });
});

describe('readers of a change', () => {
  test('are those of the table, and of the row with row security', () => {
    const permissions = ['read("users")'];
    const row = ['read("team:ops")', 'read("users")', 'update("any")'];
    expect(readers({ permissions, rowSecurity: false }, row)).toEqual(['users']);
    expect(readers({ permissions, rowSecurity: true }, row)).toEqual(['users', 'team:ops']);
  });
});
