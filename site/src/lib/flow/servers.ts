/** What an operator must notice of the servers, from the rows alone. */
import type { ServerView } from '#schemas/contract/operator.ts';

export type ServerMark = 'lost' | 'full';

type Seen = Pick<ServerView, 'state' | 'slots' | 'used' | 'lostSince'>;

/** Full is worth a look only where runtimes would be placed. */
export const marksOf = (server: Seen): readonly ServerMark[] => [
  ...(server.lostSince === null ? [] : ['lost' as const]),
  ...(server.state === 'open' && server.used >= server.slots ? ['full' as const] : []),
];

/** Slots a new runtime could take now; one out of reach takes none. */
export const freeSlots = (servers: readonly Seen[]): number =>
  servers
    .filter(({ state, lostSince }) => state === 'open' && lostSince === null)
    .reduce((sum, { slots, used }) => sum + Math.max(0, slots - used), 0);

/** As the contract takes it. */
export const serverName = /^[a-z0-9][a-z0-9-]{0,28}$/;
