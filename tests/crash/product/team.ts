/** People come into a workspace and go, and whoever lets them in or out dies in the middle. */
import { Query } from 'node-appwrite';
import { call } from '#local/customer/customer.ts';
import type { Customer } from '#local/customer/customer.ts';
import type { WorkspaceRole } from '#schemas/contract/vocabulary.ts';
import {
  acceptInvitation,
  changeRole,
  inviteMember,
  removeMember,
} from '#schemas/contract/workspaces.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { Owner } from '#tests/support/product.ts';
import { listAll, minutePasses, sweep, sweepUntilDead } from './stage.ts';
import type { Stage } from './stage.ts';

/** Whoever carries it out dies at the point; its caller gets no answer, and the lease stays. */
const dieAt = async (stage: Stage, point: string, press: () => Promise<unknown>): Promise<void> => {
  stage.kills.arm('workspaces', point);
  const answer = await press().then(
    () => 'answered',
    () => 'no answer',
  );
  if (answer !== 'no answer') throw new Error(`${point}: the dead one ${answer}`);
  await stage.kills.happened('workspaces', point);
};

const invite = async (owner: Owner, to: Customer, role: WorkspaceRole): Promise<string> => {
  const body = { workspaceId: owner.workspaceId, email: to.email, role };
  return (await call(owner.customer.functions, inviteMember, body)).token;
};

/** Who is in the workspace, as its pages show it. */
const drawn = async (stage: Stage, { workspaceId }: Owner): Promise<Record<string, string>> => {
  const rows = await listAll(stage, 'team_members', Query.equal('workspaceId', workspaceId));
  return Object.fromEntries(rows.map((row) => [String(row['userId']), String(row['role'])]));
};

/** What Appwrite itself lets somebody see of the workspace. */
const seesWorkspace = async ({ rows }: Customer, { workspaceId }: Owner): Promise<boolean> => {
  const queries = [Query.equal('$id', workspaceId)];
  const page = await rows.listRows({ databaseId, tableId: 'workspaces', queries });
  return page.total === 1;
};

export interface Team {
  readonly roles: Record<string, string>;
  readonly expected: Record<string, string>;
  /** Of the one who stayed and the one who was taken out. */
  readonly sees: readonly boolean[];
  /** Invitations and workspaces somebody still has to look after. */
  readonly due: number;
}

export const comeAndGo = async (stage: Stage, owner: Owner): Promise<Team> => {
  const { workspaceId } = owner;
  const { functions } = owner.customer;
  const stays = await stage.product.newMember();
  const goes = await stage.product.newMember();

  // Claimed and never pressed again: the sweep lets them in, and dies over it too.
  const first = await invite(owner, stays, 'member');
  const accept = (): Promise<unknown> => call(stays.functions, acceptInvitation, { token: first });
  await dieAt(stage, 'invitation.claimed', accept);
  stage.kills.arm('reconcile', 'member.joined');
  await sweepUntilDead(stage, 'member.joined');
  await minutePasses(stage);
  await sweep(stage);

  // In the team before anybody noted it: pressing again finishes.
  const second = await invite(owner, goes, 'billing');
  const acceptToo = (): Promise<unknown> =>
    call(goes.functions, acceptInvitation, { token: second });
  await dieAt(stage, 'member.joined', acceptToo);
  await minutePasses(stage);
  await acceptToo();

  const promote = (): Promise<unknown> =>
    call(functions, changeRole, { workspaceId, userId: stays.userId, role: 'billing' });
  await dieAt(stage, 'team.marked', promote);
  await minutePasses(stage);
  await promote();

  // Out of the team, but still in its picture: nobody presses again.
  await dieAt(stage, 'team.changed', () =>
    call(functions, removeMember, { workspaceId, userId: goes.userId }),
  );
  await minutePasses(stage);
  await sweep(stage);

  const now = new Date().toISOString();
  const invitations = await listAll(stage, 'invitations', Query.isNotNull('dueAt'));
  const workspaces = await listAll(stage, 'workspaces', Query.lessThanEqual('teamDueAt', now));
  return {
    roles: await drawn(stage, owner),
    expected: { [owner.customer.userId]: 'owner', [stays.userId]: 'billing' },
    sees: [await seesWorkspace(stays, owner), await seesWorkspace(goes, owner)],
    due: invitations.length + workspaces.length,
  };
};
