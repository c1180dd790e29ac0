import type { CheckoutDeps } from '#app/checkout/deps.ts';

/** `recurring`: the installation offers it, since PayApp has agreed to it. */
export interface AutopayDeps extends CheckoutDeps {
  readonly recurring: boolean;
}
