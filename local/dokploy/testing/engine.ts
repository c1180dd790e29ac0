/**
 * A Docker engine for tests: the one that runs here, or one of our own where this process is root
 * and Docker is installed; it lives in a folder of its own and ends with the tests.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createDocker } from '../docker/cli.ts';
import { findCompose, requireEngine } from '../docker/engine.ts';

export interface TestEngine {
  /** By what `docker` finds it. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string>>;

/** Where `npm test` puts Compose on a system whose packages have none. */
const ownPlugins = join(import.meta.dirname, '../../../.local/docker');
const readyWithinMs = 30_000;
const stopWithinMs = 30_000;

/** `why`: in a few words why there is no engine. */
export async function openEngine(): Promise<TestEngine | { readonly why: string }> {
  const environment = await findCompose(process.env, ownPlugins);
  if (environment === undefined) return { why: 'docker compose is not installed' };
  const problem = await whyNot(environment);
  if (problem === undefined) return { environment, stop: () => Promise.resolve() };
  const program = ['/usr/sbin/dockerd', '/usr/bin/dockerd'].find((path) => existsSync(path));
  if (program === undefined || process.getuid?.() !== 0) return { why: problem };
  return startEngine(program, environment);
}

async function whyNot(environment: Environment): Promise<string | undefined> {
  try {
    await requireEngine(createDocker(environment));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown';
  }
}

async function startEngine(
  program: string,
  found: Environment,
): Promise<TestEngine | { readonly why: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const host = `unix://${join(folder, 'docker.sock')}`;
  // No default bridge: it would outlive the engine, and Compose makes its own networks.
  const paths = ['data-root', 'exec-root', 'pidfile'].flatMap((name) => [
    `--${name}`,
    join(folder, name),
  ]);
  const args = ['--host', host, '--bridge', 'none', '--log-level', 'error', ...paths];
  const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  const child = spawn(program, args, { stdio: 'ignore', env: { PATH }, detached: true });
  child.on('error', () => undefined);
  const onExit = (): void => void child.kill('SIGTERM');
  process.once('exit', onExit);
  const stop = async (): Promise<void> => {
    process.off('exit', onExit);
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const environment = { ...found, DOCKER_HOST: host };
  const why = await readiness(child, environment);
  if (why === undefined) return { environment, stop };
  await stop();
  return { why };
}

/** undefined as soon as it answers. */
async function readiness(child: ChildProcess, environment: Environment) {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    const why = await whyNot(environment);
    if (why === undefined) return undefined;
    if (child.exitCode !== null) return `dockerd ended at once (${child.exitCode})`;
    if (Date.now() > deadline) return why;
    await delay(200);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
  await gone;
  clearTimeout(kill);
}
