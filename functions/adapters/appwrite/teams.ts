/** Teams and their members. */
import type { Role, TeamMember, Teams } from '#ports/accounts.ts';
import { StoreUnavailable } from '#ports/store.ts';
import type { AppwriteMembership } from './memberships.ts';
import { membershipsIn, roleIn } from './memberships.ts';
import type { Transport } from './transport.ts';
import { at, unexpected } from './transport.ts';

/** Four times as many as a workspace may have. */
const membersAtMost = 200;

const membershipsPath = (teamId: string, ...rest: readonly string[]): string =>
  at('teams', teamId, 'memberships', ...rest);

const list = async (
  transport: Transport,
  teamId: string,
  queries: readonly object[],
): Promise<readonly AppwriteMembership[]> => {
  const answer = await transport({
    method: 'GET',
    path: membershipsPath(teamId),
    queries: queries.map((query) => JSON.stringify(query)),
  });
  if (!answer.ok) {
    if (answer.type === 'team_not_found') return [];
    throw unexpected('list memberships', answer);
  }
  return membershipsIn(answer.body);
};

const find = async (
  transport: Transport,
  teamId: string,
  userId: string,
): Promise<AppwriteMembership | null> => {
  const found = await list(transport, teamId, [
    { method: 'equal', attribute: 'userId', values: [userId] },
    { method: 'limit', values: [1] },
  ]);
  return found.find((each) => each.userId === userId && each.confirm) ?? null;
};

const presentTypes = ['membership_already_confirmed', 'team_invite_already_exists'];
const missingTypes = ['team_not_found', 'user_not_found', 'membership_not_found'];

const join = async (
  transport: Transport,
  { teamId, userId, role }: { teamId: string; userId: string; role: Role },
): Promise<'joined' | 'missing'> => {
  const answer = await transport({
    method: 'POST',
    path: membershipsPath(teamId),
    body: { userId, roles: [role] },
  });
  if (answer.ok || presentTypes.includes(answer.type)) return 'joined';
  if (missingTypes.includes(answer.type)) return 'missing';
  throw unexpected('join team', answer);
};

export const appwriteTeams = (transport: Transport): Teams => ({
  ensure: async ({ teamId, name, ownerId }) => {
    const made = await transport({ method: 'POST', path: '/teams', body: { teamId, name } });
    if (!made.ok && made.type !== 'team_already_exists') throw unexpected('create team', made);
    const joined = await join(transport, { teamId, userId: ownerId, role: 'owner' });
    if (joined === 'missing') throw new StoreUnavailable('join team: owner or team is missing');
  },
  roleOf: async (teamId, userId) => {
    const mine = await find(transport, teamId, userId);
    return mine === null ? null : roleIn(mine);
  },
  membersOf: async (teamId) => {
    const all = await list(transport, teamId, [{ method: 'limit', values: [membersAtMost] }]);
    return all.flatMap((each): readonly TeamMember[] => {
      const role = each.confirm ? roleIn(each) : null;
      const { userId, userEmail: email, userName: name } = each;
      return role === null ? [] : [{ userId, email, name, role }];
    });
  },
  join: (member) => join(transport, member),
  setRole: async ({ teamId, userId, role }) => {
    const mine = await find(transport, teamId, userId);
    if (mine === null) return 'missing';
    const answer = await transport({
      method: 'PATCH',
      path: membershipsPath(teamId, mine.$id),
      body: { roles: [role] },
    });
    if (answer.ok) return 'set';
    if (missingTypes.includes(answer.type)) return 'missing';
    throw unexpected('change role', answer);
  },
  remove: async ({ teamId, userId }) => {
    const mine = await find(transport, teamId, userId);
    if (mine === null) return 'missing';
    const path = membershipsPath(teamId, mine.$id);
    const answer = await transport({ method: 'DELETE', path });
    if (answer.ok) return 'removed';
    if (missingTypes.includes(answer.type)) return 'missing';
    throw unexpected('leave team', answer);
  },
});
