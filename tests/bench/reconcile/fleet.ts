/**
 * A fleet at rest: paid orders with runtimes that are deployed, verified and wait for their owner.
 * Their rows are written as the product writes them. The sixtieth that is inspected in the measured
 * minute has its service at Dokploy, configured by the product's own adapter; the others are not
 * looked at, and their services would only take room. Their agents answer through one small server.
 */
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { Query } from 'node-appwrite';
import { openDokploy } from '#adapters/dokploy/connect.ts';
import { systemIds } from '#adapters/system/ids.ts';
import { publicKeySet } from '#adapters/agent/tickets.ts';
import { renderStack } from '#app/reconcile/stack.ts';
import { composeName, deployerProjectName, deploymentTitle } from '#core/runtime/names.ts';
import { agentImage, openclawImage } from '#local/supervisor/images.ts';
import { functionVariables } from '#local/supervisor/variables.ts';
import { noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { RowOf, TableId } from '#schemas/tables/tables.ts';
import type { TestProduct } from '#tests/support/product.ts';
import { noTermYet } from '#tests/support/term-columns.ts';
import { silentLog } from '#tests/support/world.ts';

const hourMs = 3_600_000;
const rowsAtOnce = 100;
const minutes = 60;
const serverId = 'bench';
/** Of the inspected ones; everybody else has another name. */
const inspectedName = 'inspected';
const dueName = 'due';
const restingName = 'resting';

const iso = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString();

export class BenchFleet {
  #size = 0;
  readonly #product: TestProduct;
  readonly #agents: Server;

  private constructor(product: TestProduct, agents: Server) {
    this.#product = product;
    this.#agents = agents;
  }

  static async start(product: TestProduct): Promise<BenchFleet> {
    const agents = createServer((request, response) => {
      request.resume();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(agentState()));
    });
    await new Promise<void>((resolve) => agents.listen(0, '127.0.0.1', resolve));
    return new BenchFleet(product, agents);
  }

  close(): void {
    this.#agents.close();
  }

  /** Adds runtimes at rest until there are so many. */
  async growTo(size: number): Promise<void> {
    const services = await this.#services(Math.round((size - this.#size) / minutes));
    const all = Array.from({ length: size - this.#size }, (_, index) => index);
    for (let from = 0; from < all.length; from += rowsAtOnce) {
      const numbers = all.slice(from, from + rowsAtOnce);
      const rows = numbers.map((number) => this.#rowsOf(services[number]));
      await this.#create(
        'orders',
        rows.map(({ order }) => order),
      );
      await this.#create(
        'runtimes',
        rows.map(({ runtime }) => runtime),
      );
    }
    this.#size = size;
  }

  /** The present minute is the one in which the inspected ones are looked at. */
  async inspectNow(): Promise<void> {
    await this.#inspectAt(new Date().getUTCMinutes());
  }

  /** Half an hour from now, so that it is out of the way of what is measured next. */
  async inspectLater(): Promise<void> {
    await this.#inspectAt(restingMinute());
  }

  async #inspectAt(minute: number): Promise<void> {
    const { rows } = this.#product.admin;
    await rows.updateRows({
      databaseId,
      tableId: 'runtimes',
      data: { inspectedAtMinute: minute },
      queries: [Query.equal('name', inspectedName)],
    });
  }

  /** One in a hundred wants its daily look. */
  async makeDue(): Promise<number> {
    const { rows } = this.#product.admin;
    const due = await rows.updateRows({
      databaseId,
      tableId: 'runtimes',
      data: { nextCheckAt: iso(-1_000) },
      queries: [Query.equal('name', dueName)],
    });
    return due.total;
  }

  async #create(tableId: TableId, rows: readonly object[]): Promise<void> {
    await this.#product.admin.rows.createRows({ databaseId, tableId, rows: [...rows] });
  }

  #rowsOf(service: Service | undefined): { readonly order: object; readonly runtime: object } {
    const number = this.#number;
    this.#number += 1;
    const runtimeId = service?.runtimeId ?? systemIds.newId();
    const orderId = systemIds.newId();
    const name = service === undefined ? nameOf(number) : inspectedName;
    // No two are paid in the same second, as in life.
    const paidMs = -hourMs - number * 1_000;
    const order = { ...paidOrder, runtimeId, runtimeName: name, paidAt: iso(paidMs) };
    const row = { ...resting(orderId, this.#hostOf(runtimeId)), name };
    const configHash = service?.configHash ?? this.#hashOf({ ...row, id: runtimeId });
    const runtime: RowOf<'runtimes'> = {
      ...row,
      paidUntil: iso(paidMs + 30 * 24 * hourMs),
      facts: JSON.stringify(factsOf(runtimeId, { composeId: 'bench', ...service, configHash })),
    };
    return { order: { $id: orderId, ...order }, runtime: { $id: runtimeId, ...runtime } };
  }
  #number = 0;

  #hostOf(runtimeId: string): string {
    const { port } = this.#agents.address() as AddressInfo;
    return `${runtimeId}.bench.localhost:${port}`;
  }

  async #services(count: number): Promise<readonly Service[]> {
    const { world, secrets } = this.#product;
    const settings = { url: world.dokployUrl, apiKey: secrets.dokployKey, timeoutMs: 30_000 };
    const deployer = openDokploy(settings, silentLog);
    const project = await deployer.ensureProject(deployerProjectName(serverId));
    if (project.kind !== 'ok') throw new Error(`no project: ${project.kind}`);
    const services: Service[] = [];
    for (let number = 0; number < count; number += 1) {
      const runtimeId = systemIds.newId();
      const row = { ...resting('', this.#hostOf(runtimeId)), id: runtimeId };
      const stack = this.#stackOf(row);
      const place = { ...project.value, name: composeName(runtimeId) };
      const made = await deployer.ensureCompose(place);
      if (made.kind !== 'ok') throw new Error(`no service: ${made.kind}`);
      const { composeId } = made.value;
      const configured = await deployer.configure(composeId, stack.config);
      if (configured.kind !== 'ok') throw new Error(`not configured: ${configured.kind}`);
      services.push({ runtimeId, composeId, configHash: stack.hash });
    }
    return services;
  }

  #hashOf(row: Rendered): string {
    return this.#stackOf(row).hash;
  }

  #stackOf(row: Rendered) {
    const { world, secrets } = this.#product;
    const variables = functionVariables(world, secrets)['reconcile'] ?? {};
    const jwk = JSON.parse(secrets.ticketSigningKey) as Parameters<typeof publicKeySet>[0]['jwk'];
    const settings = {
      scheme: 'http' as const,
      siteOrigin: new URL(world.siteUrl).origin,
      openclawImage: openclawImage(),
      agentImage,
      controlPlaneKeys: publicKeySet({ jwk }),
      versionFloor: variables['OPENCLAW_VERSION_FLOOR'] ?? '',
      codexAuthorizeOrigin: world.openaiUrl,
    };
    return renderStack(settings, { ...row, createdAt: '', version: '' }, systemIds);
  }
}

