/**
 * `node tests/bench/appwrite/main.ts [--json] [--runs N]`: starts the embedded Appwrite on a new
 * folder, measures it, and prints one table (or one object) of figures, their aims, and whether
 * they are met. Reports; fails nothing, because the machine it runs on is not ours.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '#tests/crash/appwrite/process.ts';
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

async function rowFigures(dataDir: string): Promise<Figure[]> {
  const server = await startServer({ dataDir });
  try {
    const rested = await measureRested(server);
    if (hasYardstick()) return [rested, ...(await runYardstick(server, Number(options.runs)))];
    say('MISSING: ../shared/bench, so only a few rows of our own are measured.');
    const figures = await measureRows(server);
    return [rested, ...figures.map((figure) => ({ ...figure, ...aimOf(figure.name) }))];
  } finally {
    await server.kill('SIGTERM');
  }
}

async function loadFigures(dataDir: string): Promise<Figure[]> {
  const server = await startServer({ dataDir });
  try {
    say('measuring growth');
    const growth = await measureGrowth(server);
    say('measuring sustained writes');
    return [...growth, ...(await measureSustained(server))];
  } finally {
    await server.kill('SIGTERM');
  }
}

const folder = mkdtempSync(join(tmpdir(), 'appwrite-bench-'));
try {
  const dataDir = join(folder, 'data');
  say('measuring starts');
  const figures: Figure[] = await measureStart(dataDir);
  say('measuring requests');
  figures.push({ name: 'disk: one page written and synced', measured: diskFloor(folder) });
  figures.push(...(await rowFigures(dataDir)));
  figures.push(...(await loadFigures(dataDir)));
  if (options.json) console.log(JSON.stringify(asObject(figures), undefined, 1));
  else printTable(figures);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
