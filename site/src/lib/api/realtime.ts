/**
 * A message means "look again" and nothing more: rows are re-read, never taken from the socket.
 * A socket that has begun to listen looks again too, because what happened before is not replayed.
 * Who is put out of a workspace hears nothing of it: a row is announced to those who may still read
 * it, and a socket loses the team before the team's end is told. Their next look shows it, which is
 * the poll at the latest; what they ask for meanwhile is refused.
 */
import { Realtime } from 'appwrite';
import type { Client } from 'appwrite';
import * as z from 'zod/mini';

export interface Watch {
  readonly close: () => void;
}

const tables = ['workspaces', 'orders', 'runtimes', 'timeline', 'team_members', 'invitations'];
const channels = tables.map((table) => `tablesdb.main.tables.${table}.rows`);

const subscribed = z.object({
  type: z.literal('response'),
  data: z.object({ to: z.literal('subscribe') }),
});

const isSubscribed = (frame: unknown): boolean => {
  try {
    return typeof frame === 'string' && subscribed.safeParse(JSON.parse(frame)).success;
  } catch {
    return false;
  }
};

/**
 * An open socket hears nothing until its subscription stands: a look in between would miss a change
 * that nobody tells of afterwards. The SDK keeps the server's word to itself.
 */
const whenSubscribed = (socket: unknown, then: () => void): void => {
  if (!(socket instanceof WebSocket)) return;
  const onMessage = ({ data }: MessageEvent<unknown>): void => {
    if (!isSubscribed(data)) return;
    socket.removeEventListener('message', onMessage);
    then();
  };
  socket.addEventListener('message', onMessage);
};

export const openRealtime = (client: Client, onLook: () => void): Watch => {
  const realtime = new Realtime(client);
  let closed = false;
  const look = (): void => {
    if (!closed) onLook();
  };
  realtime.onOpen(() => whenSubscribed(realtime['socket'], look));
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
