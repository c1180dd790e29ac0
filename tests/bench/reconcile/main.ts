/**
 * `npm run bench -- reconcile [--json] [--orders N]`: what a minute's sweep asks of Appwrite and of
 * Dokploy as the fleet grows, at rest and with one in a hundred due, and how long a payment takes to
 * become a call that deploys. The deployed bundle against the embedded servers.
 */
import { parseArgs } from 'node:util';
import { percentile } from '../payapp/load.ts';
import { note, switchReconciler, withStepsAside } from '../product.ts';
import { startTestProduct } from '#tests/support/product.ts';
import type { TestProduct } from '#tests/support/product.ts';
import { BenchFleet } from './fleet.ts';
import { makeRoom, PaidToDeployBench } from './paid-to-deploy.ts';
import { Sweeper } from './sweeper.ts';
import type { SweepCost } from './sweeper.ts';

const sizes = [100, 1_000, 10_000] as const;
const sweepsEach = 5;

interface Row extends SweepCost {
  readonly runtimes: number;
  readonly due: number;
}

const medianOf = (costs: readonly SweepCost[]): SweepCost => {
  const at = (value: (cost: SweepCost) => number): number => percentile(costs.map(value), 0.5);
  return {
    appwriteRequests: at((cost) => cost.appwriteRequests),
    appwriteWrites: at((cost) => cost.appwriteWrites),
    dokployRequests: at((cost) => cost.dokployRequests),
    agentRequests: at((cost) => cost.agentRequests),
    cpuMs: at((cost) => cost.cpuMs),
    wallMs: at((cost) => cost.wallMs),
  };
};

const times = async (count: number, work: () => Promise<SweepCost>): Promise<SweepCost> => {
  const costs: SweepCost[] = [];
  for (let run = 0; run < count; run += 1) costs.push(await work());
  return medianOf(costs);
};

interface Sweeps {
  readonly settled: readonly Row[];
  readonly inspecting: readonly Row[];
  readonly due: readonly Row[];
}

/** The minute in which a share is inspected is moved in between: at rest, in it, with some due. */
const measureSweeps = async (product: TestProduct): Promise<Sweeps> => {
  const fleet = await BenchFleet.start(product);
  const sweeper = new Sweeper(product);
  const rows: { settled: Row[]; inspecting: Row[]; due: Row[] } = {
    settled: [],
    inspecting: [],
    due: [],
  };
  try {
    for (const runtimes of sizes) {
      note(`a fleet of ${runtimes} …`);
      await fleet.growTo(runtimes);
      await sweeper.sweep();
      rows.settled.push({
        runtimes,
        due: 0,
        ...(await times(sweepsEach, () => sweeper.sweep())),
      });
      // The first look writes what it sees; the ones after that are the daily ones.
      await fleet.makeDue();
      await sweeper.sweep();
      const due = await fleet.makeDue();
      rows.due.push({ runtimes, due, ...(await sweeper.sweep()) });
      const cost = await times(sweepsEach, async () => {
        await fleet.inspectNow();
        return sweeper.sweep();
      });
      rows.inspecting.push({ runtimes, due: 0, ...cost });
      await fleet.inspectLater();
    }
  } finally {
    await sweeper.end();
    fleet.close();
  }
  return rows;
};

interface Deploys {
  readonly withEvents: readonly number[];
  readonly bySweepAlone: readonly number[];
}

/** Not waited for: it stays with what it deploys longer than a synchronous call may take. */
const startSweep = async ({ admin }: TestProduct): Promise<void> => {
  await admin.functions.createExecution({ functionId: 'reconcile', async: true });
};

const measureDeploys = async (product: TestProduct, orders: number): Promise<Deploys> => {
  await makeRoom(product, 1_000);
  const bench = await PaidToDeployBench.start(product);
  try {
    note(`${orders} payments with events …`);
    const withEvents = await bench.measure(orders, () => Promise.resolve());
    note(`${orders} payments with every event lost …`);
    await switchReconciler(product, true, []);
    const bySweepAlone = await bench.measure(orders, () => startSweep(product));
    return { withEvents: withEvents.ms, bySweepAlone: bySweepAlone.ms };
  } finally {
    bench.close();
  }
};

const round = (value: number): number => Math.round(value * 10) / 10;

const show = (title: string, rows: readonly Row[]): void => {
  console.log(`\n${title}`);
  console.log('runtimes   due   Appwrite (writes)   Dokploy   agents   CPU ms   time ms');
  for (const row of rows) {
    const cells = [
      String(row.runtimes).padStart(8),
      String(row.due).padStart(5),
      `${row.appwriteRequests} (${row.appwriteWrites})`.padStart(19),
      String(row.dokployRequests).padStart(9),
      String(row.agentRequests).padStart(8),
      String(round(row.cpuMs)).padStart(8),
      String(round(row.wallMs)).padStart(9),
    ];
    console.log(cells.join(' '));
  }
};

const showSweeps = ({ settled, inspecting, due }: Sweeps): void => {
  show('A sweep with nothing due', settled);
  show('In the minute in which a sixtieth is inspected', inspecting);
  show('With one in a hundred due', due);
};

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, orders: { type: 'string', default: '40' } },
});
const product = await withStepsAside(startTestProduct);
try {
  await switchReconciler(product, false);
  const { settled, inspecting, due } = await measureSweeps(product);
  if (values.json !== true) showSweeps({ settled, inspecting, due });
  await switchReconciler(product, true);
  const { withEvents, bySweepAlone } = await measureDeploys(product, Number(values.orders));
  const deploys = {
    paidToDeployP50Ms: round(percentile(withEvents, 0.5)),
    paidToDeployP99Ms: round(percentile(withEvents, 0.99)),
    paidToDeployBySweepAloneP99Ms: round(percentile(bySweepAlone, 0.99)),
  };
  if (values.json === true) {
    console.log(JSON.stringify({ settled, inspecting, due, ...deploys }));
  } else {
    console.log('\nFrom payment to compose.deploy');
    console.log(
      `  with events      p50 ${deploys.paidToDeployP50Ms} ms, p99 ${deploys.paidToDeployP99Ms} ms`,
    );
    console.log(`  by sweep alone   p99 ${deploys.paidToDeployBySweepAloneP99Ms} ms`);
  }
} finally {
  await withStepsAside(() => product.close());
}
