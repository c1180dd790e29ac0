/**
 * One service of a project as a process group.
 * Guarantees: `stop` returns only when no process of the container is left (SIGTERM to the group,
 * SIGKILL after the grace period); restarts back off as Docker's and end after `maxRapidRestarts`;
 * the process sees only the environment of its spec and the run marker.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { ContainerLog } from './container-log.ts';
import { HealthWatch } from './health-watch.ts';
import type { Registry } from './registry.ts';
import type { ContainerSpec } from './spec.ts';

const firstBackoffMs = 100;
const maxBackoffMs = 60_000;
/** A process that lived this long starts the back-off anew. */
const settledMs = 10_000;
const maxRapidRestarts = 30;

export type ContainerState = 'created' | 'running' | 'restarting' | 'exited';

export interface ContainerDeps {
  readonly log: ContainerLog;
  readonly registry: Registry;
  /** The process ended without having been asked to. */
  readonly ended: (container: Container) => void;
}

export class Container {
  readonly spec: ContainerSpec;
  readonly log: ContainerLog;
  readonly health: HealthWatch;
  state: ContainerState = 'created';
  wanted: 'running' | 'stopped' = 'stopped';
  exitCode: number | null = null;
  startedAt = 0;
  finishedAt: number | null = null;
  readonly #deps: ContainerDeps;
  readonly #events = new EventEmitter();
  #child: ChildProcess | undefined;
  #stopping = false;
  #rapidRestarts = 0;
  #restartTimer: NodeJS.Timeout | undefined;

  constructor(spec: ContainerSpec, deps: ContainerDeps) {
    this.spec = spec;
    this.log = deps.log;
    this.#deps = deps;
    this.#events.setMaxListeners(50);
    this.health = new HealthWatch(spec, deps.registry.markerOf(spec.containerId), () =>
      this.#changed(),
    );
  }

  /** Takes over what an earlier run of the stand-in recorded: the process itself is gone. */
  recall(known: {
    wanted: 'running' | 'stopped';
    exitCode: number | null;
    finishedAt: number | null;
  }): void {
    this.state = 'exited';
    this.wanted = known.wanted;
    this.exitCode = known.exitCode ?? 137;
    this.finishedAt = known.finishedAt;
  }

  /** Rejects when the program cannot be started at all. */
  async start(): Promise<void> {
    if (this.state === 'running') return;
    clearTimeout(this.#restartTimer);
    this.wanted = 'running';
    this.#rapidRestarts = 0;
    await this.#spawn();
  }

  /** `keepWanted`: nobody asked for it, so the next run of the stand-in starts it again. */
  async stop(options: { graceMs?: number; keepWanted?: boolean } = {}): Promise<void> {
    if (options.keepWanted !== true) this.wanted = 'stopped';
    clearTimeout(this.#restartTimer);
    this.health.stop();
    const child = this.#child;
    if (child === undefined) {
      if (this.state === 'restarting') this.#setState('exited');
      return;
    }
    this.#stopping = true;
    const gone = once(this.#events, 'gone');
    signalGroup(child, 'SIGTERM');
    const kill = setTimeout(
      () => signalGroup(child, 'SIGKILL'),
      options.graceMs ?? this.spec.stopGraceMs,
    );
    await gone;
    clearTimeout(kill);
  }

  /** Resolves when `done()` holds; rejects with the signal's reason. Re-checked on each change. */
  async until(done: () => boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (!done()) {
      await once(this.#events, 'changed', { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
    }
  }

  async #spawn(): Promise<void> {
    const [program, ...args] = this.spec.argv;
    mkdirSync(this.spec.cwd, { recursive: true });
    this.#stopping = false;
    const child = spawn(program ?? '', args, {
      cwd: this.spec.cwd,
      env: { ...this.spec.env, ...this.#deps.registry.markerOf(this.spec.containerId) },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.on('error', () => undefined);
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8');
      child[stream].on('data', (chunk: string) => this.log.write(stream, chunk));
      child[stream].on('error', () => undefined);
    }
    child.once('exit', (code, signal) => this.#exited(child, code ?? signalExitCode(signal)));
    try {
      await once(child, 'spawn');
    } catch (error) {
      this.#exited(child, 127);
      throw error;
    }
    if (child.pid !== undefined && this.#child === child) this.#deps.registry.add(child.pid);
    this.startedAt = Date.now();
    if (this.#child !== child) return;
    this.exitCode = null;
    this.finishedAt = null;
    this.health.start();
    this.#setState('running');
  }

  #exited(child: ChildProcess, code: number): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    // Docker kills what the main process leaves behind in its container; so does this.
    signalGroup(child, 'SIGKILL');
    this.#deps.registry.sweep(this.spec.containerId);
    if (child.pid !== undefined) this.#deps.registry.remove(child.pid);
    this.log.flush();
    this.health.stop();
    this.exitCode = code;
    this.finishedAt = Date.now();
    const again = !this.#stopping && this.wanted === 'running' && this.#mayRestart(code);
    if (!this.#stopping) this.#deps.ended(this);
    if (again) this.#restartLater();
    this.#setState(again ? 'restarting' : 'exited');
    this.#events.emit('gone');
  }

  #mayRestart(code: number): boolean {
    const { kind, maxAttempts } = this.spec.restart;
    if (Date.now() - this.startedAt >= settledMs) this.#rapidRestarts = 0;
    const limit = maxAttempts > 0 ? Math.min(maxAttempts, maxRapidRestarts) : maxRapidRestarts;
    if (this.#rapidRestarts >= limit) return false;
    return kind === 'on-failure' ? code !== 0 : kind !== 'no';
  }

  #restartLater(): void {
    const delayMs = Math.min(firstBackoffMs * 2 ** this.#rapidRestarts, maxBackoffMs);
    this.#rapidRestarts += 1;
    this.#restartTimer = setTimeout(() => {
      this.#spawn().catch(() => undefined);
    }, delayMs);
  }

  #setState(state: ContainerState): void {
    this.state = state;
    this.#changed();
  }

  #changed(): void {
    this.#events.emit('changed');
  }
}

function signalGroup(child: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // No process of the group is left.
  }
}

function signalExitCode(signal: NodeJS.Signals | null): number {
  if (signal === 'SIGKILL') return 137;
  return signal === 'SIGTERM' ? 143 : 128;
}
