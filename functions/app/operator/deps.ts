/** What the operator's use cases work with. */
import type { Store } from '#ports/store.ts';
import type { Clock, Ids, Log } from '#ports/system.ts';

export interface OperatorDeps {
  readonly store: Store;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
}
