/** runtime: guarded commands of members, and the tickets their browsers take to the tenant. */
import * as operations from '#schemas/contract/runtimes.ts';
import { connectAgents } from '#adapters/agent/connect.ts';
import { connectAppwrite } from '#adapters/appwrite/connect.ts';
import type { FunctionContext } from '#adapters/http/context.ts';
import { member, serve } from '#adapters/http/serve.ts';
import { appwriteEnv } from '#adapters/system/env.ts';
import { jsonLog } from '#adapters/system/log.ts';
import { system } from '#adapters/system/system.ts';
import { openCodexLogin, renewCodexTicket } from '#app/runtimes/codex.ts';
import { refresh } from '#app/runtimes/refresh.ts';
import { requestSmoke } from '#app/runtimes/smoke.ts';
import { requestVerify } from '#app/runtimes/verify.ts';

export default (context: FunctionContext): Promise<unknown> =>
  serve(context, jsonLog, ({ key }, log) => {
    const deps = { ...system, ...connectAppwrite(appwriteEnv(), key), ...connectAgents(), log };
    return [
      member(operations.verifyRuntime, deps.callers, requestVerify.bind(null, deps)),
      member(operations.startCodex, deps.callers, openCodexLogin.bind(null, deps)),
      member(operations.codexTicket, deps.callers, renewCodexTicket.bind(null, deps)),
      member(operations.refreshRuntime, deps.callers, refresh.bind(null, deps)),
      member(operations.runSmoke, deps.callers, requestSmoke.bind(null, deps)),
    ];
  });
