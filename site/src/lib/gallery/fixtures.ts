/** Made-up rows, one set for every state a step can show: to look at, never to ship as data. */
import { exposureChecks } from '#schemas/contract/agent.ts';
import type { ExposureReport } from '#schemas/contract/agent.ts';
import type {
  ConditionsView,
  OrderRow,
  RuntimeRow,
  TeamMemberRow,
  WorkspaceRow,
} from '#schemas/contract/rows.ts';
import type {
  ConditionType,
  OrderState,
  ReasonCode,
  RuntimeStatus,
} from '#schemas/contract/vocabulary.ts';
import { orderStates } from '#schemas/contract/vocabulary.ts';
import type { FlowInput } from '../flow/steps.ts';

const stamp = '2026-11-23T01:00:00.000Z';
const stamps = { $createdAt: stamp, $updatedAt: stamp };

export const workspaceFixture = (id: string, name: string): WorkspaceRow => ({
  ...stamps,
  $id: id,
  name,
  subdomain: id,
  planKey: 'basic',
  ownerId: 'user-1',
});

export const memberFixture = (extra: Partial<TeamMemberRow> = {}): TeamMemberRow => ({
  ...stamps,
  $id: `member-${extra.userId ?? 'user-1'}`,
  workspaceId: 'acme',
  userId: 'user-1',
  email: 'minji@example.com',
  name: '김민지',
  role: 'owner',
  ...extra,
});

const hourMs = 3_600_000;
const fromNow = (milliseconds: number): string => new Date(Date.now() + milliseconds).toISOString();

const paidStates: ReadonlySet<OrderState> = new Set([
  'paid',
  'fulfilled',
  'refund_due',
  'refund_requested',
  'refunded',
  'partially_refunded',
]);

const unpaidFixture = {
  paidAt: null,
  payType: null,
  receiptUrl: null,
  paidKrw: null,
  refundedKrw: null,
  refundState: null,
  promisedBy: null,
  purpose: null,
} as const satisfies Partial<OrderRow>;

/** What came and what went back, as the state has it. */
const paidFixture = (state: OrderState) => {
  const refundedKrw = { refunded: 39_000, partially_refunded: 13_000 }[state as string] ?? null;
  return {
    paidAt: fromNow(-42_000),
    payType: state === 'refund_due' ? '7' : '15',
    receiptUrl: 'https://www.payapp.kr/c/example',
    paidKrw: state === 'refund_due' ? 38_000 : 39_000,
    refundedKrw,
    refundState: state === 'refund_requested' ? 'requested' : refundedKrw === null ? null : 'done',
    promisedBy: fromNow(hourMs),
    purpose: null,
  } as const satisfies Partial<OrderRow>;
};

export const orderFixture = (state: OrderState, extra: Partial<OrderRow> = {}): OrderRow => ({
  ...stamps,
  $id: 'order-1',
  workspaceId: 'acme',
  runtimeId: 'runtime-1',
  runtimeName: 'research',
  state,
  revision: 3,
  planKey: 'basic',
  priceKrw: 39_000,
  payUrl: 'https://www.payapp.kr/L/example',
  failureCode: state === 'payment_failed' ? 'payment_request_invalid' : null,
  expiresAt: ['expired', 'cancelled'].includes(state) ? stamp : fromNow(23 * hourMs),
  ...(paidStates.has(state) ? paidFixture(state) : unpaidFixture),
  ...extra,
});

type Judged = readonly [
  ConditionsView[number]['value'],
  ReasonCode,
  ConditionsView[number]['actor'],
];
const good: Judged = ['true', 'ok', 'none'];
const notYet: Judged = ['unknown', 'not_started', 'system'];

export const conditionsFixture = (
  changes: Partial<Record<ConditionType, Judged>>,
): ConditionsView => {
  const all: Record<ConditionType, Judged> = {
    paid: good,
    deployed: good,
    reachable: good,
    verified: good,
    private: good,
    codex_linked: ['false', 'login_missing', 'customer'],
    smoke_passed: ['unknown', 'smoke_not_run', 'customer'],
    supported: good,
    ...changes,
  };
  return (Object.entries(all) as [ConditionType, Judged][]).map(([type, judged]) => ({
    type,
    value: judged[0],
    reason: judged[1],
    actor: judged[2],
    // What is not known yet is being waited for.
    since: judged[0] === 'unknown' ? fromNow(-4_000) : stamp,
  }));
};

