/**
 * Claims the subdomain, then makes the team, its picture and the workspace row. Key: (user,
 * subdomain). The claim row names the workspace it is for, so a crash after it is resumed by the same
 * user asking again, and by nobody else. Once the workspace is there its team is no longer made here:
 * who made it may have been taken out since.
 */
import { checkSubdomain, hostOf } from '#core/workspace/subdomain.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import { drawMember } from '#app/team/picture.ts';
import { notDue } from '#app/team/turn.ts';
import type { Account, Teams } from '#ports/accounts.ts';
import type { Store } from '#ports/store.ts';
import type { Clock, FaultPoint, Ids, Log } from '#ports/system.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { createWorkspace as createOperation } from '#schemas/contract/workspaces.ts';
import { planOf } from '#schemas/plans.ts';

export interface WorkspaceDeps {
  readonly store: Store;
  readonly teams: Teams;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
  readonly faults: FaultPoint;
  readonly runtimeDomain: string;
}

/** A claim costs nothing; without a bound one person could take every good name. */
const claimsPerHour = 10;
const workspaceIdLength = 24;

export const createWorkspace = async (
  deps: WorkspaceDeps,
  caller: Account,
  body: BodyOf<typeof createOperation>,
): Promise<Result<ValueOf<typeof createOperation>>> => {
  const checked = checkSubdomain(body.subdomain);
  if (!checked.ok) return fail(checked.code, { field: 'subdomain' });
  if (planOf(body.planKey) === undefined) return fail('plan_unknown', { field: 'planKey' });
  const subdomain = checked.name;
  const { userId } = caller;
  const workspaceId = deps.ids.idFrom('workspace', userId, subdomain).slice(0, workspaceIdLength);

  const claimed = await claim(deps, subdomain, { workspaceId, userId });
  if (!claimed.ok) return claimed;
  await deps.faults.reach('subdomain.claimed');
  const made = succeed({ workspaceId, subdomain, host: hostOf(subdomain, deps.runtimeDomain) });
  if ((await deps.store.get('workspaces', workspaceId)) !== null) {
    const isMember = (await deps.teams.roleOf(workspaceId, userId)) !== null;
    return isMember ? made : fail('subdomain_taken', { field: 'subdomain' });
  }
  await deps.teams.ensure({ teamId: workspaceId, name: body.name, ownerId: userId });
  await deps.faults.reach('team.ensured');
  await drawMember(deps, workspaceId, { ...caller, role: 'owner' });
  const outcome = await deps.store.create('workspaces', workspaceId, {
    data: {
      name: body.name,
      subdomain,
      planKey: body.planKey,
      ownerId: userId,
      teamDueAt: notDue,
    },
    readers: { team: workspaceId },
  });
  if (outcome === 'created') deps.log.info('workspace.created', { workspaceId, userId });
  return made;
};

const claim = async (
  deps: WorkspaceDeps,
  subdomain: string,
  by: { readonly workspaceId: string; readonly userId: string },
): Promise<Result<null>> => {
  const taken = fail('subdomain_taken', { field: 'subdomain' });
  const present = await deps.store.get('subdomains', subdomain);
  if (present !== null) {
    return present.workspaceId === by.workspaceId ? succeed(null) : taken;
  }
  const turn = { what: 'subdomain', whom: by.userId, perHour: claimsPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const data = { workspaceId: by.workspaceId, claimedBy: by.userId, runtimeId: null };
  const outcome = await deps.store.create('subdomains', subdomain, { data, readers: 'functions' });
  if (outcome === 'created') return succeed(null);
  const winner = await deps.store.get('subdomains', subdomain);
  return winner?.workspaceId === by.workspaceId ? succeed(null) : taken;
};
