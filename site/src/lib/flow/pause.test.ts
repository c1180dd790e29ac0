import { expect, test } from 'vitest';
import { runtimeFixture } from '#lib/gallery/fixtures.ts';
import { pauseOf } from './pause.ts';

const at = '2026-11-27T09:00:00.000Z';

test.each([
  ['ready', {}, 'runs'],
  ['provisioning', {}, 'early'],
  ['provisioning', { receipt: '{}' }, 'runs'],
  ['ready', { suspendedFor: 'customer', pausedAt: at }, 'stopping'],
  ['suspended', { suspendedFor: 'customer', pausedAt: at }, 'paused'],
  ['suspended', {}, 'starting'],
  ['suspended', { suspendedFor: 'unpaid', pausedAt: at }, 'unpaid'],
  ['suspended', { suspendedFor: 'operator' }, 'held'],
  ['suspended', { suspendedFor: 'operator', pausedAt: at }, 'held'],
  ['suspended', { suspendedFor: 'refunded' }, 'held'],
  ['deleted', { suspendedFor: 'unpaid' }, 'gone'],
] as const)('%s %o: %s', (status, row, state) => {
  expect(pauseOf(runtimeFixture(status, {}, row))).toBe(state);
});
