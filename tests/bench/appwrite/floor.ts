/** The bare server as a process, reachable like the real one, and its figures as floors. */
import { spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { caller, type ServerProcess } from '#tests/crash/appwrite/process.ts';
import type { Figure } from './report.ts';

export async function startFloor(folder: string): Promise<ServerProcess> {
  const startedAtMs = performance.now();
  const script = join(import.meta.dirname, 'floor-server.ts');
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the bare server ended')));
    child.stdout.once('data', (chunk: Buffer) => {
      resolve((JSON.parse(String(chunk)) as { listening: number }).listening);
    });
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  return {
    pid: child.pid ?? 0,
    port,
    startMs: performance.now() - startedAtMs,
    call: caller(port, agent),
    async kill(signal) {
      child.kill(signal);
      await exited;
      agent.destroy();
    },
  };
}

/** Each figure with the times the bare server had under the same name. */
export function withFloors(figures: readonly Figure[], floors: readonly Figure[]): Figure[] {
  const byName = new Map(floors.map(({ name, measured }) => [name, measured]));
  return figures.map((figure) => {
    const floor = byName.get(figure.name);
    if (floor === undefined) return figure;
    const { p50Ms, p99Ms, perSecond } = floor;
    const times = Object.entries({ p50Ms, p99Ms, perSecond }).filter(([, value]) => value);
    return { ...figure, floor: Object.fromEntries(times) };
  });
}