export const receiptFixture = {
  smokeId: 'smoke_4f2a91c07b',
  nonceMatched: true,
  provider: 'openai',
  model: 'gpt-5.2-codex',
  latencyMs: 4_183,
  image:
    'ghcr.io/openclaw/openclaw@sha256:7c1d2f3a9be04c55a1f0e6d38b7729c4415d6e8f0a1b2c3d4e5f60718293a4b5',
  openclawVersion: '2026.9.6',
  at: '2026-11-23T01:12:30.000Z',
  nonceHash: '9f2c4b7a1d5e8036c4f19ab2d7e65180b3a4c9d2e1f0716253849a0bcdef1234',
} as const;

/** All closed, or two of them found open. */
export const exposureFixture = (result: 'pass' | 'fail'): ExposureReport => ({
  atMs: Date.parse(stamp),
  checks: exposureChecks.map((check, index) => {
    if (result === 'fail' && index % 3 === 1) return { check, result, reason: 'answered' };
    return index === 0
      ? { check, result: 'skipped', reason: 'loopback' }
      : { check, result: 'pass', reason: '' };
  }),
});

export const runtimeFixture = (
  status: RuntimeStatus,
  changes: Partial<Record<ConditionType, Judged>> = {},
  extra: Partial<RuntimeRow> = {},
): RuntimeRow => ({
  ...stamps,
  $id: 'runtime-1',
  workspaceId: 'acme',
  orderId: 'order-1',
  name: 'research',
  host: 'acme.runtimes.example.com',
  planKey: 'basic',
  status,
  conditions: JSON.stringify(conditionsFixture(changes)),
  facts: '{}',
  receipt: status === 'ready' || status === 'degraded' ? JSON.stringify(receiptFixture) : null,
  revision: 7,
  paidUntil: '2026-12-23T01:00:00.000Z',
  planVersion: 1,
  nextPlanKey: null,
  nextPlanVersion: null,
  suspendedFor: null,
  suspendedAt: null,
  pausedAt: null,
  exportUntil: null,
  deletesAt: null,
  deletion: null,
  smokeId: null,
  smokeRequestedAt: new Date(Date.now() - 9_000).toISOString(),
  update: null,
  updateState: null,
  quietHour: null,
  timeZone: null,
  updatesHeldUntil: null,
  ...extra,
});

const acme = workspaceFixture('acme', 'Acme 연구실');
const chosen = { workspaceId: 'acme', runtimeId: null };
const signedIn = {
  session: 'signed_in',
  loaded: true,
  workspaces: [acme],
  orders: [],
  runtimes: [],
  selection: chosen,
} as const satisfies FlowInput;
const withRuntime = (
  status: RuntimeStatus,
  changes: Partial<Record<ConditionType, Judged>> = {},
): FlowInput => ({
  ...signedIn,
  orders: [orderFixture('fulfilled')],
  runtimes: [runtimeFixture(status, changes)],
});
const linked = { codex_linked: good } as const;
/** Declined at OpenAI, as another device of the customer sees it. */
const declinedConditions = conditionsFixture({}).map((each) =>
  each.type === 'codex_linked'
    ? {
        ...each,
        attempt: { attemptId: 'attempt-2', ending: 'failed', code: 'codex_access_denied' },
      }
    : each,
);

const manyStatuses: readonly RuntimeStatus[] = ['ready', 'auth_required', 'degraded', 'ready'];

/** Twenty of them, in all the states that last. */
export const manyRuntimes: FlowInput = {
  ...signedIn,
  runtimes: Array.from({ length: 20 }, (_, index) => {
    const status = manyStatuses[index % manyStatuses.length] ?? 'ready';
    const changes = status === 'ready' ? { codex_linked: good, smoke_passed: good } : {};
    return runtimeFixture(status, changes, {
      $id: `runtime-${index + 1}`,
      $createdAt: new Date(Date.parse(stamp) + index * 60_000).toISOString(),
      name: index % 3 === 0 ? `nightly-${index + 1}` : `연구 ${index + 1}`,
      host: `r${index + 1}.acme.runtimes.example.com`,
    });
  }),
  selection: { workspaceId: 'acme', runtimeId: 'runtime-4' },
};

