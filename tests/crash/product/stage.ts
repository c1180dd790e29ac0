/**
 * The running product in the hands of a test that kills it: what an owner of the installation can do
 * through the API (sweep now, move time on, lose events), and a death for every part. The minute's
 * cron is off, so that sweeps can be counted; they are the same execution, started by the test.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Query } from 'node-appwrite';
import type { Models } from 'node-appwrite';
import { call } from '#local/customer/customer.ts';
import { openclawImageName } from '#local/supervisor/images.ts';
import { node } from '#local/supervisor/paths.ts';
import { listServers, saveServer } from '#schemas/contract/operator.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { TableId } from '#schemas/tables/tables.ts';
import { eventually } from '#tests/support/http.ts';
import { startTestProduct } from '#tests/support/product.ts';
import type { AnyRow, TestProduct } from '#tests/support/product.ts';
import { Kills } from './kills.ts';
import { deployedPoints } from './points.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** For fifty runtimes, and some that are waited for. */
const slots = 64;
const pageSize = 100;
/** A sweep has 50 s for itself; an event's run stays with a deployment, and waits 30 s for a lost one. */
const executionEndsWithinMs = 120_000;
const partBackWithinMs = 30_000;

export type PartName = 'appwrite' | 'payapp' | 'dokploy';

export interface Stage {
  readonly product: TestProduct;
  readonly kills: Kills;
}

export const openStage = async (): Promise<Stage> => {
  const product = await startTestProduct();
  const folder = join(product.places.state, 'faults');
  mkdirSync(folder);
  const kills = new Kills(folder);
  await kills.connect(product.admin.functions, Object.keys(deployedPoints()));
  standIn(product);
  const stage = { product, kills };
  await listen(stage, true);
  await keepServer(stage, 'open');
  return stage;
};

/** This machine, as an operator writes it down; `draining` takes no new runtimes. */
export const keepServer = async ({ product }: Stage, state: 'open' | 'draining'): Promise<void> => {
  const { functions } = product.admin;
  const { servers } = await call(functions, listServers, {});
  for (const { serverId, dokployServerId, region, slotMemoryMiB } of servers) {
    const kept = { serverId, dokployServerId, region, slotMemoryMiB };
    await call(functions, saveServer, { ...kept, slots, state });
  }
};

/** The images file is read at every deployment: from now on the gateway is a small program. */
const standIn = ({ places }: TestProduct): void => {
  const file = join(places.dokploy, 'images.json');
  const { images } = JSON.parse(readFileSync(file, 'utf8')) as {
    images: Record<string, { command: string[]; env: Record<string, string> }>;
  };
  const real = images[openclawImageName];
  const scratch = images[`${openclawImageName}#scratch`];
  const program = join(import.meta.dirname, 'gateway.ts');
  const command = [node, program, '{port:openclaw}'];
  const ofScratch = { ...scratch?.env, SCRATCH_ENTRY: program };
  images[openclawImageName] = { env: {}, ...real, command };
  images[`${openclawImageName}#scratch`] = { command: [], ...scratch, env: ofScratch };
  writeFileSync(file, JSON.stringify({ images }));
};

let events: readonly string[] = [];

/** `false`: from now on every row event is lost, and nothing but sweeps moves the product. */
export const listen = async ({ product }: Stage, hears: boolean): Promise<void> => {
  const { functions } = product.admin;
  const now = await functions.get({ functionId: 'reconcile' });
  if (now.events.length > 0) events = now.events;
  const { name, execute, timeout, enabled, logging, entrypoint, commands, scopes } = now;
  const kept = { name, execute, timeout, enabled, logging, entrypoint, commands };
  await functions.update({
    functionId: 'reconcile',
    ...kept,
    runtime: now.runtime as never,
    scopes: scopes as never,
    schedule: '',
    events: hears ? [...events] : [],
  });
};

/** Asks again while the other side is away. */
export const patiently = async <T>(ask: () => Promise<T>): Promise<T> => {
  const asked = async () =>
    ask().then(
      (value) => ({ value, error: null }),
      (error: unknown) => ({ value: null, error: String(error) }),
    );
  const found = await eventually(asked, ({ error }) => error === null, partBackWithinMs);
  return found.value as T;
};

export const listAll = async (
  { product }: Stage,
  table: TableId,
  ...queries: readonly string[]
): Promise<readonly AnyRow[]> => {
  const rows: AnyRow[] = [];
  for (;;) {
    const last = rows.at(-1);
    const after = last === undefined ? [] : [Query.cursorAfter(last.$id)];
    const page = await patiently(() => product.admin.list(table, ...queries, ...after));
    rows.push(...page);
    if (page.length < pageSize) return rows;
  }
};

