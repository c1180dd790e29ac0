/**
 * The steps of a deletion, each of which may have been done before. The person is put out first and
 * what stands in the way is looked for again behind the closed door: nothing new can come of this
 * account then. If something does stand there, the door is opened again. The account itself goes
 * last, because only it says which e-mail is to be forgotten.
 */
import { refusalFor, standingIn } from '#core/account/deletion.ts';
import type { Membership } from '#ports/departures.ts';
import type { Stored } from '#ports/store.ts';
import type { ErrorCode } from '#schemas/contract/errors.ts';
import type { AccountDeps } from './deps.ts';
import { forgetPerson } from './forget-person.ts';
import { removeWorkspace } from './remove-workspace.ts';
import { surveyDeletion } from './survey-deletion.ts';

type Deletion = Stored<'deletions'>;

/** `finished`: nothing is left to do. A code: it was taken back, and why. */
export const carryOut = async (
  deps: AccountDeps,
  userId: string,
): Promise<'finished' | ErrorCode> => {
  const asked = await deps.store.get('deletions', userId);
  if (asked === null || asked.finishedAt !== null) return 'finished';
  if (asked.withdrawnAt !== null) {
    await withdraw(deps, userId);
    return 'stale_revision';
  }
  await deps.departures.shut(userId);
  const refusal = await confirm(deps, asked);
  if (refusal !== null) return refusal;
  await leaveAll(deps, userId);
  await forgetPerson(deps, userId);
  await deps.departures.remove(userId);
  await finish(deps, userId);
  return 'finished';
};

/** Null: confirmed, by this run or another. */
const confirm = async (deps: AccountDeps, asked: Deletion): Promise<ErrorCode | null> => {
  if (asked.confirmedAt !== null) return null;
  const { id, version } = asked;
  const refusal = refusalFor((await surveyDeletion(deps, id)).obstacles);
  const now = deps.clock.now().toISOString();
  const change = refusal === null ? { confirmedAt: now } : { withdrawnAt: now };
  const outcome = await deps.store.update('deletions', { id, version }, change);
  if (outcome === 'updated') {
    if (refusal === null) return null;
    deps.log.info('account.deletion_withdrawn', { userId: id, code: refusal });
    await withdraw(deps, id);
    return refusal;
  }
  // Another run was faster, and what it decided holds.
  const present = await deps.store.get('deletions', id);
  return present !== null && present.confirmedAt !== null ? null : (refusal ?? 'stale_revision');
};

/** The account is as before, but for its sessions. */
export const withdraw = async (deps: AccountDeps, userId: string): Promise<void> => {
  await deps.departures.reopen(userId);
  await deps.store.delete('deletions', userId);
};

/** A page of memberships each; more than anybody has. */
const roundsAtMost = 20;

const leaveAll = async (deps: AccountDeps, userId: string): Promise<void> => {
  for (let round = 0; round < roundsAtMost; round += 1) {
    const memberships = await deps.departures.membershipsOf(userId);
    if (memberships.length === 0) return;
    for (const membership of memberships) await leave(deps, membership);
  }
  throw new Error('account.too_many_memberships');
};

const leave = async (deps: AccountDeps, membership: Membership): Promise<void> => {
  const { teamId: workspaceId, userId } = membership;
  const standing = standingIn(await deps.departures.membersOf(workspaceId), userId);
  if (standing === 'alone') {
    await removeWorkspace(deps, workspaceId);
    deps.log.info('workspace.removed', { workspaceId, userId });
    return;
  }
  // The other owners went meanwhile: nothing can be asked of this person any more.
  if (standing === 'last_owner') deps.log.warn('workspace.without_owner', { workspaceId });
  await deps.departures.leave(membership);
  deps.log.info('workspace.left', { workspaceId, userId });
};

const finish = async (deps: AccountDeps, userId: string): Promise<void> => {
  const row = await deps.store.get('deletions', userId);
  if (row === null || row.finishedAt !== null) return;
  const finishedAt = deps.clock.now().toISOString();
  const target = { id: userId, version: row.version };
  const outcome = await deps.store.update('deletions', target, { finishedAt });
  if (outcome === 'updated') deps.log.info('account.deleted', { userId });
};
