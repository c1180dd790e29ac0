/** A made-up fleet: everything that stands out, and one action over some of it. */
import type { ValueOf } from '#schemas/contract/operation.ts';
import type { actOnFleet, FleetRow, fleetOverview } from '#schemas/contract/operator-fleet.ts';
import { fleetRisks } from '#schemas/contract/operator-fleet.ts';

const dayMs = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * dayMs).toISOString();

const row = (number: number, name: string, extra: Partial<FleetRow> = {}): FleetRow => ({
  runtimeId: `3f0c1d2e9a779be04c55a1f${number}`,
  name,
  workspaceId: 'acme',
  host: `${name}.runtimes.example.com`,
  status: 'ready',
  suspendedFor: null,
  revision: 7,
  planKey: 'basic',
  ring: 'all',
  version: '2026.9.6',
  diskUsed: 0.41,
  memoryUsed: 0.39,
  backupAt: inDays(-0.4),
  paidUntil: inDays(19),
  renewal: 'by_hand',
  failures: 0,
  risks: [],
  ...extra,
});

export const fleetRows: readonly FleetRow[] = [
  row(1, 'old-and-forgotten', {
    version: '2026.5.12',
    risks: ['below_floor', 'backup_overdue'],
    backupAt: inDays(-9),
  }),
  row(2, '회계 자동화', { status: 'degraded', failures: 12, risks: ['failing'], memoryUsed: 0.97 }),
  row(3, 'a-runtime-with-a-name-that-is-rather-long-for-a-table', {
    diskUsed: 0.91,
    memoryUsed: 0.88,
    risks: ['disk_full', 'memory_full'],
  }),
  row(4, 'research', { status: 'auth_required', risks: ['login_failing'] }),
  row(5, 'support', { paidUntil: inDays(2), risks: ['term_ending'], ring: 'canary' }),
  row(6, 'night-shift', { status: 'suspended', suspendedFor: 'customer', diskUsed: null }),
  row(7, 'unpaid', {
    status: 'suspended',
    suspendedFor: 'unpaid',
    paidUntil: inDays(-12),
    risks: ['term_ending'],
  }),
  row(9, 'monthly', { paidUntil: inDays(3), renewal: 'automatic' }),
  row(0, 'card-expired', {
    paidUntil: inDays(1),
    renewal: 'missed',
    risks: ['charge_missed', 'term_ending'],
  }),
  row(8, 'fresh', { version: null, diskUsed: null, memoryUsed: null, backupAt: null }),
];

export const fleetFixture: ValueOf<typeof fleetOverview> = {
  runtimes: [...fleetRows],
  found: fleetRows.length,
  total: 1_204,
  isCut: false,
  atRisk: Object.fromEntries(
    fleetRisks.map((risk) => [risk, fleetRows.filter(({ risks }) => risks.includes(risk)).length]),
  ) as ValueOf<typeof fleetOverview>['atRisk'],
  terms: { paid: 1_120, reminder: 41, grace: 12, unpaid: 9, paused: 17, stopped: 5 },
  versions: [
    { version: '2026.9.6', count: 1_190 },
    { version: '2026.8.14', count: 13 },
    { version: '2026.5.12', count: 1 },
  ],
};

type Answer = ValueOf<typeof actOnFleet>;
const result = (
  at: number,
  outcome: Answer['results'][number]['outcome'],
  more: Partial<Answer['results'][number]> = {},
): Answer['results'][number] => {
  const { runtimeId = '', name = '' } = fleetRows[at] ?? {};
  return { runtimeId, name, outcome, effects: [], code: null, ...more };
};

export const fleetTold: Answer = {
  dryRun: true,
  leftThisHour: 10,
  results: [
    result(0, 'would', { effects: ['containers_stopped', 'volumes_kept'] }),
    result(2, 'would', { effects: ['containers_stopped', 'volumes_kept'] }),
    result(6, 'refused', { code: 'action_not_possible' }),
  ],
};

export const fleetCame: Answer = {
  dryRun: false,
  leftThisHour: 0,
  results: [
    result(0, 'done'),
    result(2, 'not_begun', { code: 'too_many_requests' }),
    result(6, 'refused', { code: 'action_not_possible' }),
  ],
};
