/**
 * `node tests/bench/appwrite/main.ts [--json] [--runs N]`: starts the embedded Appwrite on a new
 * folder, measures it, and prints one table (or one object) of figures, their aims, and whether
 * they are met. A bare server that only answers and syncs is measured in the same run, right
 * after: its times are the floor. Reports; fails nothing, because the machine is not ours.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer, type ServerProcess } from '#tests/crash/appwrite/process.ts';
import { startFloor, withFloors } from './floor.ts';
import { measureGrowth, measureRested, measureRows } from './growth.ts';
import { diskFloor, residentMiB, timesOf } from './measure.ts';
import { asObject, printTable, type Figure } from './report.ts';
import { measureSustained } from './sustained.ts';
import { aimOf, hasYardstick, runYardstick } from './yardstick.ts';

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: '1' } },
});
const say = (line: string): void => console.error(line);
const starts = 5;

/** The first start makes the file; the others find it, after a kill. */
async function measureStart(dataDir: string): Promise<Figure[]> {
  const times: number[] = [];
  let memoryMiB = NaN;
  for (let start = 0; start <= starts; start += 1) {
    const server = await startServer({ dataDir });
    times.push(server.startMs);
    memoryMiB = residentMiB(server.pid);
    await server.kill('SIGKILL');
  }
  const [first = NaN, ...later] = times;
  return [
    { name: 'start, new folder', measured: { p50Ms: first } },
    { name: 'start, existing file', measured: timesOf(later, NaN), aim: { p50Ms: 500 } },
    { name: 'memory after start', measured: { memoryMiB } },
  ];
}

type Measuring = (server: ServerProcess) => Promise<Figure[]>;

/** On the server and then on the bare one, which take turns and never run at once. */
async function withFloor(folder: string, ours: Measuring, bare: Measuring): Promise<Figure[]> {
  const server = await startServer({ dataDir: join(folder, 'data') });
  const figures = await ours(server).finally(() => server.kill('SIGTERM'));
  const floor = await startFloor(folder);
  const floors = await bare(floor).finally(() => floor.kill('SIGTERM'));
  return withFloors(figures, floors);
}

const requests: Measuring = async (server) => {
  const rested = await measureRested(server);
  if (hasYardstick()) return [rested, ...(await runYardstick(server, Number(options.runs)))];
  say('MISSING: ../shared/bench, so only a few rows of our own are measured.');
  const figures = await measureRows(server);
  return [rested, ...figures.map((figure) => ({ ...figure, ...aimOf(figure.name) }))];
};

function loads(folder: string): Promise<Figure[]> {
  const sustained: Measuring = (server) => measureSustained({ ...server, folder });
  return withFloor(
    folder,
    async (server) => {
      say('measuring growth');
      const growth = await measureGrowth(server);
      say('measuring sustained writes');
      return [...growth, ...(await sustained(server))];
    },
    sustained,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'appwrite-bench-'));
try {
  const dataDir = join(folder, 'data');
  say('measuring starts');
  const figures: Figure[] = await measureStart(dataDir);
  say('measuring requests');
  figures.push({ name: 'disk: one page written and synced', measured: diskFloor(folder) });
  figures.push(...(await withFloor(folder, requests, requests)));
  figures.push(...(await loads(folder)));
  if (options.json) console.log(JSON.stringify(asObject(figures), undefined, 1));
  else printTable(figures);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
