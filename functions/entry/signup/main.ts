/** signup: open to guests; an invite, or an invitation into a workspace, becomes one account. */
import { inspectInvite } from '#app/signup/inspect-invite.ts';
import { inspectInvitation, joinWorkspace } from '#app/signup/join-workspace.ts';
import { redeemInvite } from '#app/signup/redeem-invite.ts';
import { connectAppwrite } from '#adapters/appwrite/connect.ts';
import type { FunctionContext } from '#adapters/http/context.ts';
import { guest, serve } from '#adapters/http/serve.ts';
import { appwriteEnv } from '#adapters/system/env.ts';
import { jsonLog } from '#adapters/system/log.ts';
import { system } from '#adapters/system/system.ts';
import * as contract from '#schemas/contract/signup.ts';

export default (context: FunctionContext): Promise<unknown> =>
  serve(context, jsonLog, (call, log) => {
    const deps = { ...connectAppwrite(appwriteEnv(), call.key), ...system, log };
    return [
      guest(contract.inspectInvite, (body) => inspectInvite(deps, body)),
      guest(contract.redeemInvite, (body) => redeemInvite(deps, body)),
      guest(contract.inspectInvitation, (body) => inspectInvitation(deps, body)),
      guest(contract.joinWorkspace, (body) => joinWorkspace(deps, body)),
    ];
  });
