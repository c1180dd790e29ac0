/** What changing a team, and looking after a changed one, works with. */
import type { Teams } from '#ports/accounts.ts';
import type { Store } from '#ports/store.ts';
import type { Clock, FaultPoint, Ids, Log } from '#ports/system.ts';

export interface TeamDeps {
  readonly store: Store;
  readonly teams: Teams;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
  readonly faults: FaultPoint;
}
