/**
 * A Docker daemon of our own: a folder for its sockets that goes with it, and a data root that may be
 * kept (images that took minutes to make). Guarantees: another engine of the machine is never
 * touched; two daemons never share a data root; what a killed run left, in any checkout, is ended by
 * the next one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createDocker } from './cli.ts';
import { requireEngine } from './engine.ts';
import {
  clearDeadEngines,
  execRootIn,
  procFile,
  removeBridges,
  signFolder,
  wipe,
} from './remains.ts';

type Environment = Readonly<Record<string, string>>;

export interface OwnEngine {
  /** By what `docker` finds it. */
  readonly environment: Environment;
  /** As a shutdown of the machine: containers get SIGTERM, then the daemon ends. */
  shutDown(): Promise<void>;
  /** As a loss of power: daemon, containerd, shims and all containers die at once. */
  cutPower(): Promise<void>;
  /** After either; containers with a restart policy come back by themselves. */
  boot(): Promise<void>;
  /** For good; removes what is not a kept data root. */
  stop(): Promise<void>;
}

const folderPrefix = 'engine-';
const readyWithinMs = 30_000;
/** Longer than the daemon's own patience with its containers (15 s). */
const stopWithinMs = 40_000;

const program = (): string | undefined =>
  ['/usr/sbin/dockerd', '/usr/bin/dockerd'].find((path) => existsSync(path));

export const canOwnEngine = (): boolean => program() !== undefined && process.getuid?.() === 0;

/**
 * `found`: the environment in which Compose was found. Throws with the daemon's reason.
 * `dataRoot` is made when missing and kept; without it everything is temporary.
 */
export async function startOwnEngine(found: Environment, dataRoot?: string): Promise<OwnEngine> {
  await clearDeadEngines(tmpdir(), folderPrefix);
  if (dataRoot !== undefined) refuseSecond(dataRoot);
  const folder = mkdtempSync(join(tmpdir(), folderPrefix));
  const root = dataRoot ?? join(folder, 'data-root');
  mkdirSync(root, { recursive: true });
  signFolder(folder, root);
  const daemon = new Daemon(folder, root);
  const environment = { ...found, DOCKER_HOST: daemon.host };
  const boot = async (): Promise<void> => daemon.start(environment);
  const stop = async (): Promise<void> => {
    await daemon.shutDown();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await boot();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    environment,
    shutDown: async () => daemon.shutDown(),
    cutPower: async () => daemon.cutPower(),
    boot,
    stop,
  };
}

const pidFile = 'dockerd.pid';

/** A run that still lives keeps its root. */
function refuseSecond(dataRoot: string): void {
  const note = join(dataRoot, pidFile);
  const pid = existsSync(note) ? Number(readFileSync(note)) : 0;
  if (pid > 1 && procFile(pid, 'cmdline').includes(dataRoot)) {
    throw new Error(`another run uses ${dataRoot}`);
  }
}

/**
 * However this process ends, killed too: what reads from us sees it. The daemon itself hears no
 * signal of our terminal, so that it is not gone before its containers are.
 */
function endWithUs(daemon: ChildProcess): void {
  if (daemon.pid === undefined) return;
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -TERM "$0"', String(daemon.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => undefined);
  guard.unref();
  daemon.once('exit', () => guard.kill('SIGKILL'));
}

class Daemon {
  readonly host: string;
  readonly #folder: string;
  readonly #dataRoot: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  constructor(folder: string, dataRoot: string) {
    this.#folder = folder;
    this.#dataRoot = dataRoot;
    this.host = `unix://${join(folder, 'docker.sock')}`;
    // No default bridge: it would outlive the engine, and Compose makes its own networks. The names
    // keep us apart from other engines where a system-wide containerd serves all of them.
    this.#args = [
      ...['--host', this.host, '--bridge', 'none', '--log-level', 'error'],
      ...['--data-root', dataRoot, '--exec-root', execRootIn(folder)],
      // In the data root: a second daemon on the same one is refused.
      ...['--pidfile', join(dataRoot, pidFile)],
      ...['--containerd-namespace', 'own', '--containerd-plugins-namespace', 'own-plugins'],
    ];
  }

  async start(environment: Environment): Promise<void> {
    const path = program();
    if (path === undefined) throw new Error('dockerd is not installed');
    const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
    const options = { env: { PATH }, detached: true } as const;
    const child = spawn(path, this.#args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => (said = (said + text).slice(-2_000)));
    child.on('error', () => undefined);
    this.#child = child;
    endWithUs(child);
    await readiness(child, environment, () => said);
  }

  async shutDown(): Promise<void> {
    const child = this.#forget();
    if (child === undefined || hasEnded(child)) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    await gone;
    clearTimeout(kill);
  }

  async cutPower(): Promise<void> {
    const child = this.#forget();
    if (child !== undefined && !hasEnded(child)) child.kill('SIGKILL');
    await wipe(this.#folder, this.#dataRoot);
    await removeBridges(this.#dataRoot);
  }

  #forget(): ChildProcess | undefined {
    const child = this.#child;
    this.#child = undefined;
    return child;
  }
}

async function readiness(
  child: ChildProcess,
  environment: Environment,
  said: () => string,
): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    const why = await requireEngine(createDocker(environment)).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : 'unknown'),
    );
    if (why === undefined) return;
    if (hasEnded(child)) throw new Error(`dockerd ended at once: ${said().trim()}`);
    if (Date.now() > deadline) throw new Error(why);
    await delay(200);
  }
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;
