import { describe, expect, test } from 'vitest';
import { Unfit } from './params.ts';
import { checkRole, expandWrite, meets, permissions, rolesFor } from './permissions.ts';

function complaint(work: () => unknown): string {
  try {
    work();
    return '';
  } catch (error) {
    return error instanceof Unfit ? error.message : 'unexpected';
  }
}

describe('permissions', () => {
  test.each([
    ['any', ''],
    ['users/verified', ''],
    ['user:abc/unverified', ''],
    ['team:abc/owner', ''],
    ['member:abc', ''],
    ['label:operator', ''],
    ['nobody', 'Role "nobody" is not allowed.'],
    ['user', 'Role "user" must have an ID value.'],
    ['any:x', 'Role "any" can not have an ID value.'],
    ['users/maybe', 'Role "users" dimension value is invalid.'],
    ['label:x/y', 'Role "label" can not have a dimension value.'],
    ['team:-x', 'Role "team" identifier value is invalid'],
  ])('role %s', (role, words) => {
    const said = complaint(() => {
      checkRole(role);
    });
    if (words === '') expect(said).toBe('');
    else expect(said).toContain(words);
  });

  test('unknown actions and things that are no list are refused', () => {
    const validate = permissions();
    expect(complaint(() => validate(['fly("users")']))).toBe(
      'Permission "fly("users")" is not allowed. Must be one of: create, read, update, delete, write.',
    );
    expect(complaint(() => validate('x'))).toBe('Permissions must be an array of strings.');
    expect(validate(['read("any")'])).toEqual(['read("any")']);
  });

  test('write stands for update and delete of a row, once each', () => {
    const list = ['read("any")', 'write("user:a")', 'update("user:a")'];
    expect(expandWrite(list, ['update', 'delete'])).toEqual([
      'read("any")',
      'update("user:a")',
      'delete("user:a")',
    ]);
  });

  test('roles of one action, and whether a caller holds one of them', () => {
    const list = ['read("any")', 'read("team:a/owner")', 'update("user:b")'];
    expect(rolesFor('read', list)).toEqual(['any', 'team:a/owner']);
    expect(meets(['users', 'team:a/owner'], ['team:a/owner'])).toBe(true);
    expect(meets(['users'], [])).toBe(false);
  });
});
