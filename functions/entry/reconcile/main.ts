/** reconcile: row events, the minute cron, the console. No client can start it (`execute: []`). */
import { connectAgents } from '#adapters/agent/connect.ts';
import { connectReconciler } from '#adapters/appwrite/connect.ts';
import { connectDokploy } from '#adapters/dokploy/connect.ts';
import { callOf } from '#adapters/http/context.ts';
import type { FunctionContext } from '#adapters/http/context.ts';
import { rowHint } from '#adapters/http/hint.ts';
import { payAppPayments } from '#adapters/payapp/payments.ts';
import { appwriteEnv, paymentEnv, placesEnv } from '#adapters/system/env.ts';
import { jsonLog } from '#adapters/system/log.ts';
import { stackEnv } from '#adapters/system/runtime-env.ts';
import { system } from '#adapters/system/system.ts';
import { react, sweep } from '#app/reconcile/react.ts';

export default async (context: FunctionContext): Promise<unknown> => {
  const { key, trigger, correlationId } = callOf(context.req);
  const log = jsonLog(context, correlationId);
  const agents = connectAgents();
  const ports = { ...system, ...connectReconciler(appwriteEnv(), key), ...agents, ...placesEnv() };
  const stack = { ...agents, ...stackEnv() };
  const payments = payAppPayments(paymentEnv());
  const deps = { ...ports, payments, deployer: connectDokploy(log), stack, log };
  await (trigger === 'event' ? react(deps, rowHint(context.req.bodyText)) : sweep(deps));
  return context.res.json({ ok: true });
};
