/** Made-up terms, one for every state of the page about paid time. */
import type { OrderRow, RuntimeRow } from '#schemas/contract/rows.ts';
import type { Autopay } from '#schemas/contract/autopay.ts';
import type { AutopayDesk } from '../state/autopay-desk.svelte.ts';
import type { PlanDesk } from '../state/plan-desk.svelte.ts';
import type { TextsDesk } from '../state/texts-desk.svelte.ts';
import { orderFixture, runtimeFixture } from './fixtures.ts';

const dayMs = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * dayMs).toISOString();

export interface TermScene {
  readonly runtimes: readonly RuntimeRow[];
  readonly orders: readonly OrderRow[];
  readonly loaded: boolean;
  readonly failed: boolean;
  readonly mayPay: boolean;
  readonly begin?: (desk: PlanDesk) => void;
  readonly charged?: (desk: AutopayDesk) => void;
  readonly texted?: (desk: TextsDesk) => void;
}

const scene = (runtime: RuntimeRow, more: Partial<TermScene> = {}): TermScene => ({
  runtimes: [runtime],
  orders: [],
  loaded: true,
  failed: false,
  mayPay: true,
  ...more,
});
const ending = (days: number, extra: Partial<RuntimeRow> = {}): RuntimeRow =>
  runtimeFixture('ready', {}, { paidUntil: inDays(days), ...extra });
const suspended = (days: number, extra: Partial<RuntimeRow>): RuntimeRow =>
  runtimeFixture('suspended', {}, { paidUntil: inDays(days), ...extra });
const renewal = orderFixture('awaiting_payment', {
  $id: 'renewal-1',
  runtimeId: 'runtime-1',
  purpose: 'renew',
});

const agreement = (more: Partial<Autopay>): Autopay => ({
  autopayId: 'autopay-1',
  state: 'active',
  priceKrw: 39_000,
  chargeDay: 20,
  agreedAt: inDays(-12),
  payUrl: null,
  expectedAt: inDays(18),
  missed: 0,
  stopReason: null,
  stoppedAt: null,
  ...more,
});
const charged =
  (more: Partial<Autopay>) =>
  (desk: AutopayDesk): void => {
    desk.present = agreement(more);
  };
const offer = { priceKrw: 39_000, chargeDay: 20 };

export const termScenes: Readonly<Record<string, TermScene>> = {
  running: scene(ending(23)),
  ending: scene(ending(4.5), { orders: [renewal] }),
  'plan-next': scene(ending(23, { planKey: 'plus', nextPlanKey: 'basic', nextPlanVersion: 1 })),
  'plan-larger': scene(ending(23), { begin: (desk) => desk.want('plus') }),
  'plan-quote': scene(ending(23), {
    begin: (desk) => {
      desk.want('plus');
      desk.quote = { planKey: 'plus', priceKrw: 22_250, until: inDays(23) };
    },
  }),
  'plan-smaller': scene(ending(23, { planKey: 'plus' }), { begin: (desk) => desk.want('basic') }),
  'plan-refused': scene(ending(0.3), {
    begin: (desk) => {
      desk.want('plus');
      desk.quoting.failure = { code: 'plan_change_too_small', retryable: false };
    },
  }),
  'autopay-offer': scene(ending(6), { charged: (desk) => void (desk.offer = offer) }),
  'autopay-approving': scene(ending(6), {
    charged: charged({ state: 'approving', payUrl: 'https://pay.example/r/1', expectedAt: null }),
  }),
  'autopay-active': scene(ending(21), { charged: charged({}) }),
  'autopay-missed': scene(ending(2), { orders: [renewal], charged: charged({ missed: 1 }) }),
  'autopay-stopping': scene(ending(21), {
    charged: charged({ state: 'cancelling', stopReason: 'member', stoppedAt: inDays(0) }),
  }),
  'autopay-ended': scene(ending(21), {
    charged: (desk) => {
      desk.present = agreement({ state: 'ended', stopReason: 'paid_by_hand' });
      desk.offer = offer;
    },
  }),
  'autopay-refused': scene(ending(21), {
    charged: (desk) => {
      desk.offer = offer;
      desk.starting.failure = { code: 'payment_not_permitted', retryable: false };
    },
  }),
  'texts-none': scene(ending(21), { texted: (desk) => void (desk.present = null) }),
  'texts-on': scene(ending(21), {
    texted: (desk) => {
      desk.present = { lastDigits: '5678', agreedAt: inDays(-3), isYours: false };
    },
  }),
  'texts-refused': scene(ending(21), {
    texted: (desk) => {
      desk.present = null;
      desk.choosing.failure = { code: 'too_many_requests', retryable: true };
    },
  }),
  grace: scene(ending(-2)),
  unpaid: scene(suspended(-12, { suspendedFor: 'unpaid', suspendedAt: inDays(-5) }), {
    orders: [renewal],
  }),
  'export-open': scene(
    runtimeFixture(
      'suspended',
      { deployed: ['false', 'export_open', 'customer'] },
      {
        ...{ paidUntil: inDays(-12), suspendedFor: 'unpaid', suspendedAt: inDays(-5) },
        exportUntil: inDays(0.1),
      },
    ),
    { orders: [renewal] },
  ),
  paused: scene(suspended(23, { suspendedFor: 'customer', suspendedAt: inDays(-2) })),
  stopped: scene(suspended(10, { suspendedFor: 'operator' })),
  refunded: scene(suspended(10, { suspendedFor: 'refunded' })),
  deleted: scene(runtimeFixture('deleted', {}, { paidUntil: inDays(-30) })),
  member: scene(ending(4), { mayPay: false }),
  several: scene(ending(4), {
    runtimes: ['research', '회계 자동화', 'a-runtime-with-a-name-that-is-rather-long'].map(
      (name, index) => ending(4, { $id: `runtime-${index + 1}`, name }),
    ),
  }),
  none: scene(ending(4), { runtimes: [] }),
  loading: scene(ending(4), { runtimes: [], loaded: false }),
  offline: scene(ending(23), { failed: true }),
};
