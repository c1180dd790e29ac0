/** The figures as a table for people and as one line for programs. */
import type { CallsPerNotice, ImportTime } from './processes.ts';

export interface Measured {
  readonly name: string;
  readonly aimedPerSecond: number;
  /** Calls that really left, doubled ones among them. */
  readonly sentPerSecond: number;
  readonly sent: number;
  /** Answered with anything but SUCCESS, or not at all. */
  readonly refused: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverCpuPerNoticeMs: number;
  readonly functionCpuPerNoticeMs: number;
  readonly lost: number;
  readonly doubled: number;
}

interface Pair<T> {
  readonly ours: T;
  readonly naive: T;
}

export interface Figures {
  readonly seconds: number;
  readonly loads: readonly Measured[];
  readonly calls: Pair<CallsPerNotice>;
  readonly coldImport: Pair<ImportTime>;
}

const round = (value: number): number => Math.round(value * 100) / 100;

const at = (figures: Figures, name: string, perSecond: number): Measured => {
  const found = figures.loads.find(
    (load) => load.name === name && load.aimedPerSecond === perSecond,
  );
  if (found === undefined) throw new Error(`${name} at ${perSecond}/s was not measured`);
  return found;
};

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

export const toJson = (figures: Figures): string => {
  const own = figures.loads.filter(({ name }) => name !== 'naive');
  const slow = at(figures, 'payapp', 50);
  const fast = at(figures, 'payapp', 200);
  const naiveSlow = at(figures, 'naive', 50);
  const naiveFast = at(figures, 'naive', 200);
  return JSON.stringify({
    lost: sum(own.map(({ lost }) => lost)),
    doubled: sum(own.map(({ doubled }) => doubled)),
    refused: sum(own.map(({ refused }) => refused)),
    writesPerNotice: round(figures.calls.ours.writes),
    readsPerNotice: round(figures.calls.ours.reads),
    outsideCallsPerNotice: round(figures.calls.ours.outside),
    /** Time at 50 notices a second, of the handler alone; ratios are naive = 1. */
    p50Ms: round(slow.p50Ms),
    p99Ms: round(slow.p99Ms),
    ratioToNaive: round(slow.p50Ms / naiveSlow.p50Ms),
    p50At200PerSecondMs: round(fast.p50Ms),
    p99At200PerSecondMs: round(fast.p99Ms),
    ratioToNaiveAt200PerSecond: round(fast.p50Ms / naiveFast.p50Ms),
    coldImportMs: round(figures.coldImport.ours.wallMs),
    coldImportCpuMs: round(figures.coldImport.ours.cpuMs),
    naiveColdImportMs: round(figures.coldImport.naive.wallMs),
    naiveColdImportCpuMs: round(figures.coldImport.naive.cpuMs),
    serverCpuPerNoticeMs: round(fast.serverCpuPerNoticeMs),
    functionCpuPerNoticeMs: round(fast.functionCpuPerNoticeMs),
    naiveDoubled: naiveSlow.doubled + naiveFast.doubled,
    secondsPerLoad: figures.seconds,
    loads: figures.loads.map((load) => ({
      ...load,
      sentPerSecond: round(load.sentPerSecond),
      p50Ms: round(load.p50Ms),
      p99Ms: round(load.p99Ms),
      serverCpuPerNoticeMs: round(load.serverCpuPerNoticeMs),
      functionCpuPerNoticeMs: round(load.functionCpuPerNoticeMs),
    })),
  });
};

const line = (cells: readonly string[]): void => {
  const widths = [20, 8, 8, 7, 9, 9, 9, 12, 8, 6, 8];
  console.log(cells.map((cell, index) => cell.padStart(widths[index] ?? 8)).join(' '));
};

export const printTable = (figures: Figures): void => {
  line([
    ...['handler', 'aimed/s', 'sent/s', 'sent', 'p50 ms', 'p99 ms'],
    ...['cpu ms', 'in function', 'refused', 'lost', 'doubled'],
  ]);
  for (const load of figures.loads) {
    line([
      load.name,
      String(load.aimedPerSecond),
      load.sentPerSecond.toFixed(1),
      String(load.sent),
      load.p50Ms.toFixed(1),
      load.p99Ms.toFixed(1),
      (load.serverCpuPerNoticeMs + load.functionCpuPerNoticeMs).toFixed(2),
      load.functionCpuPerNoticeMs.toFixed(2),
      String(load.refused),
      String(load.lost),
      String(load.doubled),
    ]);
  }
  const { calls, coldImport } = figures;
  console.log('');
  line(['per accepted notice', 'writes', 'reads', 'outside', 'import ms', 'its cpu']);
  for (const name of ['ours', 'naive'] as const) {
    const { writes, reads, outside } = calls[name];
    const { wallMs, cpuMs } = coldImport[name];
    const counts = [writes, reads, outside].map((count) => String(round(count)));
    line([name === 'ours' ? 'payapp' : 'naive', ...counts, wallMs.toFixed(1), cpuMs.toFixed(1)]);
  }
  console.log('aims: lost 0, doubled 0, 1 write, 0 outside, import ≤15 ms over an empty module');
  const ratio = at(figures, 'payapp', 50).p50Ms / at(figures, 'naive', 50).p50Ms;
  console.log(`p50 at 50/s is ${ratio.toFixed(2)} of the naive handler's in this run`);
};
