/**
 * Draws a workspace's team into the rows its members' pages read. Only what differs is written, so a
 * picture that is right causes no write. To be called in turn: an older look must not be drawn last.
 */
import type { TeamMember } from '#ports/accounts.ts';
import type { Stored } from '#ports/store.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import type { TeamDeps } from './deps.ts';

type Row = RowOf<'team_members'>;

const emailLength = 254;
const nameLength = 128;
/** Twice what a workspace may have. */
const rowsAtMost = 100;

const rowIdOf = (deps: Pick<TeamDeps, 'ids'>, workspaceId: string, userId: string): string =>
  deps.ids.idFrom('team member', workspaceId, userId);

const rowFor = (workspaceId: string, member: TeamMember): Row => ({
  workspaceId,
  userId: member.userId,
  email: member.email.slice(0, emailLength),
  name: member.name.slice(0, nameLength),
  role: member.role,
});

export const drawMember = async (
  deps: Pick<TeamDeps, 'ids' | 'store'>,
  workspaceId: string,
  member: TeamMember,
): Promise<void> => {
  await deps.store.create('team_members', rowIdOf(deps, workspaceId, member.userId), {
    data: rowFor(workspaceId, member),
    readers: { team: workspaceId },
  });
};

export const drawTeam = async (
  deps: Pick<TeamDeps, 'ids' | 'store' | 'teams'>,
  workspaceId: string,
): Promise<void> => {
  const team = await deps.teams.membersOf(workspaceId);
  const drawn = await deps.store.list('team_members', {
    where: { workspaceId },
    limit: rowsAtMost,
  });
  for (const member of team) {
    const row = drawn.find(({ userId }) => userId === member.userId);
    if (row === undefined) await drawMember(deps, workspaceId, member);
    else await redraw(deps, row, rowFor(workspaceId, member));
  }
  for (const { id, userId } of drawn) {
    if (!team.some((member) => member.userId === userId)) {
      await deps.store.delete('team_members', id);
    }
  }
};

const redraw = async (
  deps: Pick<TeamDeps, 'store'>,
  row: Stored<'team_members'>,
  { email, name, role }: Row,
): Promise<void> => {
  if (row.email === email && row.name === name && row.role === role) return;
  const target = { id: row.id, version: row.version };
  await deps.store.update('team_members', target, { email, name, role });
};
