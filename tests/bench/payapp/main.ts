/**
 * `npm run bench -- payapp [--json] [--seconds N]`: the feedback function behind its own domain on
 * the embedded server, deployed as `npm start` deploys it, under open-loop load; a naive handler
 * under the same load in the same run. Figures for people go to stdout; with `--json` stdout is one
 * line. Progress goes to stderr.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { eventually } from '#tests/support/http.ts';
import { startTestProduct } from '#tests/support/product.ts';
import type { TestProduct } from '#tests/support/product.ts';
import { note, switchReconciler, withStepsAside } from '../product.ts';
import { compare, unappliedNotices } from './books.ts';
import { cpuTime } from './cpu.ts';
import { deployNaive, naiveId, naiveTable } from './deploy-naive.ts';
import { apply, percentile } from './load.ts';
import { makeOrders, Sender } from './notices.ts';
import { coldImports, countCalls } from './processes.ts';
import { printTable, toJson } from './report.ts';
import type { Measured } from './report.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const ours = { functionId: 'payapp', tableId: 'notices' };
const naive = { functionId: naiveId, tableId: naiveTable };
const rates = [50, 200] as const;
const orderCount = 200;
const warmUp = { perSecond: 20, seconds: 3 };
/** The reconciler takes fifty notices an execution; every minute its sweep helps. */
const appliedWithinMs = 120_000;

interface Handler {
  readonly functionId: string;
  readonly tableId: string;
}

interface Bench {
  readonly product: TestProduct;
  readonly sender: Sender;
  readonly seconds: number;
}

const measure = async (
  { product, sender, seconds }: Bench,
  handler: Handler,
  load: { readonly name: string; readonly perSecond: number; readonly payState: string },
): Promise<Measured> => {
  const { calls, notices } = sender.schedule(load.perSecond, seconds, load.payState);
  const port = product.world.ports.appwrite;
  const serverPid = product.parts.find((part) => part.name === 'appwrite')?.pid ?? 0;
  const before = cpuTime(serverPid);
  const loaded = await apply({
    origin: `http://127.0.0.1:${port}`,
    host: `${handler.functionId}.functions.localhost:${port}`,
    calls,
  });
  const after = cpuTime(serverPid);
  const books = await compare(product, handler.tableId, notices);
  note(`  ${load.name}, ${load.perSecond}/s: done`);
  return {
    name: load.name,
    aimedPerSecond: load.perSecond,
    sentPerSecond: loaded.sentPerSecond,
    sent: loaded.sent,
    refused: loaded.sent - loaded.succeeded,
    p50Ms: percentile(loaded.timesMs, 0.5),
    p99Ms: percentile(loaded.timesMs, 0.99),
    serverCpuPerNoticeMs: (after.server - before.server) / loaded.sent,
    functionCpuPerNoticeMs: (after.functions - before.functions) / loaded.sent,
    ...books,
  };
};

/** A reconciler that is slow is a figure, too, and no reason to have none. */
const sayWhenApplied = async (product: TestProduct): Promise<string> => {
  const startedAt = performance.now();
  return eventually(
    () => unappliedNotices(product),
    (count) => count === 0,
    appliedWithinMs,
  ).then(
    () => `all applied ${((performance.now() - startedAt) / 1_000).toFixed(1)} s later`,
    (error: unknown) => `not all applied: ${String(error)}`,
  );
};

const underLoad = async (bench: Bench): Promise<readonly Measured[]> => {
  const { product } = bench;
  const warm = { ...bench, seconds: warmUp.seconds };
  for (const handler of [ours, naive]) {
    const load = { name: 'warm-up', perSecond: warmUp.perSecond, payState: '4' };
    await measure(warm, handler, load);
  }
  const measured: Measured[] = [];
  for (const perSecond of rates) {
    const load = { perSecond, payState: '4' };
    measured.push(await measure(bench, ours, { ...load, name: 'payapp' }));
    measured.push(await measure(bench, naive, { ...load, name: 'naive' }));
  }
  // A clean inbox, so that what the reconciler is given is this load alone.
  await product.admin.rows.deleteRows({ databaseId: 'main', tableId: 'notices' });
  await switchReconciler(product, true);
  for (const perSecond of rates) {
    const load = { name: 'payapp + reconcile', perSecond, payState: '1' };
    measured.push(await measure(bench, ours, load));
    note(`  ${await sayWhenApplied(product)}`);
  }
  await switchReconciler(product, false);
  return measured;
};

const bench = async (product: TestProduct, seconds: number, folder: string) => {
  await switchReconciler(product, false);
  const sender = new Sender(product, await makeOrders(product, orderCount));
  const bundles = {
    ours: join(root, 'dist', 'functions', 'payapp', 'main.mjs'),
    naive: await deployNaive(product, folder),
  };
  const loads = await underLoad({ product, sender, seconds });
  const calls = {
    ours: await countCalls(product, bundles.ours, sender),
    naive: await countCalls(product, bundles.naive, sender),
  };
  const [own, other] = await coldImports([bundles.ours, bundles.naive], folder);
  return { seconds, loads, calls, coldImport: { ours: own, naive: other } };
};

const { json, seconds } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '10' },
  },
}).values;
const duration = Number(seconds);
if (!Number.isFinite(duration) || duration < 1 || duration > 300) {
  note('--seconds must be a number from 1 to 300.');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'bench-payapp-'));
const product = await withStepsAside(startTestProduct);
try {
  const figures = await bench(product, duration, folder);
  if (json) console.log(toJson(figures));
  else printTable(figures);
} finally {
  await product.close();
  rmSync(folder, { recursive: true, force: true });
}
