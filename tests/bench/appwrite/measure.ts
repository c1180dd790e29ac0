/** Times of repeated work: percentiles by the nearest rank, in milliseconds. */
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

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
      await wait(betweenPagesMs);
    }
  };
  await Promise.all(Array.from({ length: width }, loop));
  return timesOf(latenciesMs, performance.now() - startedAtMs);
}

const pageBytes = 4096;

/** What the disk alone takes: a page written over and synced, nothing of ours in between. */
export function diskFloor(folder: string): Times {
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

const betweenPagesMs = 20;

/** The same while something else goes on, in a thread: what that has to live with. */
export async function diskDuring<T>(
  folder: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly disk: Pick<Times, 'p50Ms' | 'p99Ms'> }> {
  const file = await open(join(folder, 'meanwhile'), 'w');
  const latenciesMs: number[] = [];
  let over = false;
  const sample = async (): Promise<void> => {
    const page = Buffer.alloc(pageBytes, 1);
    while (!over) {
      const sentAtMs = performance.now();
      await file.write(page, 0, pageBytes, 0);
      await file.datasync();
      latenciesMs.push(performance.now() - sentAtMs);
    }
  };
  const sampled = sample();
  try {
    const result = await work();
    over = true;
    await sampled;
    const { p50Ms, p99Ms } = timesOf(latenciesMs.slice(1), NaN);
    return { result, disk: { p50Ms, p99Ms } };
  } finally {
    over = true;
    await file.close();
  }
}

const ageStepMs = 0.1;
const oldestMs = 20_000;

/** Ages of very many events, each counted to a tenth of a millisecond; keeps no list. */
export class AgeCounter {
  readonly #counts = new Uint32Array(oldestMs / ageStepMs);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(ageMs: number): void {
    const step = Math.min(Math.max(0, Math.floor(ageMs / ageStepMs)), this.#counts.length - 1);
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.#count += 1;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
  }

  #percentile(part: number): number {
    let left = Math.ceil(this.#count * part);
    const step = this.#counts.findIndex((count) => {
      left -= count;
      return left <= 0;
    });
    return this.#count === 0 ? NaN : (step + 1) * ageStepMs;
  }

  times(elapsedMs: number): Times {
    return {
      p50Ms: this.#percentile(0.5),
      p99Ms: this.#percentile(0.99),
      perSecond: (this.#count / elapsedMs) * 1000,
    };
  }
}

const tickMs = 2;

/** How late the event loop of this process is: what it adds to everything it measures. */
export class LoopDelay {
  readonly #latenessMs: number[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor() {
    let expectedAtMs = performance.now() + tickMs;
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      this.#latenessMs.push(Math.max(0, nowMs - expectedAtMs));
      expectedAtMs = nowMs + tickMs;
    }, tickMs);
  }

  stop(): Pick<Times, 'p50Ms' | 'p99Ms'> {
    clearInterval(this.#timer);
    const { p50Ms, p99Ms } = timesOf(this.#latenessMs, NaN);
    return { p50Ms, p99Ms };
  }
}

export interface Processor {
  /** The main thread ran. */
  readonly ranMs: number;
  /** It could have run and had no processor: what others on the machine took. */
  readonly waitedMs: number;
}

const nsPerMs = 1_000_000;

/** Of the main thread of a process, since it began. */
export function processorOf(pid: number): Processor {
  const [ran = NaN, waited = NaN] = readFileSync(`/proc/${pid}/schedstat`, 'utf8')
    .split(' ')
    .map(Number);
  return { ranMs: ran / nsPerMs, waitedMs: waited / nsPerMs };
}

/** Memory of a process that is really in use, without what it shares with nobody else's. */
export function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
}