/** As the owner of the installation writes a row. */
export const put = async (
  { product }: Stage,
  tableId: TableId,
  rowId: string,
  data: object,
): Promise<void> => {
  await product.admin.rows.updateRow({ databaseId, tableId, rowId, data });
};

const ended: ReadonlySet<string> = new Set(['completed', 'failed']);

/** One sweep, to its end: `completed`, or `failed` when its process died. */
export const sweep = async ({ product }: Stage): Promise<string> => {
  const { functions } = product.admin;
  const functionId = 'reconcile';
  const { $id: executionId } = await functions.createExecution({ functionId, async: true });
  const look = (): Promise<Models.Execution> =>
    patiently(() => functions.getExecution({ functionId, executionId }));
  const execution = await eventually(
    look,
    ({ status }) => ended.has(status),
    executionEndsWithinMs,
  );
  return execution.status;
};

const sweepsAtMost = 8;

/** Sweeps, a minute apart, until it holds after one of them. */
export const sweepUntil = async (
  stage: Stage,
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> => {
  for (let sweeps = 0; sweeps < sweepsAtMost; sweeps += 1) {
    await sweep(stage);
    if (await holds()) return;
    await minutePasses(stage);
  }
  throw new Error(`${what}: not within ${sweepsAtMost} sweeps`);
};

/** Until a sweep died at this point, which must be armed. */
export const sweepUntilDead = async (stage: Stage, point: string): Promise<void> => {
  await sweepUntil(stage, point, () => !stage.kills.isArmed('reconcile', point));
  await stage.kills.happened('reconcile', point);
};

/** Until nobody works any more: whatever is unfinished then is nobody's. */
export const quiet = async ({ product }: Stage): Promise<void> => {
  const queries = [Query.equal('status', ['waiting', 'processing']), Query.limit(1)];
  const look = () =>
    patiently(() => product.admin.functions.listExecutions({ functionId: 'reconcile', queries }));
  await eventually(look, ({ total }) => total === 0, executionEndsWithinMs);
};

/** Every ISO time in it, a minute or so earlier. */
const earlier = <T>(value: T, byMs = minuteMs): T =>
  JSON.parse(
    JSON.stringify(value, (_name, inner: unknown) => {
      const isTime = typeof inner === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+/.test(inner);
      return isTime ? new Date(Date.parse(inner) - byMs).toISOString() : inner;
    }),
  ) as T;

/**
 * A minute goes by between two sweeps: what is written with a time is a minute older. Only while it
 * is quiet, and without the minute.
 */
export const minutePasses = async (stage: Stage): Promise<void> => {
  await quiet(stage);
  for (const { $id, until } of await listAll(stage, 'leases')) {
    await put(stage, 'leases', $id, earlier({ until }));
  }
  for (const { $id, nextCheckAt, refunds } of await listAll(stage, 'orders')) {
    const asked = typeof refunds === 'string' ? JSON.stringify(earlier(JSON.parse(refunds))) : null;
    await put(stage, 'orders', $id, { ...earlier({ nextCheckAt }), refunds: asked });
  }
  for (const { $id, nextCheckAt, facts } of await listAll(stage, 'runtimes')) {
    const known = earlier(readJson(factsSchema, String(facts), noFacts));
    await put(stage, 'runtimes', $id, {
      ...earlier({ nextCheckAt }),
      facts: JSON.stringify(known),
    });
  }
  for (const { $id, retryAt } of await listAll(stage, 'notices', Query.isNull('appliedAt'))) {
    await put(stage, 'notices', $id, earlier({ retryAt }));
  }
  const waiting = Query.equal('state', ['pending']);
  for (const { $id, nextAttemptAt } of await listAll(stage, 'messages', waiting)) {
    await put(stage, 'messages', $id, earlier({ nextAttemptAt }));
  }
};

/** Of one runtime alone; and it is due. */
export const hourPasses = async (stage: Stage, runtimeId: string): Promise<void> => {
  const { facts } = await stage.product.admin.get('runtimes', runtimeId);
  const known = earlier(readJson(factsSchema, String(facts), noFacts), hourMs);
  const nextCheckAt = new Date(Date.now() - minuteMs).toISOString();
  await put(stage, 'runtimes', runtimeId, { facts: JSON.stringify(known), nextCheckAt });
};

/** SIGKILL, and until the product has started it again. */
export const killPart = async ({ product }: Stage, name: PartName): Promise<void> => {
  const part = product.parts.find((each) => each.name === name);
  if (part === undefined) throw new Error(`there is no part ${name}`);
  const { pid } = part;
  process.kill(pid, 'SIGKILL');
  const look = async () => ({ name, pid: part.pid });
  await eventually(look, (now) => now.pid !== pid, partBackWithinMs);
};
