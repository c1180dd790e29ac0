/** Appwrite as ports, with the key of one execution: it reaches as far as the function's scopes. */
import type { Accounts, Callers, Teams } from '#ports/accounts.ts';
import type { Departures } from '#ports/departures.ts';
import type { Messages } from '#ports/messages.ts';
import type { Store } from '#ports/store.ts';
import { Misconfigured } from '#ports/system.ts';
import { appwriteAccounts, appwriteCallers } from './accounts.ts';
import { appwriteDepartures } from './departures.ts';
import { appwriteMessages } from './messages.ts';
import { appwriteStore, rowCreator } from './store.ts';
import { appwriteTeams } from './teams.ts';
import type { AppwriteSettings } from './transport.ts';
import { appwriteTransport } from './transport.ts';

export interface AppwritePorts {
  readonly store: Store;
  readonly accounts: Accounts;
  readonly teams: Teams;
  readonly callers: Callers;
}

export const connectAppwrite = (settings: AppwriteSettings, key: string): AppwritePorts => {
  const transport = keyed(settings, key);
  return {
    store: appwriteStore(transport),
    accounts: appwriteAccounts(transport),
    teams: appwriteTeams(transport),
    callers: appwriteCallers(settings),
  };
};

export interface ReconcilePorts extends AppwritePorts {
  readonly messages: Messages;
}

/** For the reconciler, which alone may send mail. */
export const connectReconciler = (settings: AppwriteSettings, key: string): ReconcilePorts => ({
  ...connectAppwrite(settings, key),
  messages: appwriteMessages(keyed(settings, key)),
});

export interface DeparturePorts extends AppwritePorts {
  readonly departures: Departures;
}

/** For the account function, which alone holds the scopes to end an account. */
export const connectDepartures = (settings: AppwriteSettings, key: string): DeparturePorts => ({
  ...connectAppwrite(settings, key),
  departures: appwriteDepartures(keyed(settings, key)),
});

/** PayApp waits only seconds for its answer. */
const inboxTimeoutMs = 2_500;

/** For the feedback function: one create, quickly or not at all. */
export const connectInbox = (settings: AppwriteSettings, key: string): Pick<Store, 'create'> =>
  rowCreator(keyed(settings, key, inboxTimeoutMs));

const keyed = (
  settings: AppwriteSettings,
  key: string,
  timeoutMs?: number,
): ReturnType<typeof appwriteTransport> => {
  if (key === '') throw new Misconfigured('x-appwrite-key');
  return appwriteTransport(settings, { key }, timeoutMs);
};
