/**
 * A server that is out of reach takes no new runtimes, and an operator is told once, not once for
 * each of its runtimes. The hourly survey takes the mark off when it answers again.
 */
import { raiseTask } from '#app/tasks/raise-task.ts';
import type { Store, Stored } from '#ports/store.ts';
import type { Clock, Ids, Log } from '#ports/system.ts';

interface LostDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export const markLost = async (deps: LostDeps, serverId: string): Promise<void> => {
  const server = await deps.store.get('servers', serverId);
  if (server === null) return;
  const lostSince = server.lostSince ?? (await mark(deps, server));
  // Raised at every look while it is lost: a run that died after the mark leaves nobody untold.
  if (lostSince === null) return;
  await raiseTask(deps, {
    kind: 'server_lost',
    subjectId: serverId,
    mulNo: '',
    about: lostSince,
    detail: { lostSince },
  });
};

/** Null: somebody else wrote meanwhile; the next look tells. */
const mark = async (deps: LostDeps, { id, version }: Stored<'servers'>): Promise<string | null> => {
  const lostSince = deps.clock.now().toISOString();
  const marked = await deps.store.update('servers', { id, version }, { lostSince });
  if (marked !== 'updated') return null;
  deps.log.error('server.lost', { serverId: id });
  return lostSince;
};

export const markFound = async (deps: LostDeps, serverId: string): Promise<void> => {
  const server = await deps.store.get('servers', serverId);
  if (server === null || server.lostSince === null) return;
  const target = { id: server.id, version: server.version };
  const marked = await deps.store.update('servers', target, { lostSince: null });
  if (marked === 'updated') deps.log.info('server.found', { serverId });
};
