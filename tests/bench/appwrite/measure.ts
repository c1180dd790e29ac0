/** Times of repeated work: percentiles by the nearest rank, in milliseconds. */
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface Times {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
}

export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? NaN;
}

export function timesOf(latenciesMs: readonly number[], elapsedMs: number): Times {
  const sorted = latenciesMs.toSorted((left, right) => left - right);
  return {
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    perSecond: (sorted.length / elapsedMs) * 1000,
  };
}

/** `count` calls, `width` at a time. */
export async function measure(
  count: number,
  width: number,
  work: (index: number) => Promise<unknown>,
): Promise<Times> {
  const latenciesMs: number[] = [];
  let next = 0;
  const startedAtMs = performance.now();
  const loop = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      const sentAtMs = performance.now();
      await work(index);
      latenciesMs.push(performance.now() - sentAtMs);
    }
  };
  await Promise.all(Array.from({ length: width }, loop));
  return timesOf(latenciesMs, performance.now() - startedAtMs);
}

/** What the disk alone takes: a page written over and synced, nothing of ours in between. */
export function diskFloor(folder: string): Times {
  const pageBytes = 4096;
  const pages = 1024;
  const file = openSync(join(folder, 'floor'), 'w');
  const page = Buffer.alloc(pageBytes, 1);
  writeSync(file, Buffer.alloc(pages * pageBytes));
  fdatasyncSync(file);
  const latenciesMs: number[] = [];
  const startedAtMs = performance.now();
  for (let index = 0; index < 300; index += 1) {
    const sentAtMs = performance.now();
    writeSync(file, page, 0, pageBytes, (index % pages) * pageBytes);
    fdatasyncSync(file);
    latenciesMs.push(performance.now() - sentAtMs);
  }
  closeSync(file);
  return timesOf(latenciesMs, performance.now() - startedAtMs);
}

/** Memory of a process that is really in use, without what it shares with nobody else's. */
export function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
}
