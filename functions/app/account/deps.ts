import type { Accounts } from '#ports/accounts.ts';
import type { Departures } from '#ports/departures.ts';
import type { Store } from '#ports/store.ts';
import type { Clock, Ids, Log } from '#ports/system.ts';

export interface AccountDeps {
  readonly store: Store;
  readonly accounts: Pick<Accounts, 'get'>;
  readonly departures: Departures;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}
