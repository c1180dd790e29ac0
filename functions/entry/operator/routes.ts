/** One line an operation of the operator function. */
import { createInvite, createInvites, listInvites, revokeInvite } from '#app/operator/invites.ts';
import { actOnFleet } from '#app/operator/fleet/act.ts';
import { readFleet } from '#app/operator/fleet/overview.ts';
import { answerHelp } from '#app/operator/help.ts';
import { readHistory } from '#app/operator/history.ts';
import { closeTask, listTasks } from '#app/operator/tasks.ts';
import { importBilling } from '#app/operator/billing/import.ts';
import { lookUpBilling } from '#app/operator/billing/look-up.ts';
import { cancelPayLink, makePayLink } from '#app/operator/billing/pay-links.ts';
import { listComposeStatus, listDeployments } from '#app/operator/machines.ts';
import { listOrders } from '#app/operator/orders.ts';
import { readOverview } from '#app/operator/overview/overview.ts';
import { refundOrder, settleRefund } from '#app/operator/refunds.ts';
import { actOnRuntime } from '#app/operator/runtimes/act.ts';
import { readDeploymentLog, showRuntime } from '#app/operator/runtimes/show.ts';
import { listServers, saveServer } from '#app/operator/servers.ts';
import { chooseRing, haltRing, raiseFloor, setTarget } from '#app/operator/updates/change.ts';
import { showUpdates } from '#app/operator/updates/show.ts';
import { connectAppwrite } from '#adapters/appwrite/connect.ts';
import { connectDokploy } from '#adapters/dokploy/connect.ts';
import type { RoutesOf } from '#adapters/http/serve.ts';
import { operator, operatorPage } from '#adapters/http/serve.ts';
import { payAppPayments } from '#adapters/payapp/payments.ts';
import { appwriteEnv, paymentEnv } from '#adapters/system/env.ts';
import { versionEnv } from '#adapters/system/runtime-env.ts';
import { system } from '#adapters/system/system.ts';
import * as billing from '#schemas/contract/operator-billing.ts';
import * as fleet from '#schemas/contract/operator-fleet.ts';
import * as figures from '#schemas/contract/operator-overview.ts';
import * as runtimes from '#schemas/contract/operator-runtimes.ts';
import * as updates from '#schemas/contract/operator-updates.ts';
import * as contract from '#schemas/contract/operator.ts';

export const routes: RoutesOf = (call, log) => {
  const { store, callers } = connectAppwrite(appwriteEnv(), call.key);
  const deps = { ...system, store, log };
  // Only where it is asked for: invites must work while Dokploy is not set up.
  const machines = () => ({ ...deps, deployer: connectDokploy(log) });
  const money = () => ({ ...deps, payments: payAppPayments(paymentEnv()) });
  const versions = () => ({ ...deps, own: versionEnv() });
  return [
    operator(figures.overview, callers, (_actor, body) => readOverview(deps, body)),
    ...operatorPage(['/', '/help'], callers, () => answerHelp(deps)),
    operator(contract.listOrders, callers, (_actor, body) => listOrders(deps, body)),
    operator(contract.refundOrder, callers, (actor, body) => refundOrder(money(), actor, body)),
    operator(contract.settleRefund, callers, (actor, body) => settleRefund(money(), actor, body)),
    operator(contract.history, callers, (_actor, body) => readHistory(deps, body)),
    operator(contract.createInvite, callers, (actor, body) => createInvite(deps, actor, body)),
    operator(contract.createInvites, callers, (actor, body) => createInvites(deps, actor, body)),
    operator(contract.listInvites, callers, (_actor, body) => listInvites(deps, body)),
    operator(contract.revokeInvite, callers, (actor, body) => revokeInvite(deps, actor, body)),
    operator(contract.listTasks, callers, () => listTasks(deps)),
    operator(contract.closeTask, callers, (actor, body) => closeTask(deps, actor, body)),
    operator(contract.listServers, callers, () => listServers(deps)),
    operator(contract.saveServer, callers, (actor, body) => saveServer(deps, actor, body)),
    operator(fleet.fleetOverview, callers, (_actor, body) => readFleet(versions(), body)),
    operator(fleet.actOnFleet, callers, (actor, body) =>
      actOnFleet({ ...deps, deployer: () => machines().deployer }, actor, body),
    ),
    operator(updates.showUpdates, callers, () => showUpdates(versions())),
    operator(updates.setTarget, callers, (actor, body) => setTarget(versions(), actor, body)),
    operator(updates.raiseFloor, callers, (actor, body) => raiseFloor(versions(), actor, body)),
    operator(updates.haltRing, callers, (actor, body) => haltRing(versions(), actor, body)),
    operator(updates.chooseRing, callers, (actor, body) => chooseRing(deps, actor, body)),
    operator(runtimes.showRuntime, callers, (_actor, body) => showRuntime(machines(), body)),
    operator(runtimes.deploymentLog, callers, (_actor, body) =>
      readDeploymentLog(machines(), body),
    ),
    operator(runtimes.actOnRuntime, callers, (actor, body) =>
      actOnRuntime({ ...deps, deployer: () => machines().deployer }, actor, body),
    ),
    operator(billing.lookUpBilling, callers, (_actor, body) => lookUpBilling(deps, body)),
    operator(billing.makePayLink, callers, (actor, body) => makePayLink(money(), actor, body)),
    operator(billing.cancelPayLink, callers, (actor, body) => cancelPayLink(money(), actor, body)),
    operator(billing.importBilling, callers, (actor, body) => importBilling(deps, actor, body)),
    operator(contract.composeStatus, callers, (_actor, body) =>
      listComposeStatus(machines(), body),
    ),
    operator(contract.recentDeployments, callers, (_actor, body) =>
      listDeployments(machines(), body),
    ),
  ];
};
