/** Made-up answers of the operator's overview, runtimes and legacy billing, for the gallery. */
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { lookUpBilling } from '#schemas/contract/operator-billing.ts';
import { billingRequestStates, conditionTypes } from '#schemas/contract/vocabulary.ts';
import { funnelSteps, readyPhases } from '#schemas/contract/operator-overview.ts';
import type { overview } from '#schemas/contract/operator-overview.ts';
import type { RuntimeFile } from '#schemas/contract/operator-runtimes.ts';
import { runtimeStatuses } from '#schemas/contract/vocabulary.ts';
import type { ImportReport } from '../state/billing-import.svelte.ts';

const dayMs = 24 * 60 * 60_000;
const agoIso = (ms: number): string => new Date(Date.now() - ms).toISOString();
type Overview = ValueOf<typeof overview>;

const counts = [42, 31, 29, 24, 21, 20, 17];
const spans = [95_000, 68_000, 210_000, 9_000, 330_000];

export const overviewFixture = (empty: boolean): Overview => ({
  since: agoIso(30 * dayMs),
  funnel: funnelSteps.map((step, index) => ({ step, count: empty ? 0 : (counts[index] ?? 0) })),
  times: readyPhases.map((phase, index) => ({
    phase,
    count: empty ? 0 : 17,
    p50Ms: empty ? null : (spans[index] ?? 0),
    p95Ms: empty ? null : (spans[index] ?? 0) * 6,
  })),
  perDay: Array.from({ length: 30 }, (_, index) => ({
    day: agoIso((29 - index) * dayMs).slice(0, 10),
    orders: empty ? 0 : (index * 7) % 11,
    paid: empty ? 0 : (index * 5) % 8,
    refunds: empty ? 0 : index % 9 === 4 ? 2 : 0,
    corrections: empty ? 0 : index === 21 ? 1 : 0,
  })),
  runtimes: runtimeStatuses.map((status, index) => ({
    status,
    count: empty ? 0 : status === 'ready' ? 38 : index % 4,
  })),
  openTasks: empty ? 0 : 3,
  oldestTask: empty
    ? null
    : { taskId: 'task-1', kind: 'refund_payback', openedAt: agoIso(26 * 60 * 60_000) },
  cut: empty ? [] : ['runtimes'],
});

export const runtimeFileFixture: RuntimeFile = {
  runtimeId: '6a1f0e5c9b7d4e2f8a3b',
  name: 'Research',
  workspaceId: 'acme',
  orderId: 'bd0ded824f705eba7314969e',
  host: 'acme.run.example.com',
  planKey: 'basic',
  status: 'degraded',
  desired: 'running',
  revision: 12,
  failures: 3,
  createdAt: agoIso(9 * dayMs),
  paidUntil: agoIso(-21 * dayMs),
  nextCheckAt: agoIso(-60_000),
  serverId: 'seoul-1',
  conditions: conditionTypes.map((type) => ({
    type,
    value: type === 'reachable' ? 'false' : type === 'smoke_passed' ? 'unknown' : 'true',
    reason:
      type === 'reachable' ? 'containers_down' : type === 'smoke_passed' ? 'smoke_not_run' : 'ok',
    actor: type === 'reachable' ? 'system' : type === 'smoke_passed' ? 'customer' : 'none',
    since: agoIso(3 * 60_000),
  })),
  deletesAt: null,
  deletion: null,
  removalProblem: null,
  compose: { name: 'rt-6a1f0e5c9b7d4e2f8a3b-x1y2z3', status: 'done' },
  deployments: ['error', 'done'].map((status, index) => ({
    deploymentId: `Kp3b9wQx${index}`,
    status,
    createdAt: agoIso((index + 1) * dayMs),
    updatedAt: agoIso((index + 1) * dayMs - 40_000),
    logPath: `/etc/dokploy/logs/rt-6a1f/${index}.log`,
    error: status === 'error' ? 'deploy_failed' : null,
  })),
  possible: ['retry', 'redeploy', 'restart', 'suspend'],
};

/** Deleted at Dokploy, and something of it is seen on its server. */
export const unprovenFileFixture: RuntimeFile = {
  ...runtimeFileFixture,
  status: 'deleting',
  desired: 'deleted',
  failures: 8,
  conditions: [],
  deletion: {
    reason: 'customer',
    askedBy: 'u-3f0c1d2e',
    askedAt: agoIso(8 * dayMs),
    declaredBy: null,
    receipt: null,
  },
  removalProblem: 'volumes_left',
  compose: { name: null, status: null },
  possible: ['retry', 'declare_gone'],
};

type Tenant = ValueOf<typeof lookUpBilling>;
export const tenantIdFixture: BodyOf<typeof lookUpBilling>['tenantId'] = 'acme-legacy';

export const tenantFixture: Tenant = {
  tenantId: tenantIdFixture,
  name: '아크메 주식회사',
  documents: (['due', 'paid', 'void'] as const).map((state, index) => ({
    documentId: `2026-${11 - index}-acme`,
    title: `${11 - index}월 이용료`,
    amountKrw: 55_000,
    state,
    dueAt: agoIso((index * 30 - 3) * dayMs),
    paidUntil: agoIso((index * 30 - 4) * dayMs),
    paidAt: state === 'paid' ? agoIso(28 * dayMs) : null,
    hasPhone: true,
  })),
  requests: billingRequestStates.map((state, index) => ({
    requestId: `bill-${index}`,
    documentId: `2026-${11 - (index % 3)}-acme`,
    amountKrw: 55_000,
    state,
    payUrl: state === 'link' ? 'https://pay.example/p/a1B2c3' : null,
    mulNo: state === 'requested' || state === 'failed' ? null : `176000000000${index}`,
    failureCode: state === 'failed' ? 'payment_feedback_unreachable' : null,
    textedTo: state === 'link' ? '5678' : null,
    createdAt: agoIso(index * dayMs),
    createdBy: index % 2 === 0 ? 'operator' : 'console',
    paidAt: ['paid', 'mismatch', 'returned'].includes(state) ? agoIso(index * dayMs) : null,
    paidKrw: state === 'mismatch' ? 50_000 : state === 'paid' ? 55_000 : null,
    receiptUrl: state === 'paid' ? 'https://pay.example/c/a1B2c3' : null,
  })),
};

export const importReportFixture: ImportReport = {
  dryRun: true,
  records: 240,
  added: 231,
  changed: 4,
  unchanged: 2,
  refused: [
    { record: 17, documentId: '2026-11-beta', code: 'amount_invalid' },
    { record: 90, documentId: null, code: 'not_a_record' },
    { record: 201, documentId: '2026-10-acme', code: 'document_settled' },
  ],
};
