/** Made-up rows of the operator's other sections, for the gallery: every state that stands out. */
import type { ComposeView, ServerView, TaskView } from '#schemas/contract/operator.ts';
import { runtimeStatuses, taskKinds } from '#schemas/contract/vocabulary.ts';
import type { TaskKind } from '#schemas/contract/vocabulary.ts';
import type { ReadPart } from '../flow/operator-history.ts';

const minuteMs = 60_000;
const agoIso = (minutes: number): string => new Date(Date.now() - minutes * minuteMs).toISOString();

const serverFixture = (serverId: string, extra: Partial<ServerView>): ServerView => ({
  serverId,
  dokployServerId: 'V1StGXR8Z5jdHi6B',
  region: 'seoul',
  slotMemoryMiB: 4_096,
  slots: 8,
  state: 'open',
  used: 3,
  lostSince: null,
  ...extra,
});

export const serverFixtures: readonly ServerView[] = [
  serverFixture('seoul-1', { dokployServerId: null, slotMemoryMiB: 8_192, slots: 4, used: 4 }),
  serverFixture('seoul-2', {}),
  serverFixture('busan-1', { region: 'busan', lostSince: agoIso(34) }),
  serverFixture('busan-2', { region: 'busan', used: 8, lostSince: agoIso(3) }),
  serverFixture('seoul-0', { state: 'draining', slots: 6, used: 6, slotMemoryMiB: 2_500 }),
  serverFixture('old-rack', { state: 'closed', used: 0 }),
];

const details: Partial<Record<TaskKind, object>> = {
  refund_payback: {
    mulNo: '1760000000001',
    refundNo: 1,
    account: '국민은행 000-00-0000000',
    amountKrw: 39_000,
    depositor: '홍길동',
  },
  provisioning_stuck: {
    title: 'r4f2a91c07b:3',
    log: 'openclaw-1 | waiting for the volume\nopenclaw-1 | error: no space left on device\nexit 1',
  },
  payment_provider_refused: {
    mulNo: '',
    code: 'payment_feedback_unreachable',
    advice:
      '70080: PayApp got no SUCCESS from FEEDBACK_BASE_URL. Check that the payapp function answers on it, over https, without a redirect or bot protection in front.',
  },
  no_capacity: { mulNo: '', orderId: 'order-fulfilled', memoryMiB: 4_096 },
  server_lost: { mulNo: '', lostSince: agoIso(34) },
  orphan_compose: {
    mulNo: '',
    composeId: 'Kp3b9wQx',
    name: 'openclaw-research',
    serverId: 'seoul-2',
  },
  compose_drift: { mulNo: '', drift: 'moved', title: null },
  containers_left: { mulNo: '', containers: '3f0c1d2e9a77 9be04c55a1f0', serverId: 'busan-1' },
  backup_overdue: {
    mulNo: '',
    owedSince: agoIso(4_400),
    code: 'storage_full',
    newestAt: agoIso(5_800),
  },
  offsite_overdue: {
    mulNo: '',
    owedSince: agoIso(4_500),
    code: 'bucket_denied',
  },
  runtime_exposed: { mulNo: '', title: 'r4f2a91c07b:3', checks: 'gateway_port_closed' },
};

const taskFixture = (kind: string, detail: object, index: number): TaskView => ({
  taskId: `task-${kind}`,
  kind,
  subjectId: kind === 'server_lost' ? 'busan-1' : '6a1f0e5c9b7d4e2f8a3b',
  detail: JSON.stringify(detail),
  createdAt: agoIso(index * 7),
});

/** One of every kind, and one that this page has no words for. */
export const taskFixtures: readonly TaskView[] = [
  ...taskKinds.map((kind, index) =>
    taskFixture(kind, details[kind] ?? { mulNo: '1760000000001' }, index),
  ),
  taskFixture('moon_out_of_reach', { phase: 'new' }, taskKinds.length),
];

export const composeFixtures: readonly ComposeView[] = runtimeStatuses.map((status, index) => ({
  runtimeId: `rt-${status.replaceAll('_', '-')}`,
  name: `Research ${index + 1}`,
  workspaceId: 'acme',
  host: `${status.replaceAll('_', '-')}.runtimes.example.com`,
  status,
  desired:
    status === 'suspended' ? 'suspended' : status.startsWith('delet') ? 'deleted' : 'running',
  revision: 7 + index,
  composeName: status === 'deleted' ? null : `openclaw-${index}`,
  composeStatus: status === 'deleted' ? null : status === 'failed' ? 'error' : 'done',
  failures: status === 'failed' ? 5 : 0,
}));

type Row = readonly [kind: string, actor: string, minutesAgo: number, detail: object];

const partFixture = (part: ReadPart['part'], rows: readonly Row[], brokenAt: number | null) => ({
  part,
  total: rows.length,
  brokenAt,
  entries: rows.map(([kind, actor, minutesAgo, detail], index) => ({
    sequence: index + 1,
    kind,
    actor,
    at: agoIso(minutesAgo),
    detail: JSON.stringify(detail),
  })),
});

/** A life with a refund that PayApp refused and a person settled; `broken`: somebody changed it. */
export const historyFixture = (broken: boolean): readonly ReadPart[] => [
  partFixture(
    'order',
    [
      ['order.draft', '6a1f0e5c9b7d', 95, { revision: 1 }],
      ['order.awaiting_payment', '6a1f0e5c9b7d', 94, { revision: 2 }],
      ['order.paid', 'payapp', 90, { revision: 3 }],
      ['order.fulfilled', 'system', 90, { revision: 4 }],
      ['order.refund_requested', 'operator-2', 20, { revision: 5, refund: 'pending' }],
      ['order.refunded', 'console', 4, { revision: 6, refund: 'done', refundedKrw: 39_000 }],
    ],
    broken ? 5 : null,
  ),
  partFixture(
    'runtime',
    [
      ['runtime.opened', 'system', 90, { orderId: 'order-1' }],
      ['runtime_auth_required', 'system', 85, { from: 'running' }],
      ['runtime_suspended', 'system', 19, { from: 'auth_required' }],
    ],
    null,
  ),
  partFixture(
    'audit',
    [
      [
        'refund.cancelling',
        'operator-2',
        20,
        { refundNo: 1, amountKrw: 39_000, mulNo: '1760000000001', reason: '고객 요청' },
      ],
      [
        'refund.unknown',
        'operator-2',
        19,
        { refundNo: 1, amountKrw: 39_000, mulNo: '1760000000001', reason: '고객 요청' },
      ],
      ['refund.settled_refunded', 'console', 4, { refundNo: 1, reason: 'seller page says so' }],
    ],
    null,
  ),
];

/** Pages of the gallery beside the orders'. */
export const operatorPages = [
  'tasks',
  'tasks-empty',
  'task-close',
  'servers',
  'servers-empty',
  'updates',
  'updates-stopped',
  'updates-target',
  'updates-floor',
  'server-add',
  'server-change',
  'server-in-use',
  'fleet',
  'fleet-empty',
  'fleet-act',
  'fleet-came',
  'compose',
  'runtime-file',
  'suspend',
  'removal-unproven',
  'declare-gone',
  'remove',
  'overview',
  'overview-empty',
  'billing',
  'billing-link',
  'import-report',
] as const;
export type OperatorGalleryPage = (typeof operatorPages)[number];
