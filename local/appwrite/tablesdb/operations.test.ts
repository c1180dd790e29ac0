import { describe, expect, test } from 'vitest';
import { bulkConflicts, conflicts, type OneRowOperation } from './operations.ts';
import { laterThan } from './row-store.ts';

const AT = '2026-01-02T03:04:05.678+00:00';
const LATER = '2026-01-02T03:04:05.679+00:00';

function staged(action: 'create' | 'delete', seen: string | null): OneRowOperation {
  const target = { databaseId: 'd', tableId: 't', rowId: 'r', seen, stagedAt: AT };
  if (action === 'delete') return { ...target, action };
  const input = { data: {}, permissions: [], createdAt: undefined, updatedAt: undefined };
  return { ...target, action, input };
}

describe('a commit', () => {
  test('goes through where the row is as it was seen', () => {
    expect(conflicts(staged('delete', AT), AT)).toBe(false);
    expect(conflicts(staged('delete', null), null)).toBe(false);
  });
  test('is refused where the row changed, went, or came', () => {
    expect(conflicts(staged('delete', AT), LATER)).toBe(true);
    expect(conflicts(staged('delete', AT), null)).toBe(true);
    expect(conflicts(staged('delete', null), AT)).toBe(true);
  });
  test('leaves a taken id to the create itself', () => {
    expect(conflicts(staged('create', null), AT)).toBe(false);
  });
  test('of a bulk write looks at what changed after staging', () => {
    expect(bulkConflicts(AT, AT)).toBe(false);
    expect(bulkConflicts(AT, LATER)).toBe(true);
  });
});

describe('the time of a change', () => {
  test('grows even where the clock stands still or goes back', () => {
    expect(laterThan(AT, AT)).toBe(LATER);
    expect(laterThan(LATER, AT)).toBe('2026-01-02T03:04:05.680+00:00');
    expect(laterThan(AT, LATER)).toBe(LATER);
  });
});
