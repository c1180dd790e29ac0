/** Made-up terms, one for every state of the page about paid time. */
import type { OrderRow, RuntimeRow } from '#schemas/contract/rows.ts';
import type { PlanDesk } from '../state/plan-desk.svelte.ts';
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
  grace: scene(ending(-2)),
  unpaid: scene(suspended(-12, { suspendedFor: 'unpaid', suspendedAt: inDays(-5) }), {
    orders: [renewal],
  }),
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
