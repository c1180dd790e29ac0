/** What the customer's runtime commands need. */
import type { Teams } from '#ports/accounts.ts';
import type { TenantAgent, Tickets } from '#ports/runtime.ts';
import type { Store } from '#ports/store.ts';
import type { Clock, Ids, Log } from '#ports/system.ts';

export interface RuntimesDeps {
  readonly store: Store;
  readonly teams: Teams;
  readonly agent: TenantAgent;
  readonly tickets: Tickets;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** `https` or `http`, for the addresses a browser is sent to. */
  readonly scheme: 'https' | 'http';
}