export const gallery: Readonly<Record<string, FlowInput>> = {
  loading: { ...signedIn, loaded: false },
  'workspace-empty': {
    ...signedIn,
    workspaces: [],
    selection: { workspaceId: null, runtimeId: null },
  },
  'workspace-select': {
    ...signedIn,
    workspaces: [acme, workspaceFixture('beta', 'Beta Team')],
    selection: { workspaceId: null, runtimeId: null },
  },
  'checkout-idle': signedIn,
  ...Object.fromEntries(
    orderStates.map((state) => [
      `order-${state}`,
      {
        ...signedIn,
        orders: [orderFixture(state)],
        selection: { workspaceId: 'acme', runtimeId: 'runtime-1' },
      },
    ]),
  ),
  provisioning: withRuntime('provisioning', {
    deployed: ['unknown', 'deploy_running', 'system'],
    reachable: notYet,
    verified: notYet,
    private: notYet,
    codex_linked: notYet,
  }),
  failed: withRuntime('failed', {
    deployed: ['false', 'retries_exhausted', 'operator'],
    reachable: notYet,
    verified: notYet,
    private: notYet,
    codex_linked: notYet,
  }),
  verifying: withRuntime('running', { verified: ['unknown', 'in_progress', 'system'] }),
  'not-proven-yet': withRuntime('running', {
    private: ['unknown', 'exposure_not_tried', 'system'],
  }),
  exposed: withRuntime('running', { private: ['false', 'exposed', 'operator'] }),
  'verify-failed': withRuntime('running', { verified: ['false', 'verify_failed', 'system'] }),
  'auth-required': withRuntime('auth_required'),
  'login-declined': {
    ...signedIn,
    orders: [orderFixture('fulfilled')],
    runtimes: [
      runtimeFixture('auth_required', {}, { conditions: JSON.stringify(declinedConditions) }),
    ],
  },
  linking: withRuntime('linking', { codex_linked: ['unknown', 'login_in_progress', 'customer'] }),
  'login-expired': withRuntime('auth_required', {
    codex_linked: ['false', 'login_expired', 'customer'],
    smoke_passed: good,
  }),
  'login-refused': withRuntime('auth_required', {
    codex_linked: ['false', 'login_refused', 'customer'],
    smoke_passed: good,
  }),
  'smoke-required': withRuntime('running', linked),
  'smoke-running': withRuntime('running', {
    ...linked,
    smoke_passed: ['unknown', 'smoke_running', 'system'],
  }),
  'smoke-failed': withRuntime('running', {
    ...linked,
    smoke_passed: ['false', 'smoke_failed', 'customer'],
  }),
  'smoke-outdated': withRuntime('running', {
    ...linked,
    smoke_passed: ['false', 'smoke_outdated', 'customer'],
  }),
  proving: withRuntime('running', {
    ...linked,
    private: ['unknown', 'exposure_not_tried', 'system'],
    smoke_passed: good,
  }),
  ready: withRuntime('ready', { ...linked, smoke_passed: good }),
  'login-expiring': withRuntime('ready', {
    codex_linked: ['true', 'login_expiring', 'customer'],
    smoke_passed: good,
  }),
  degraded: withRuntime('degraded', {
    ...linked,
    reachable: ['false', 'agent_unreachable', 'system'],
  }),
  suspended: withRuntime('suspended', linked),
  many: manyRuntimes,
  'many-none-chosen': { ...manyRuntimes, selection: chosen },
  several: {
    ...withRuntime('ready', { ...linked, smoke_passed: good }),
    orders: [
      orderFixture('fulfilled'),
      orderFixture('awaiting_payment', {
        $id: 'order-2',
        runtimeId: 'runtime-2',
        runtimeName: 'nightly jobs',
      }),
    ],
    selection: { workspaceId: 'acme', runtimeId: 'runtime-1' },
  },
};
