/**
 * Every update that is due, oldest first, and this minute's share of runtimes that may need one. One
 * bad row stops no other: it steps aside.
 */
import { ringOf, targetOf } from '#core/update/ring.ts';
import { asideMs } from '#app/aside.ts';
import { pagesOf } from '#app/pages.ts';
import { StoreUnavailable } from '#ports/store.ts';
import type { Stored } from '#ports/store.ts';
import { updateRings } from '#schemas/contract/updates.ts';
import { Releases } from './releases.ts';
import { isUnderWay, isUpdateDue, settleUpdate } from './settle-update.ts';
import type { UpdateDeps } from './settle-update.ts';

/** Worked off in one execution; the rest stays due. */
const pageSize = 50;

/** `minute`: of the hour, in UTC. */
export const settleUpdates = async (deps: UpdateDeps, minute: number): Promise<void> => {
  const releases = new Releases(deps, deps.stack.openclawImage);
  await findOwed(deps, releases, minute);
  const due = await deps.store.list('runtimes', {
    atMost: { column: 'updateDueAt', value: deps.clock.now().toISOString() },
    orderBy: { column: 'updateDueAt' },
    limit: pageSize,
  });
  for (const { id } of due) {
    try {
      await settleUpdate(deps, id, releases);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      const reason = error instanceof Error ? error.message : 'unknown';
      deps.log.error('update.settle_failed', { runtimeId: id, reason });
      await stepAside(deps, id, asideMs(error));
    }
  }
};

/** Each runtime once an hour: with nothing to update and nobody below the floor it writes nothing. */
const findOwed = async (deps: UpdateDeps, releases: Releases, minute: number): Promise<void> => {
  const release = await releases.current();
  const isIdle =
    release.floor === null && updateRings.every((ring) => targetOf(release, ring) === null);
  if (isIdle) return;
  for (const row of await pagesOf(deps.store, 'runtimes', { inspectedAtMinute: minute })) {
    if (row.desired !== 'running') continue;
    await markOwed(deps, releases, row);
  }
};

const markOwed = async (
  deps: UpdateDeps,
  releases: Releases,
  row: Stored<'runtimes'>,
): Promise<void> => {
  const release = await releases.current();
  const first = isUpdateDue(deps, row, { release, gate: 'open' });
  const isOpen = first.owed && (await releases.gate(ringOf(row.id, row.ring))) !== 'closed';
  const now = deps.clock.now().toISOString();
  const changes = {
    ...((isOpen || isUnderWay(row)) && row.updateDueAt === null ? { updateDueAt: now } : {}),
    // Its status says `ready` of a version that is not safe any more.
    ...(first.told ? {} : { nextCheckAt: now }),
  };
  if (Object.keys(changes).length === 0) return;
  await deps.store.update('runtimes', { id: row.id, version: row.version }, changes);
};

const stepAside = async (deps: UpdateDeps, runtimeId: string, pauseMs: number): Promise<void> => {
  const row = await deps.store.get('runtimes', runtimeId);
  if (row === null) return;
  const updateDueAt = new Date(deps.clock.now().getTime() + pauseMs).toISOString();
  await deps.store.update('runtimes', { id: row.id, version: row.version }, { updateDueAt });
};
