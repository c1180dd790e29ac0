import { describe, expect, test } from 'vitest';
import { orderFixture, runtimeFixture } from '../gallery/fixtures.ts';
import { termViewOf } from './term.ts';

const nowMs = Date.parse('2026-12-01T09:00:00.000Z');
const dayMs = 24 * 60 * 60_000;
const endingIn = (days: number, extra: Parameters<typeof runtimeFixture>[2] = {}) =>
  runtimeFixture(
    'ready',
    {},
    { paidUntil: new Date(nowMs + days * dayMs).toISOString(), ...extra },
  );

describe('paid time', () => {
  test.each([
    [20, 'running', 20],
    [6.5, 'ending', 7],
    [-1, 'grace', -1],
  ] as const)('that ends in %d days is %s', (days, state, daysLeft) => {
    expect(termViewOf(endingIn(days), [], nowMs)).toMatchObject({ state, daysLeft });
  });

  test('dates count from the suspension once there was one', () => {
    const suspendedAt = new Date(nowMs - 2 * dayMs).toISOString();
    const row = { ...endingIn(-20, { suspendedFor: 'unpaid', suspendedAt }), status: 'suspended' };
    const { state, lines } = termViewOf(row as Parameters<typeof termViewOf>[0], [], nowMs);
    expect(state).toBe('unpaid');
    expect(lines.at(-1)).toEqual({
      event: 'deletion',
      at: new Date(nowMs + 12 * dayMs).toISOString(),
      past: false,
    });
    expect(lines.filter(({ past }) => past)).toHaveLength(3);
  });

  test('of one that somebody stopped leads nowhere, and cannot be renewed once it is refunded', () => {
    const stopped = { ...endingIn(3), status: 'suspended', suspendedFor: 'refunded' } as const;
    expect(termViewOf(stopped, [], nowMs)).toMatchObject({
      state: 'stopped',
      lines: [],
      renewable: false,
    });
  });

  test('shows the renewal that can be paid, not the order that opened the runtime', () => {
    const opening = orderFixture('awaiting_payment', { runtimeId: 'runtime-1' });
    const renewal = { ...opening, $id: 'renewal', purpose: 'renew' } as const;
    expect(termViewOf(endingIn(3), [opening], nowMs).open).toBeNull();
    expect(termViewOf(endingIn(3), [opening, renewal], nowMs).open?.$id).toBe('renewal');
  });
});
