/** Made-up orders with their histories, for the gallery: every state, and every part of a refund. */
import type { OrderRow, RuntimeRow } from '#schemas/contract/rows.ts';
import type { OrderView } from '#schemas/contract/operator.ts';
import type { OrderState } from '#schemas/contract/vocabulary.ts';
import { orderStates } from '#schemas/contract/vocabulary.ts';
import type { HistoryRow } from '../flow/history.ts';
import { exposureFixture, orderFixture, runtimeFixture } from './fixtures.ts';

export interface OrderScene {
  readonly order: OrderRow;
  readonly runtime: RuntimeRow | null;
  readonly history: readonly HistoryRow[];
}

const minuteMs = 60_000;

const exposureDetail = (kind: string): string =>
  JSON.stringify(exposureFixture(kind === 'exposure_proven' ? 'pass' : 'fail'));

const historyFixture = (
  subjectId: string,
  kinds: readonly (readonly [kind: string, actor: string])[],
  startMs: number,
): HistoryRow[] =>
  kinds.map(([kind, actor], index) => ({
    $id: `${subjectId}.${index + 1}`,
    subjectId,
    sequence: index + 1,
    kind,
    actor,
    at: new Date(startMs + index * minuteMs).toISOString(),
    detail: kind.startsWith('exposure') ? exposureDetail(kind) : '',
  }));

const opened = [
  ['order.draft', 'user-1'],
  ['order.awaiting_payment', 'user-1'],
] as const;
const paid = [...opened, ['order.paid', 'payapp'], ['order.fulfilled', 'system']] as const;
const pathTo: Readonly<Record<OrderState, readonly (readonly [string, string])[]>> = {
  draft: [['order.draft', 'user-1']],
  awaiting_payment: [...opened, ['order.draft', 'user-2'], ['order.awaiting_payment', 'user-2']],
  waiting_deposit: [...opened, ['order.waiting_deposit', 'payapp']],
  paid: [...opened, ['order.paid', 'payapp']],
  fulfilled: paid,
  payment_failed: [
    ['order.draft', 'user-1'],
    ['order.payment_failed', 'system'],
  ],
  cancelled: [...opened, ['order.cancelled', 'user-1']],
  expired: [...opened, ['order.expired', 'system']],
  refund_due: [...opened, ['order.refund_due', 'payapp']],
  refund_requested: [...paid, ['order.refund_requested', 'user-1']],
  refunded: [...paid, ['order.refund_requested', 'operator'], ['order.refunded', 'payapp']],
  partially_refunded: [
    ...paid,
    ['order.partially_refunded', 'payapp'],
    ['money.counted', 'system'],
  ],
};

const earning: ReadonlySet<OrderState> = new Set([
  'fulfilled',
  'refund_requested',
  'refunded',
  'partially_refunded',
]);

const runtimeFor = (order: OrderRow): RuntimeRow | null => {
  if (!earning.has(order.state)) return null;
  const money = order.state === 'refunded' || order.state === 'refund_requested';
  return runtimeFixture(money ? 'suspended' : 'auth_required', {}, { $id: order.runtimeId });
};

const sceneOf = (order: OrderRow, runtime: RuntimeRow | null): OrderScene => {
  const startMs = Date.now() - 12 * minuteMs;
  const ours = historyFixture(order.$id, pathTo[order.state], startMs);
  const beginMs = startMs + 3 * minuteMs;
  const later = [
    ['runtime_running', 'system'],
    [runtime?.status === 'degraded' ? 'exposure_failed' : 'exposure_proven', 'system'],
    [`runtime_${runtime?.status ?? ''}`, 'system'],
  ] as const;
  const hasRun = runtime !== null && !['provisioning', 'failed'].includes(runtime.status);
  const kinds = [['runtime.opened', 'system'] as const, ...(hasRun ? later : [])];
  const theirs = runtime === null ? [] : historyFixture(order.runtimeId, kinds, beginMs);
  return { order, runtime, history: [...ours, ...theirs] };
};

