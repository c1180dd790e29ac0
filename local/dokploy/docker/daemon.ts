/**
 * A Docker daemon of our own: a folder for its sockets that goes with it, and a data root that may be
 * kept (images that took minutes to make). Guarantees: another engine of the machine is never
 * touched; two daemons never share a data root; what a killed run left is ended by the next one.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createDocker } from './cli.ts';
import { requireEngine } from './engine.ts';
import { linesOf } from './inspect.ts';

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

const readyWithinMs = 30_000;
/** Longer than the daemon's own patience with its containers (15 s). */
const stopWithinMs = 40_000;
const goneWithinMs = 10_000;

const program = (): string | undefined =>
  ['/usr/sbin/dockerd', '/usr/bin/dockerd'].find((path) => existsSync(path));

export const canOwnEngine = (): boolean => program() !== undefined && process.getuid?.() === 0;

/**
 * `found`: the environment in which Compose was found. Throws with the daemon's reason.
 * `dataRoot` is made when missing and kept; without it everything is temporary.
 */
export async function startOwnEngine(found: Environment, dataRoot?: string): Promise<OwnEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const root = dataRoot ?? join(folder, 'data-root');
  mkdirSync(root, { recursive: true });
  if (dataRoot !== undefined) await takeOver(dataRoot, folder);
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
    cutPower: async () => daemon.cutPower(environment),
    boot,
    stop,
  };
}

/** Of a kept root: the folder of the run that uses it. */
const lastFolderFile = 'last-folder';
const pidFile = 'dockerd.pid';

/** Ends what a run that was killed has left; one that still lives keeps its root. */
async function takeOver(dataRoot: string, folder: string): Promise<void> {
  const note = join(dataRoot, lastFolderFile);
  const last = existsSync(note) ? readFileSync(note, 'utf8') : '';
  const pid = Number(
    existsSync(join(dataRoot, pidFile)) ? readFileSync(join(dataRoot, pidFile)) : 0,
  );
  const lives = pid > 1 && procFile(pid, 'cmdline').includes(dataRoot);
  if (lives) throw new Error(`another run uses ${dataRoot}`);
  if (existsSync(last)) {
    await wipe(last, dataRoot);
    rmSync(last, { recursive: true, force: true });
  }
  writeFileSync(note, folder);
}

class Daemon {
  readonly host: string;
  readonly #folder: string;
  readonly #dataRoot: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  readonly #onExit = (): void => void this.#child?.kill('SIGTERM');

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
    process.once('exit', this.#onExit);
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

  async cutPower(environment: Environment): Promise<void> {
    const bridges = await bridgesOf(environment);
    const child = this.#forget();
    if (child !== undefined && !hasEnded(child)) child.kill('SIGKILL');
    await wipe(this.#folder, this.#dataRoot);
    for (const bridge of bridges) await command('ip', ['link', 'delete', bridge]);
  }

  #forget(): ChildProcess | undefined {
    const child = this.#child;
    this.#child = undefined;
    process.off('exit', this.#onExit);
    return child;
  }
}

const execRootIn = (folder: string): string => join(folder, 'exec-root');

/** What a loss of power takes: processes, mounts, and all that stands on the memory disk `/run`. */
async function wipe(folder: string, dataRoot: string): Promise<void> {
  // Shims and containerd name our folder; containers are their children.
  const ours = processesNaming(folder);
  const all = [...ours, ...childrenOf(ours)];
  for (const pid of all) kill(pid);
  const deadline = Date.now() + goneWithinMs;
  while (all.some(isAlive) && Date.now() < deadline) await delay(50);
  for (const place of mountsBelow([folder, dataRoot])) await command('umount', ['--lazy', place]);
  rmSync(execRootIn(folder), { recursive: true, force: true });
}

/** The deepest first. */
const mountsBelow = (folders: readonly string[]): string[] =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((place) => folders.some((each) => place === each || place.startsWith(`${each}/`)))
    .toReversed();

/** As the kernel knows the engine's networks. */
async function bridgesOf(environment: Environment): Promise<readonly string[]> {
  const args = ['network', 'ls', '--quiet', '--filter', 'driver=bridge'];
  const { stdout } = await createDocker(environment)({ args });
  return linesOf(stdout).map((id) => `br-${id.slice(0, 12)}`);
}

/** Its failure is no news: what was to go may have gone. */
const command = (name: string, args: readonly string[]): Promise<void> =>
  new Promise((resolve) => {
    const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
    execFile(name, [...args], { env: { PATH }, timeout: goneWithinMs }, () => resolve());
  });

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

const allPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** '' for a process that has gone. */
function procFile(pid: number, name: 'cmdline' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

const processesNaming = (folder: string): number[] =>
  allPids().filter((pid) => pid !== process.pid && procFile(pid, 'cmdline').includes(folder));

/** The fields behind the program's name, which may hold anything: state, parent, … */
const statOf = (pid: number): string[] =>
  procFile(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];

const childrenOf = (parents: readonly number[]): number[] =>
  allPids().filter((pid) => parents.includes(Number(statOf(pid)[1] ?? 0)));

const isAlive = (pid: number): boolean => !['', 'Z', 'X'].includes(statOf(pid)[0] ?? '');

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended between the look and the signal.
  }
}
