/** account: signed-in users, about themselves. Its schedule, and the console, finish deletions. */
import { finishDeletions } from '#app/account/finish-deletions.ts';
import { connectDepartures } from '#adapters/appwrite/connect.ts';
import { callOf } from '#adapters/http/context.ts';
import type { FunctionContext } from '#adapters/http/context.ts';
import { serve } from '#adapters/http/serve.ts';
import { appwriteEnv } from '#adapters/system/env.ts';
import { jsonLog } from '#adapters/system/log.ts';
import { system } from '#adapters/system/system.ts';
import { accountRoutes } from './routes.ts';

export default async (context: FunctionContext): Promise<unknown> => {
  const { key, trigger, userJwt, correlationId } = callOf(context.req);
  const deps = { ...connectDepartures(appwriteEnv(), key), ...system };
  // A key, or the console: users never come without a token of their own.
  const sweeps = trigger === 'schedule' || (userJwt === '' && context.req.path === '/finish');
  if (!sweeps) return serve(context, jsonLog, (_call, log) => accountRoutes({ ...deps, log }));
  const log = jsonLog(context, correlationId);
  return context.res.json({ ok: true, value: await finishDeletions({ ...deps, log }) });
};