const scene = (name: string, state: OrderState, extra: Partial<OrderRow> = {}): OrderScene => {
  const order = orderFixture(state, { $id: `order-${name}`, runtimeId: `r-${name}`, ...extra });
  return sceneOf(order, runtimeFor(order));
};

const withStatus = (
  name: string,
  status: RuntimeRow['status'],
  extra: Partial<OrderRow> = {},
): OrderScene => {
  const { order } = scene(name, 'fulfilled', extra);
  return sceneOf(order, runtimeFixture(status, {}, { $id: order.runtimeId }));
};

const agoMs = (milliseconds: number): string => new Date(Date.now() - milliseconds).toISOString();

export const orderScenes: Readonly<Record<string, OrderScene>> = {
  ...Object.fromEntries(orderStates.map((state) => [state, scene(state, state)])),
  provisioning: withStatus('provisioning', 'provisioning'),
  late: withStatus('late', 'provisioning', {
    paidAt: agoMs(90 * minuteMs),
    promisedBy: agoMs(30 * minuteMs),
  }),
  failed: withStatus('failed', 'failed'),
  degraded: withStatus('degraded', 'degraded', { payType: '99' }),
  ready: withStatus('ready', 'ready'),
  'refund-pending': scene('refund-pending', 'refund_requested', { refundState: 'pending' }),
  'refund-refused': scene('refund-refused', 'refund_requested', { refundState: 'refused' }),
  'refund-too-late': scene('refund-too-late', 'paid', { paidAt: agoMs(8 * 24 * 60 * minuteMs) }),
};

const viewFixture = (order: OrderRow, refunds: OrderView['refunds']): OrderView => ({
  orderId: order.$id,
  workspaceId: order.workspaceId,
  runtimeId: order.runtimeId,
  runtimeName: order.runtimeName,
  state: order.state,
  revision: order.revision,
  planKey: order.planKey,
  priceKrw: order.priceKrw,
  mulNo: '1760000000001',
  payType: order.payType,
  receiptUrl: order.receiptUrl,
  failureCode: order.failureCode,
  createdAt: order.$createdAt,
  paidAt: order.paidAt,
  promisedBy: order.promisedBy,
  paidKrw: order.paidKrw,
  refundedKrw: order.refundedKrw ?? 0,
  refundState: order.refundState,
  refunds,
});

const refundFixture = (
  refundNo: number,
  step: OrderView['refunds'][number]['step'],
  amountKrw: number,
): OrderView['refunds'][number] => ({
  refundNo,
  mulNo: '1760000000001',
  amountKrw,
  step,
  by: refundNo === 1 ? 'operator' : 'system',
  at: agoMs(refundNo * minuteMs),
});

/** As the operator sees them. */
export const operatorScenes: Readonly<Record<string, OrderView>> = {
  fulfilled: viewFixture(orderFixture('fulfilled', { $id: 'order-fulfilled' }), []),
  refund_due: viewFixture(orderFixture('refund_due', { $id: 'order-refund_due' }), []),
  refund_requested: viewFixture(
    orderFixture('refund_requested', { $id: 'order-refund_requested' }),
    [refundFixture(1, 'refused', 39_000), refundFixture(2, 'requested', 39_000)],
  ),
  unknown: viewFixture(
    orderFixture('refund_requested', { $id: 'order-unknown', refundState: 'pending' }),
    [refundFixture(1, 'unknown', 39_000)],
  ),
  partially_refunded: viewFixture(
    orderFixture('partially_refunded', { $id: 'order-partially_refunded' }),
    [refundFixture(1, 'done', 13_000)],
  ),
};

/** What PayApp answers after D+5: asked for, not refunded. */
export const paybackFixture = {
  orderId: 'order-1',
  state: 'refund_requested',
  kind: 'requested',
  payback: { account: '국민은행 000-00-0000000', amountKrw: 39_000, depositor: '홍길동' },
} as const;
