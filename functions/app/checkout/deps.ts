/** What checkout works with. */
import type { Teams } from '#ports/accounts.ts';
import type { ChangeDeps } from '#app/orders/deps.ts';
import type { Payments } from '#ports/payments.ts';

export interface CheckoutDeps extends ChangeDeps {
  readonly payments: Payments;
  readonly teams: Teams;
}

export interface PayLink {
  readonly orderId: string;
  readonly runtimeId: string;
  readonly payUrl: string;
  readonly priceKrw: number;
  readonly revision: number;
}
