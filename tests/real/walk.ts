/**
 * The demo on somebody's Appwrite and Dokploy: as far as what was given leads. What it made on the
 * tenant server is taken down again, also when it failed half way.
 */
import { randomBytes } from 'node:crypto';
import { Client, Functions, Query, TablesDB } from 'node-appwrite';
import * as z from 'zod/mini';
import { call, makeWorkspace } from '#local/customer/customer.ts';
import { account, runDemo } from '#local/cli/demo.ts';
import type { DemoTarget } from '#local/cli/demo.ts';
import { makeInvite } from '#local/supervisor/seed.ts';
import { step } from '#local/supervisor/output.ts';
import { refundOrder, saveServer } from '#schemas/contract/operator.ts';
import { actOnRuntime } from '#schemas/contract/operator-runtimes.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { eventually } from '#tests/support/http.ts';
import type { TestProject } from './project.ts';
import type { Given } from './settings.ts';

const takeDownMs = 180_000;
const runtimeRow = z.object({ $id: z.string(), orderId: z.string(), revision: z.number() });
const orderRow = z.object({ revision: z.number(), state: z.string() });
type RuntimeRow = z.infer<typeof runtimeRow>;

interface Tools {
  readonly functions: Functions;
  readonly rows: TablesDB;
  /** What the minute cron does, now. */
  readonly sweep: () => Promise<unknown>;
  /** Runtimes that are not deleted. */
  readonly left: () => Promise<readonly RuntimeRow[]>;
}

const toolsOf = ({ endpoint, projectId, key }: TestProject): Tools => {
  const client = new Client().setEndpoint(endpoint).setProject(projectId).setKey(key);
  const rows = new TablesDB(client);
  const queries = [Query.notEqual('status', 'deleted'), Query.limit(100)];
  const functions = new Functions(client);
  return {
    functions,
    rows,
    sweep: () => functions.createExecution({ functionId: 'reconcile' }),
    left: async () => {
      const page = await rows.listRows({ databaseId, tableId: 'runtimes', queries });
      return page.rows.map((row) => runtimeRow.parse({ ...row }));
    },
  };
};

/** Paid runtimes are not taken down: the sandbox's money goes back first. */
const giveBack = async ({ functions, rows, sweep }: Tools, orderId: string): Promise<void> => {
  const read = async () =>
    orderRow.parse({ ...(await rows.getRow({ databaseId, tableId: 'orders', rowId: orderId })) });
  const { revision } = await read();
  const wish = { orderId, revision, amountKrw: null, reason: 'the test is over' };
  await call(functions, refundOrder, { ...wish, confirmation: orderId });
  const looking = () => sweep().then(read);
  await eventually(looking, ({ state }) => state === 'refunded', takeDownMs);
};

const removeAll = async (tools: Tools): Promise<void> => {
  const { functions, left, sweep } = tools;
  for (const { orderId } of await left()) await giveBack(tools, orderId);
  for (const { $id: runtimeId, revision } of await left()) {
    const words = { reason: 'the test is over', confirmation: runtimeId, dryRun: false };
    await call(functions, actOnRuntime, { runtimeId, revision, action: 'delete', ...words });
  }
  const looking = () => sweep().then(left);
  await eventually(looking, (rows) => rows.length === 0, takeDownMs);
};

/** Throws with the names of the compose services that are left. */
const takeDown = async (tools: Tools): Promise<void> => {
  try {
    await removeAll(tools);
  } catch (error) {
    const names = (await tools.left()).map(({ $id }) => `rt-${$id}`).join(', ');
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Left on the tenant server, to be removed in Dokploy: ${names}\n${why}`);
  }
};

const targetOf = (project: TestProject, given: Given): DemoTarget => {
  const { endpoint, projectId, key, siteUrl } = project;
  const door = { internalApiUrl: endpoint, projectId };
  return {
    world: { ...door, siteUrl, openaiUrl: given['TEST_OPENAI_URL'] ?? '' },
    invite: (note) => makeInvite(door, key, note),
  };
};

/** Invite, account, workspace: what needs nobody but Appwrite. */
export const walkToWorkspace = async (project: TestProject, given: Given): Promise<boolean> => {
  const customer = await account(targetOf(project, given), step);
  const subdomain = `trial-${randomBytes(4).toString('hex')}`;
  const body = { name: 'Test', subdomain, planKey: 'basic' as const };
  const made = await step('workspace', () => makeWorkspace(customer, body));
  return made.subdomain === subdomain;
};

/** The whole flow, to a receipt. */
export const walkToReady = async (project: TestProject, given: Given): Promise<boolean> => {
  const tools = toolsOf(project);
  await call(tools.functions, saveServer, {
    serverId: 'hd-test',
    dokployServerId: given['TEST_DOKPLOY_SERVER'] ?? null,
    ...{ region: 'test', slotMemoryMiB: 4_096, slots: 1, state: 'open' },
  });
  try {
    const result = await runDemo(targetOf(project, given));
    return result.ready;
  } finally {
    await step('taking it down again', () => takeDown(tools));
  }
};
