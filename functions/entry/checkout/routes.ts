/** One line an operation of the checkout function. */
import * as autopay from '#schemas/contract/autopay.ts';
import * as contract from '#schemas/contract/checkout.ts';
import * as plans from '#schemas/contract/plan-change.ts';
import * as texts from '#schemas/contract/renewal-texts.ts';
import { connectAppwrite } from '#adapters/appwrite/connect.ts';
import { member } from '#adapters/http/serve.ts';
import type { RoutesOf } from '#adapters/http/serve.ts';
import { payAppPayments } from '#adapters/payapp/payments.ts';
import { appwriteEnv, paymentEnv, recurringEnv } from '#adapters/system/env.ts';
import { system } from '#adapters/system/system.ts';
import { showAutopay } from '#app/autopay/show.ts';
import { startAutopay } from '#app/autopay/start.ts';
import { stopAutopay } from '#app/autopay/stop-by-member.ts';
import { cancelOrder } from '#app/checkout/cancel-order.ts';
import { openOrder } from '#app/checkout/open-order.ts';
import { chooseNextPlan, quotePlan, upgradePlan } from '#app/checkout/plan-change.ts';
import { renewPayLink } from '#app/checkout/renew-pay-link.ts';
import { renewRuntime } from '#app/checkout/renew-runtime.ts';
import { requestRefund } from '#app/checkout/request-refund.ts';
import { chooseTexts, showTexts } from '#app/terms/renewal-texts.ts';

export const routes: RoutesOf = ({ key }, log) => {
  const { store, teams, callers } = connectAppwrite(appwriteEnv(), key);
  const deps = { ...system, store, teams, payments: payAppPayments(paymentEnv()), log };
  const charging = () => ({ ...deps, ...recurringEnv() });
  return [
    member(contract.openOrder, callers, openOrder.bind(null, deps)),
    member(contract.renewRuntime, callers, renewRuntime.bind(null, deps)),
    member(plans.quotePlan, callers, quotePlan.bind(null, deps)),
    member(plans.upgradePlan, callers, upgradePlan.bind(null, deps)),
    member(plans.chooseNextPlan, callers, chooseNextPlan.bind(null, deps)),
    member(autopay.showAutopay, callers, (caller, body) => showAutopay(charging(), caller, body)),
    member(autopay.startAutopay, callers, (caller, body) => startAutopay(charging(), caller, body)),
    member(autopay.stopAutopay, callers, stopAutopay.bind(null, deps)),
    member(texts.showRenewalTexts, callers, showTexts.bind(null, deps)),
    member(texts.chooseRenewalTexts, callers, chooseTexts.bind(null, deps)),
    member(contract.renewPayLink, callers, renewPayLink.bind(null, deps)),
    member(contract.requestRefund, callers, requestRefund.bind(null, deps)),
    member(contract.cancelOrder, callers, cancelOrder.bind(null, deps)),
  ];
};
