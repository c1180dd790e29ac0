/**
 * One change of a team at a time. Appwrite's teams know no compare-and-set, and two owners who take
 * each other out at once must not leave a team without one: so whoever changes a team holds its
 * lease. The workspace is marked due before the change and stays so: whatever becomes of the caller,
 * the reconciler looks after the team (`settle.ts`).
 */
import { withLease } from '#app/lease.ts';
import type { Lease } from '#app/lease.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail } from '#schemas/contract/errors.ts';
import type { TeamDeps } from './deps.ts';

/** A change takes a second; longer than a person waits, shorter than a function may run. */
const turnsAtMost = 10;
const pausesAtMost = 10;
const pauseMs = 100;

const leaseOf = (workspaceId: string): string => `team-${workspaceId}`;

/** Once, without waiting: `held` while somebody else is at it. */
export const tryTeam = <T>(
  deps: TeamDeps,
  workspaceId: string,
  work: (lease: Lease) => Promise<T>,
): Promise<T | 'held'> => withLease(deps, leaseOf(workspaceId), work);

export const inTurn = async <T>(
  deps: TeamDeps,
  workspaceId: string,
  work: (lease: Lease) => Promise<Result<T>>,
): Promise<Result<T>> => {
  for (let turn = 0; turn < turnsAtMost; turn += 1) {
    const done = await tryTeam(deps, workspaceId, work);
    if (done !== 'held') return done;
    await whileHeld(deps, workspaceId);
  }
  return fail('team_busy');
};

/** Looked at, not tried: a lease that is held costs its waiters no writes. */
const whileHeld = async (deps: TeamDeps, workspaceId: string): Promise<void> => {
  for (let pause = 0; pause < pausesAtMost; pause += 1) {
    await deps.clock.sleep(pauseMs);
    if ((await deps.store.get('leases', leaseOf(workspaceId))) === null) return;
  }
};

/** Written when a team was looked after; null only stands in rows made before teams had pictures. */
export const notDue = '9999-01-01T00:00:00.000Z';

const racesAtMost = 5;

/** False where there is no such workspace. */
export const markDue = async (deps: TeamDeps, workspaceId: string): Promise<boolean> => {
  for (let race = 0; race < racesAtMost; race += 1) {
    const row = await deps.store.get('workspaces', workspaceId);
    if (row === null) return false;
    const target = { id: row.id, version: row.version };
    const changes = { teamDueAt: deps.clock.now().toISOString() };
    const written = await deps.store.update('workspaces', target, changes);
    if (written === 'updated') return true;
  }
  return false;
};
