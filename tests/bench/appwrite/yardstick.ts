/**
 * The given latency bench, run as it is: it lies beside the repository, makes its own database and
 * function, and deletes them. Its rows get the aims: ten times better than the recorded server.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { key, projectId, type ServerProcess } from '#tests/crash/appwrite/process.ts';
import type { Aim, Figure } from './report.ts';

const script = join(
  import.meta.dirname,
  ...['..', '..', '..', '..', 'shared', 'bench', 'appwrite-bench.mjs'],
);
const timeoutMs = 5 * 60_000;

const aims: Readonly<Record<string, Aim>> = {
  'row create seq': { p50Ms: 0.65, p99Ms: 1.5 },
  'row get seq': { p50Ms: 0.49, p99Ms: 0.99 },
  'row update seq': { p50Ms: 0.75, p99Ms: 1.85 },
  'row create x20': { perSecond: 1800 },
  'row get x20': { perSecond: 2870 },
  'row update x20': { perSecond: 1480 },
  'list 25, 2 filters, indexed': { p50Ms: 0.68, p99Ms: 1.56 },
  'exec first': { p50Ms: 10 },
  'exec sync, overhead = wall - duration': { p50Ms: 0.69, p99Ms: 1.32 },
  'realtime 1 sub: write sent -> event, each': { p50Ms: 1, p99Ms: 1.8 },
  'realtime 50 sub: write sent -> event, each': { p50Ms: 1.16, p99Ms: 2.1 },
};

interface Row {
  readonly name: string;
  /** Null where there is none. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly rate: number | null;
}

export const hasYardstick = (): boolean => existsSync(script);

/** Not waited for synchronously: the server's process is a child of this one. */
function output(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const stdio: ('ignore' | 'pipe' | 'inherit')[] = ['ignore', 'pipe', 'ignore'];
    const child = spawn(process.execPath, [script, ...args], { stdio, timeout: timeoutMs });
    let out = '';
    child.stdout?.on('data', (chunk: Buffer) => (out += String(chunk)));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`the yardstick ended with ${code ?? 'a signal'}`));
    });
  });
}

export async function runYardstick(server: ServerProcess, runs: number): Promise<Figure[]> {
  const endpoint = `http://127.0.0.1:${server.port}/v1`;
  const where = ['--endpoint', endpoint, '--project', projectId, '--key', key];
  const text = await output([...where, '--json', '--runs', String(runs)]);
  const { rows } = JSON.parse(text) as { rows: readonly Row[] };
  return rows.map(({ name, p50, p99, rate }): Figure => {
    const aim = aims[name];
    const measured = {
      ...(p50 === null ? {} : { p50Ms: p50 }),
      ...(p99 === null ? {} : { p99Ms: p99 }),
      ...(rate === null ? {} : { perSecond: rate }),
    };
    return { name, measured, ...(aim === undefined ? {} : { aim }) };
  });
}

export function aimOf(name: string): { readonly aim?: Aim } {
  const aim = aims[name];
  return aim === undefined ? {} : { aim };
}