type Rendered = RowOf<'runtimes'> & { readonly id: string };

interface Service {
  readonly runtimeId: string;
  readonly composeId: string;
  readonly configHash: string;
}

const nameOf = (number: number): string => (number % 100 === 99 ? dueName : restingName);

const factsOf = (
  runtimeId: string,
  { composeId, configHash }: Omit<Service, 'runtimeId'>,
): Facts => {
  const at = iso(-hourMs);
  const seen = { observedAt: at, error: null };
  const rung = { rung: 'ready_json' as const, result: 'pass' as const, reason: '' };
  return {
    ...noFacts,
    placement: { ...noFacts.placement, ...seen, slotId: `${serverId}.0`, serverId },
    project: { ...seen, projectId: 'bench', environmentId: 'bench' },
    compose: { ...seen, composeId, configHash, domainId: 'bench' },
    deployment: {
      ...noFacts.deployment,
      ...seen,
      title: deploymentTitle(runtimeId, 1),
      attempt: 1,
      configHash,
      status: 'done',
      requestedAt: at,
      finishedAt: at,
    },
    agent: { ...seen, gateway: 'ready', version: '2026.9.6' },
    codex: { ...noFacts.codex, ...seen, status: 'none' },
    verify: { ...seen, report: { atMs: 0, openclawVersion: '2026.9.6', rungs: [rung] } },
  };
};

/** For all that are not meant to be looked at now. */
const restingMinute = (): number => (new Date().getUTCMinutes() + 40) % minutes;

const agentState = (): object => ({
  runtimeId: 'bench',
  agentVersion: '1',
  clockMs: Date.now(),
  gateway: { status: 'ready', version: '2026.9.6' },
  codex: { status: 'none', attemptId: null, attemptExpiresAtMs: null, loginExpiresAtMs: null },
  smoke: null,
});

const resting = (orderId: string, host: string): RowOf<'runtimes'> => ({
  workspaceId: 'bench',
  orderId,
  name: restingName,
  host,
  planKey: 'basic',
  desired: 'running',
  status: 'auth_required',
  conditions: '[]',
  facts: '',
  receipt: null,
  revision: 1,
  paidUntil: iso(30 * 24 * hourMs),
  verifyRequestedAt: null,
  smokeId: null,
  smokeNonce: null,
  smokeRequestedAt: null,
  restartId: null,
  failures: 0,
  nextCheckAt: iso(12 * hourMs),
  inspectedAtMinute: restingMinute(),
  ...noTermYet,
});

const paidOrder: Omit<RowOf<'orders'>, 'runtimeId' | 'runtimeName' | 'paidAt'> = {
  workspaceId: 'bench',
  userId: 'bench',
  state: 'fulfilled',
  revision: 3,
  planKey: 'basic',
  planVersion: 1,
  planSnapshot: '{}',
  priceKrw: 39_000,
  requestNo: 1,
  mulNo: null,
  payUrl: null,
  supersededMulNos: '[]',
  effects: '[]',
  failureCode: null,
  expiresAt: iso(-hourMs),
  nextCheckAt: null,
  paidKrw: 39_000,
  payType: '1',
  receiptUrl: null,
  refundedKrw: null,
  refundState: null,
  refunds: null,
  promisedBy: iso(-hourMs / 2),
  promiseStage: null,
  changedBy: 'system',
  purpose: 'open',
};
