/**
 * A message means "look again" and nothing more: rows are re-read, never taken from the socket.
 * Every opening of the socket looks again too, because what happened in between is not replayed.
 * Who is put out of a workspace hears nothing of it: a row is announced to those who may still read
 * it, and a socket loses the team before the team's end is told. Their next look shows it, which is
 * the poll at the latest; what they ask for meanwhile is refused.
 */
import { Realtime } from 'appwrite';
import type { Client } from 'appwrite';

export interface Watch {
  readonly close: () => void;
}

const tables = ['workspaces', 'orders', 'runtimes', 'timeline', 'team_members', 'invitations'];
const channels = tables.map((table) => `tablesdb.main.tables.${table}.rows`);

export const openRealtime = (client: Client, onLook: () => void): Watch => {
  const realtime = new Realtime(client);
  let closed = false;
  const look = (): void => {
    if (!closed) onLook();
  };
  realtime.onOpen(look);
  // A socket that cannot be opened is no failure here: the poll shows the same screen.
  realtime.onError(() => undefined);
  realtime.subscribe(channels, look).catch(() => undefined);
  return {
    close: () => {
      closed = true;
      realtime.disconnect().catch(() => undefined);
    },
  };
};
