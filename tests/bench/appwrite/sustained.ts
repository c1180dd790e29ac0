/**
 * Row writes at a steady pace while 200 sockets listen, each write sent when it is due and not
 * when the last one is done. Two shapes: every socket hears of its own rows (as customers do), and
 * all hear of all (200 events a write). What the load generator itself is late by, and what of the
 * processor each process takes, stands beside it.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { projectId, type Call, type ServerProcess } from '#tests/crash/appwrite/process.ts';
import { createTable, must } from './growth.ts';
import {
  LoopDelay,
  diskDuring,
  processorOf,
  residentMiB,
  timesOf,
  type Processor,
  type Times,
} from './measure.ts';
import type { Figure } from './report.ts';
import type { SubscribersResult, SubscribersStart } from './subscribers.ts';

const sockets = 200;
const perSecond = 1000;
const forMs = 5_000;
/** Connections are opened and code is compiled before; the figure is of what lasts. */
const warmUpMs = 1_500;
/** More under way than this: the server does not keep the pace, and the rest waits. */
const mostUnderWay = 200;
const drainMs = 2_000;

const database = 'live';
const rows = `/tablesdb/${database}/tables/rows/rows`;
const tableChannel = `tablesdb.${database}.tables.rows.rows`;
const nowMs = (): number => performance.timeOrigin + performance.now();

export type Target = Pick<ServerProcess, 'pid' | 'port' | 'call'> & {
  /** On the disk of the server, for samples of what it takes. */
  readonly folder: string;
};

function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => reject(new Error('the subscribers ended')));
  });
}

async function subscribe(port: number, channels: readonly string[]): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'subscribers.ts'));
  const ready = answer(child);
  const path = `/v1/realtime?project=${projectId}`;
  child.send({ port, path, channels } satisfies SubscribersStart);
  await ready;
  return child;
}

/** Latencies from when a write was due, so that what waits for its turn counts. */
async function write(call: Call, lastsMs: number): Promise<Times> {
  const latenciesMs: number[] = [];
  const under = new Set<Promise<void>>();
  const startedAtMs = performance.now();
  for (let sent = 0; performance.now() - startedAtMs < lastsMs;) {
    const due = Math.floor(((performance.now() - startedAtMs) / 1000) * perSecond);
    while (sent < due && under.size < mostUnderWay) {
      const dueAtMs = startedAtMs + (sent / perSecond) * 1000;
      const body = { data: { note: `t${nowMs().toFixed(3)};` } };
      const one = must(call, 'PATCH', `${rows}/s${sent % sockets}`, body).then(() => {
        latenciesMs.push(performance.now() - dueAtMs);
        under.delete(one);
      });
      under.add(one);
      sent += 1;
    }
    await wait(1);
  }
  await Promise.all(under);
  return timesOf(latenciesMs, performance.now() - startedAtMs);
}

type Share = Pick<Figure['measured'], 'processorPercent' | 'waitPercent'>;

/** Runs `work`; what of a processor each main thread had meanwhile, and waited for. */
async function processors<T>(
  pids: readonly number[],
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly shares: readonly Share[] }> {
  const before = pids.map(processorOf);
  const startedAtMs = performance.now();
  const result = await work();
  const elapsedMs = performance.now() - startedAtMs;
  const share = (now: Processor, then: Processor | undefined): Share => ({
    processorPercent: ((now.ranMs - (then?.ranMs ?? NaN)) / elapsedMs) * 100,
    waitPercent: ((now.waitedMs - (then?.waitedMs ?? NaN)) / elapsedMs) * 100,
  });
  return { result, shares: pids.map((pid, index) => share(processorOf(pid), before[index])) };
}

interface Load {
  readonly written: Times;
  readonly heard: SubscribersResult;
  readonly writerDelay: Pick<Times, 'p50Ms' | 'p99Ms'>;
  readonly disk: Pick<Times, 'p50Ms' | 'p99Ms'>;
  readonly shares: readonly Share[];
}

async function load(target: Target, child: ChildProcess): Promise<Load> {
  await write(target.call, warmUpMs);
  await wait(warmUpMs / 5);
  child.send('warm');
  const delay = new LoopDelay();
  const pids = [target.pid, process.pid, child.pid ?? 0];
  const writing = (): Promise<Times> => write(target.call, forMs);
  const { result, shares } = await processors(pids, () => diskDuring(target.folder, writing));
  const writerDelay = delay.stop();
  await wait(drainMs);
  const told = answer(child);
  child.send('stop');
  const heard = (await told) as SubscribersResult;
  return { written: result.result, disk: result.disk, heard, writerDelay, shares };
}

function figuresOf(name: string, { written, disk, heard, writerDelay, shares }: Load): Figure[] {
  const { events: _, loopDelay, ...times } = heard;
  const [server, writer, subscribers] = shares;
  return [
    {
      name: `${name}: writes`,
      measured: { ...written, ...server },
      aim: { perSecond: perSecond * 0.99 },
    },
    { name: `${name}: write → event`, measured: times, aim: { p99Ms: 50 } },
    { name: `${name}: disk meanwhile, one page synced`, measured: disk },
    {
      name: `${name}: own loop delay of the writer`,
      measured: { ...writerDelay, ...writer },
    },
    {
      name: `${name}: own loop delay of the subscribers`,
      measured: { ...loopDelay, ...subscribers },
    },
  ];
}

async function shape(
  target: Target,
  name: string,
  channelOf: (socket: number) => string,
): Promise<{ readonly figures: Figure[]; readonly memoryMiB: number }> {
  const channels = Array.from({ length: sockets }, (_, index) => channelOf(index));
  const child = await subscribe(target.port, channels);
  try {
    const figures = figuresOf(name, await load(target, child));
    return { figures, memoryMiB: residentMiB(target.pid) };
  } finally {
    child.disconnect();
  }
}

export async function measureSustained(target: Target): Promise<Figure[]> {
  await createTable(target.call, database);
  for (let index = 0; index < sockets; index += 1) {
    await must(target.call, 'POST', rows, { rowId: `s${index}`, data: { note: 'new' } });
  }
  const of = `${perSecond}/s, ${sockets} sockets`;
  const own = await shape(target, `${of}, own rows`, (socket) => `${tableChannel}.s${socket}`);
  const memory: Figure = {
    name: `memory, 100000 rows, ${sockets} sockets`,
    measured: { memoryMiB: own.memoryMiB },
    aim: { memoryMiB: 150 },
  };
  const all = await shape(target, `${of}, all rows`, () => tableChannel);
  return [...own.figures, memory, ...all.figures];
}
