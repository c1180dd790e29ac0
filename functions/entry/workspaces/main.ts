/** workspaces: signed-in users; claims a subdomain and makes team and workspace. */
import { checkSubdomain } from '#app/workspaces/check-subdomain.ts';
import { createWorkspace } from '#app/workspaces/create-workspace.ts';
import { connectAppwrite } from '#adapters/appwrite/connect.ts';
import type { FunctionContext } from '#adapters/http/context.ts';
import { member, serve } from '#adapters/http/serve.ts';
import { appwriteEnv, runtimeEnv } from '#adapters/system/env.ts';
import { jsonLog } from '#adapters/system/log.ts';
import { system } from '#adapters/system/system.ts';
import * as contract from '#schemas/contract/workspaces.ts';

export default (context: FunctionContext): Promise<unknown> =>
  serve(context, jsonLog, (call, log) => {
    const appwrite = connectAppwrite(appwriteEnv(), call.key);
    const deps = { ...appwrite, ...system, ...runtimeEnv(), log };
    const { callers } = appwrite;
    return [
      member(contract.checkSubdomain, callers, (_caller, body) => checkSubdomain(deps, body)),
      member(contract.createWorkspace, callers, (caller, body) =>
        createWorkspace(deps, caller, body),
      ),
    ];
  });
