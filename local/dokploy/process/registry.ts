/**
 * The pid file: what this run started, so that a later run can end what a crash left behind.
 * Guarantees: two stand-ins never share a data folder; a process is ended only if its start time
 * or its run marker proves that an earlier run on this folder started it.
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { readJson, writeJson } from '../files.ts';
import { type Identity, identityOf, isAlive, processesOfRun, runMarker } from './identity.ts';

const identity = z.object({ pid: z.number(), boot: z.string(), startTicks: z.string() });
const pidFile = z.object({
  runId: z.string(),
  owner: z.optional(identity),
  processes: z.array(identity),
});

const graceMs = 3_000;

export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

export class Registry {
  readonly runId = randomUUID();
  readonly #path: string;
  readonly #processes = new Map<number, Identity>();

  private constructor(path: string) {
    this.#path = path;
  }

  /** Ends leftovers of an earlier run first; throws FolderInUse when that run still lives. */
  static async open(dataDir: string): Promise<{ registry: Registry; endedLeftovers: number }> {
    const path = join(dataDir, 'run.json');
    const before = z.safeParse(pidFile, readJson(path));
    let endedLeftovers = 0;
    if (before.success) {
      const { owner, runId, processes } = before.data;
      if (owner !== undefined && isAlive(owner)) {
        throw new FolderInUse(`data folder ${dataDir} is used by process ${owner.pid}`);
      }
      const marked = processesOfRun(runId);
      const recorded = processes.filter(isAlive);
      const known = new Map([...recorded, ...marked].map((each) => [each.pid, each]));
      endedLeftovers = known.size;
      await endAll([...known.values()]);
    }
    const registry = new Registry(path);
    registry.#save();
    return { registry, endedLeftovers };
  }

  /** What every process of this container carries in its environment. */
  markerOf(containerId: string): Readonly<Record<string, string>> {
    return { [runMarker]: `${this.runId}.${containerId}` };
  }

  /** Ends what is left of a container, those that moved to another group included. */
  sweep(containerId: string): void {
    for (const each of processesOfRun(this.runId, containerId)) signal(each, 'SIGKILL');
  }

  add(pid: number): void {
    const known = identityOf(pid);
    if (known === undefined) return;
    this.#processes.set(pid, known);
    this.#save();
  }

  remove(pid: number): void {
    if (this.#processes.delete(pid)) this.#save();
  }

  /** Ends whatever of this run is still there, those that left their group included. */
  async close(): Promise<void> {
    await endAll(processesOfRun(this.runId));
    rmSync(this.#path, { force: true });
  }

  #save(): void {
    const owner = identityOf(process.pid);
    writeJson(this.#path, {
      runId: this.runId,
      ...(owner === undefined ? {} : { owner }),
      processes: [...this.#processes.values()],
    });
  }
}

async function endAll(processes: readonly Identity[]): Promise<void> {
  for (const each of processes) signal(each, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (processes.some(isAlive) && Date.now() < deadline) await delay(25);
  for (const each of processes) signal(each, 'SIGKILL');
}

function signal(target: Identity, name: 'SIGTERM' | 'SIGKILL'): void {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, name);
  } catch {
    // It ended between the look and the signal.
  }
}
