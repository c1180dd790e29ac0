/** checkout: members of a workspace; opens an order, renews its pay link, cancels it. */
import { cancelOrder } from '#app/checkout/cancel-order.ts';
import { openOrder } from '#app/checkout/open-order.ts';
import { renewPayLink } from '#app/checkout/renew-pay-link.ts';
import { renewRuntime } from '#app/checkout/renew-runtime.ts';
import { requestRefund } from '#app/checkout/request-refund.ts';
import { connectAppwrite } from '#adapters/appwrite/connect.ts';
import type { FunctionContext } from '#adapters/http/context.ts';
import { member, serve } from '#adapters/http/serve.ts';
import { payAppPayments } from '#adapters/payapp/payments.ts';
import { appwriteEnv, paymentEnv } from '#adapters/system/env.ts';
import { jsonLog } from '#adapters/system/log.ts';
import { system } from '#adapters/system/system.ts';
import * as contract from '#schemas/contract/checkout.ts';

export default (context: FunctionContext): Promise<unknown> =>
  serve(context, jsonLog, (call, log) => {
    const { store, teams, callers } = connectAppwrite(appwriteEnv(), call.key);
    const deps = { ...system, store, teams, payments: payAppPayments(paymentEnv()), log };
    return [
      member(contract.openOrder, callers, (caller, body) => openOrder(deps, caller, body)),
      member(contract.renewRuntime, callers, (caller, body) => renewRuntime(deps, caller, body)),
      member(contract.renewPayLink, callers, (caller, body) => renewPayLink(deps, caller, body)),
      member(contract.requestRefund, callers, (caller, body) => requestRefund(deps, caller, body)),
      member(contract.cancelOrder, callers, (caller, body) => cancelOrder(deps, caller, body)),
    ];
  });
