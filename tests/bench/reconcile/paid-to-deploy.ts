/**
 * From a payment to the call that deploys its runtime, as Dokploy hears it. What is asked for is
 * dropped there: a tenant's boot is not ours to measure here, and fifty of them do not fit.
 */
import { Functions, Query } from 'node-appwrite';
import { order, payByCard } from '#local/customer/customer.ts';
import { eventually } from '#tests/support/http.ts';
import { unique } from '#tests/support/product.ts';
import type { TestProduct } from '#tests/support/product.ts';
import { forwardTo } from './forwarder.ts';
import type { Forwarder } from './forwarder.ts';

const functionId = 'reconcile';
const deployWithinMs = 120_000;
/** Each owner may open twenty orders an hour. */
const ordersPerOwner = 15;
const paymentsPauseMs = 400;

const dropEverything = async ({ world, secrets }: TestProduct): Promise<void> => {
  const response = await fetch(`${world.dokployUrl}/_ctl/faults`, {
    method: 'POST',
    headers: { 'x-api-key': secrets.dokployKey, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'queue_dropped', count: 1_000 }),
  });
  if (!response.ok) throw new Error(`no fault at Dokploy: ${response.status}`);
};

/** The reconciler is deployed anew with another address of Dokploy, as an operator would do it. */
const redirect = async (product: TestProduct, url: string): Promise<void> => {
  const functions = new Functions(product.admin.client);
  const { variables } = await functions.listVariables({ functionId });
  const known = variables.find(({ key }) => key === 'DOKPLOY_URL');
  if (known === undefined) throw new Error('the reconciler knows no Dokploy');
  await functions.updateVariable({ functionId, variableId: known.$id, key: known.key, value: url });
  const { deploymentId } = await functions.get({ functionId });
  const fresh = await functions.createDuplicateDeployment({ functionId, deploymentId });
  await eventually(
    () => functions.get({ functionId }),
    (now) => now.deploymentId === fresh.$id,
    deployWithinMs,
  );
};

export interface PaidToDeploy {
  readonly orders: number;
  /** From PayApp's page taking the payment to `compose.deploy`, sorted. */
  readonly ms: readonly number[];
}

export class PaidToDeployBench {
  readonly #product: TestProduct;
  readonly #dokploy: Forwarder;

  private constructor(product: TestProduct, dokploy: Forwarder) {
    this.#product = product;
    this.#dokploy = dokploy;
  }

  static async start(product: TestProduct): Promise<PaidToDeployBench> {
    const dokploy = await forwardTo(product.world.dokployUrl);
    await dropEverything(product);
    await redirect(product, dokploy.url);
    return new PaidToDeployBench(product, dokploy);
  }

  close(): void {
    this.#dokploy.close();
  }

  /** Orders are opened first; then they are paid one after the other. `meanwhile` runs once paid. */
  async measure(orders: number, meanwhile: () => Promise<void>): Promise<PaidToDeploy> {
    const links = await this.#openOrders(orders);
    const paidAtMs = new Map<string, number>();
    for (const { runtimeId, payUrl } of links) {
      await payByCard(payUrl);
      paidAtMs.set(runtimeId, Date.now());
      await new Promise((resolve) => setTimeout(resolve, paymentsPauseMs));
    }
    await meanwhile();
    await eventually(
      async () => links.filter(({ runtimeId }) => !this.#dokploy.askedAtMs.has(runtimeId)).length,
      (missing) => missing === 0,
      deployWithinMs,
    );
    const ms = links.map(({ runtimeId }) => {
      const asked = this.#dokploy.askedAtMs.get(runtimeId) ?? Number.NaN;
      return asked - (paidAtMs.get(runtimeId) ?? Number.NaN);
    });
    return { orders, ms: ms.toSorted((left, right) => left - right) };
  }

  async #openOrders(count: number) {
    const links = [];
    for (let opened = 0; opened < count; opened += ordersPerOwner) {
      const { customer, workspaceId } = await this.#product.newOwner();
      for (let index = opened; index < Math.min(count, opened + ordersPerOwner); index += 1) {
        links.push(await order(customer, workspaceId, unique('Order ')));
      }
    }
    return links;
  }
}

/** Room for everybody: placing is not what is measured. */
export const makeRoom = async ({ admin }: TestProduct, slots: number): Promise<void> => {
  const databaseId = 'main';
  const rows = await admin.list('servers', Query.limit(1));
  const [server] = rows;
  if (server === undefined) throw new Error('there is no server');
  await admin.rows.updateRow({
    databaseId,
    tableId: 'servers',
    rowId: server.$id,
    data: { slots, full: false },
  });
};
