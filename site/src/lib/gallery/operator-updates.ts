/** Made-up roll-outs, for the gallery: one that goes on, and one that stopped. */
import type { showUpdates, RingView } from '#schemas/contract/operator-updates.ts';
import type { ValueOf } from '#schemas/contract/operation.ts';

const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
const digest = '5f3c'.repeat(16);
const target = {
  image: `ghcr.io/openclaw/openclaw@sha256:${digest}`,
  version: '2026.9.6',
  setAt: inHours(-30),
  noticeHours: 24,
};
const ring = (name: RingView['ring'], extra: Partial<RingView> = {}): RingView => ({
  ring: name,
  target,
  provenAt: null,
  halt: 'none',
  members: 48,
  proven: 0,
  planned: 0,
  underWay: 0,
  failed: 0,
  ...extra,
});
const times = { startsAt: inHours(9), endedAt: null, failure: null };
const versions = { why: 'target', from: '2026.9.5', to: '2026.9.6' } as const;

export const updatesFixture = (isStopped: boolean): ValueOf<typeof showUpdates> => ({
  floor: isStopped
    ? { version: '2026.9.6', raisedAt: inHours(-30), holdsEndAt: inHours(42), below: 61 }
    : null,
  ownFloor: '2026.9.5',
  rings: [
    isStopped
      ? ring('canary', { halt: 'stopped_by_failures', members: 6, failed: 3, proven: 1 })
      : ring('canary', { provenAt: inHours(-3), members: 6, proven: 6 }),
    isStopped
      ? ring('half', { halt: 'all_went_back', members: 2, failed: 2 })
      : ring('half', { proven: 4, planned: 40, underWay: 1 }),
    ring(
      'all',
      isStopped ? { halt: 'waits_for_earlier_ring' } : { target: null, halt: 'no_target' },
    ),
  ],
  updates: [
    {
      ...{ runtimeId: '6a1f0e5c9b7d4e2f8a3b', name: '연구', ring: 'canary' },
      ...{ state: 'rolled_back', ...versions, ...times },
      ...{ endedAt: inHours(-2), failure: 'smoke_failed' },
    },
    {
      ...{ runtimeId: '7b2f0e5c9b7d4e2f8a3c', name: 'Research and winter gardens', ring: 'half' },
      ...{ state: 'planned', ...versions, ...times },
    },
  ],
});
