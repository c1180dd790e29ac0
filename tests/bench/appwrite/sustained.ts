/**
 * Row writes at a steady pace while 200 sockets listen, each write sent when it is due and not
 * when the last one is done. Two shapes: every socket hears of its own rows (as customers do), and
 * all hear of all (200 events a write).
 */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { projectId, type Call, type ServerProcess } from '#tests/crash/appwrite/process.ts';
import { createTable, must } from './growth.ts';
import { residentMiB, timesOf, type Times } from './measure.ts';
import type { Figure } from './report.ts';
import type { SubscribersResult } from './subscribers.ts';

const sockets = 200;
const perSecond = 1000;
const forMs = 5_000;
/** More under way than this: the server does not keep the pace, and the rest waits. */
const mostUnderWay = 200;
const drainMs = 2_000;

const database = 'live';
const rows = `/tablesdb/${database}/tables/rows/rows`;
const tableChannel = `tablesdb.${database}.tables.rows.rows`;
const nowMs = (): number => performance.timeOrigin + performance.now();

function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => reject(new Error('the subscribers ended')));
  });
}

async function subscribe(port: number, channels: readonly string[]): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'subscribers.ts'));
  const ready = answer(child);
  const address = `ws://127.0.0.1:${port}/v1/realtime?project=${projectId}`;
  child.send({ address, channels });
  await ready;
  return child;
}

/** Latencies from when a write was due. */
async function write(call: Call): Promise<Times> {
  const latenciesMs: number[] = [];
  const under = new Set<Promise<void>>();
  const startedAtMs = performance.now();
  for (let sent = 0; performance.now() - startedAtMs < forMs;) {
    const due = Math.floor(((performance.now() - startedAtMs) / 1000) * perSecond);
    while (sent < due && under.size < mostUnderWay) {
      const sentAtMs = performance.now();
      const body = { data: { note: `t${nowMs().toFixed(3)};` } };
      const one = must(call, 'PATCH', `${rows}/s${sent % sockets}`, body).then(() => {
        latenciesMs.push(performance.now() - sentAtMs);
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

async function shape(
  server: ServerProcess,
  name: string,
  channelOf: (socket: number) => string,
): Promise<{ readonly figures: Figure[]; readonly memoryMiB: number }> {
  const channels = Array.from({ length: sockets }, (_, index) => channelOf(index));
  const child = await subscribe(server.port, channels);
  try {
    const written = await write(server.call);
    await wait(drainMs);
    const told = answer(child);
    child.send('stop');
    const heard = (await told) as SubscribersResult;
    const memoryMiB = residentMiB(server.pid);
    return {
      memoryMiB,
      figures: [
        { name: `${name}: writes`, measured: written, aim: { perSecond: perSecond * 0.99 } },
        { name: `${name}: write → event`, measured: heard, aim: { p99Ms: 50 } },
      ],
    };
  } finally {
    child.disconnect();
  }
}

export async function measureSustained(server: ServerProcess): Promise<Figure[]> {
  await createTable(server.call, database);
  for (let index = 0; index < sockets; index += 1) {
    await must(server.call, 'POST', rows, { rowId: `s${index}`, data: { note: 'new' } });
  }
  const own = await shape(
    server,
    `${perSecond}/s, ${sockets} sockets, own rows`,
    (socket) => `${tableChannel}.s${socket}`,
  );
  const memory: Figure = {
    name: `memory, 100000 rows, ${sockets} sockets`,
    measured: { memoryMiB: own.memoryMiB },
    aim: { memoryMiB: 150 },
  };
  const all = await shape(
    server,
    `${perSecond}/s, ${sockets} sockets, all rows`,
    () => tableChannel,
  );
  return [...own.figures, memory, ...all.figures];
}
