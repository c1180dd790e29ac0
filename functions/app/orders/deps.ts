/** What the money side of the reconciler works with. */
import type { Payments } from '#ports/payments.ts';
import type { Store } from '#ports/store.ts';
import type { Clock, FaultPoint, Ids, Log } from '#ports/system.ts';

export interface OrderDeps {
  readonly store: Store;
  readonly payments: Payments;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly faults: FaultPoint;
  /** Runtimes live under this domain: `<subdomain>.<runtimeDomain>`. */
  readonly runtimeDomain: string;
}

/** Enough to change an order. */
export type ChangeDeps = Pick<OrderDeps, 'store' | 'clock' | 'ids' | 'log' | 'faults'>;

/** Lost races before giving up; the row is re-read and decided anew each time. */
export const racesAtMost = 8;
