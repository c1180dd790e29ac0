/** One line an operation of the workspaces function. */
import { inviteMember, revokeInvitation } from '#app/team/invitations.ts';
import { acceptInvitation, changeRole, leaveWorkspace, removeMember } from '#app/team/members.ts';
import { checkSubdomain } from '#app/workspaces/check-subdomain.ts';
import { createWorkspace } from '#app/workspaces/create-workspace.ts';
import { connectAppwrite } from '#adapters/appwrite/connect.ts';
import type { RoutesOf } from '#adapters/http/serve.ts';
import { member } from '#adapters/http/serve.ts';
import { appwriteEnv, runtimeEnv } from '#adapters/system/env.ts';
import { system } from '#adapters/system/system.ts';
import * as contract from '#schemas/contract/workspaces.ts';

export const routes: RoutesOf = ({ key }, log) => {
  const deps = { ...connectAppwrite(appwriteEnv(), key), ...system, ...runtimeEnv(), log };
  const { callers } = deps;
  return [
    member(contract.checkSubdomain, callers, (_caller, body) => checkSubdomain(deps, body)),
    member(contract.createWorkspace, callers, createWorkspace.bind(null, deps)),
    member(contract.inviteMember, callers, inviteMember.bind(null, deps)),
    member(contract.revokeInvitation, callers, revokeInvitation.bind(null, deps)),
    member(contract.acceptInvitation, callers, acceptInvitation.bind(null, deps)),
    member(contract.changeRole, callers, changeRole.bind(null, deps)),
    member(contract.removeMember, callers, removeMember.bind(null, deps)),
    member(contract.leaveWorkspace, callers, leaveWorkspace.bind(null, deps)),
  ];
};
