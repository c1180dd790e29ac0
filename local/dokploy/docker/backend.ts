/**
 * Compose projects on a Docker engine, by the commands that Dokploy gives.
 * Guarantees: only containers, volumes and networks of this data folder's own projects are touched;
 * after `close` none of them runs and none of our `docker` calls is left.
 */
import { existsSync } from 'node:fs';
import type {
  Backend,
  LogQuery,
  ProjectNetwork,
  RoutedRequest,
  ShownContainer,
  UpInput,
  Upstream,
} from '../backend.ts';
import { ComposeError } from '../compose/model.ts';
import type { Docker, DockerCall, DockerResult } from './cli.ts';
import { type EngineContainer, lastLine, linesOf, listContainers } from './inspect.ts';
import { checkUpCommand, imagesOfOwnProject } from './limits.ts';
import { readContainerLog } from './logs.ts';
import { type Ownership, ownerLabel, projectLabel } from './ownership.ts';
import { pruneOwn, purgeOwn } from './sweep.ts';
import { upstreamOf } from './route.ts';

/** Compose itself waits without limit for a dependency; this is ours. */
const upTimeoutMs = 20 * 60_000;
/** Longest stop grace period we render is a minute. */
const downTimeoutMs = 3 * 60_000;
/** The supervisor gives the whole stand-in 20 s. */
const shutdownGraceSeconds = 8;
/** How long the ingress believes what it saw: a health change acts within it. */
const routesBelievedMs = 500;

export const sharedNetwork = 'dokploy-network';

export interface DockerBackendOptions {
  readonly docker: Docker;
  readonly ownership: Ownership;
  readonly log: (event: string, fields: Record<string, string | number>) => void;
}

export class DockerBackend implements Backend {
  readonly #options: DockerBackendOptions;
  readonly #ownership: Ownership;
  /** Ends the `up`s that still wait when the stand-in closes. */
  readonly #closing = new AbortController();
  #routes: { readonly seen: Promise<readonly EngineContainer[]>; readonly untilMs: number };

  constructor(options: DockerBackendOptions) {
    this.#options = options;
    this.#ownership = options.ownership;
    this.#routes = { seen: Promise.resolve([]), untilMs: 0 };
  }

  async ensureNetwork({ appName, isolated, print }: ProjectNetwork): Promise<void> {
    const name = isolated ? appName : sharedNetwork;
    const found = await this.#docker({ args: ['network', 'inspect', name] });
    if (found.exitCode === 0) return;
    const label = `${ownerLabel}=${this.#ownership.owner}`;
    const args = ['network', 'create', '--attachable', '--label', label, name];
    const made = await this.#docker({ args });
    if (made.exitCode !== 0) throw new ComposeError(lastLine(made.stderr));
    if (isolated) print(made.stdout.trim());
  }

  async up(input: UpInput): Promise<void> {
    const { appName, command, print } = input;
    checkUpCommand(command.words, appName);
    await this.#refuseForeign(appName);
    const images = await this.#imagesOf(appName);
    this.#ownership.claim(appName, images);
    await this.#refusePull(input, images);
    // The last line of a failure is the reason, which the caller prints in its own place.
    let held: string | undefined;
    const { exitCode } = await this.#compose(appName, command.words.slice(5), {
      timeoutMs: upTimeoutMs,
      signal: this.#closing.signal,
      onLine: (line) => {
        if (held !== undefined) print(held);
        held = line;
      },
    });
    this.#forgetRoutes();
    if (exitCode !== 0) throw new ComposeError(held ?? `docker compose ended with ${exitCode}`);
    if (held !== undefined) print(held);
  }

  /** By name alone, as Dokploy does it: a broken file on disk does not keep it from stopping. */
  async stop(appName: string): Promise<void> {
    await this.#byName(appName, ['stop']);
  }

  /** The isolated network stays behind, as on the real one. */
  async down(appName: string, options: { readonly deleteVolumes: boolean }): Promise<void> {
    await this.#byName(appName, ['down', ...(options.deleteVolumes ? ['--volumes'] : [])]);
  }

  async containers(appName: string): Promise<readonly ShownContainer[]> {
    const own = await this.#containersOf(appName);
    if (own.length === 0) return [];
    const format = '{{.ID}}\t{{.Names}}\t{{.State}}\t{{.Status}}';
    const filter = `label=${projectLabel}=${appName}`;
    const listed = await this.#docker({
      args: ['ps', '-a', '--filter', filter, '--format', format],
    });
    if (listed.exitCode !== 0) throw new Error(lastLine(listed.stderr));
    return linesOf(listed.stdout).map((line) => {
      const [containerId = '', name = '', state = '', status = ''] = line.split('\t');
      return { containerId, name, state, status };
    });
  }

  async volumes(): Promise<readonly string[]> {
    const listed = await this.#docker({ args: ['volume', 'ls', '--format', '{{.Name}}'] });
    if (listed.exitCode !== 0) throw new Error(lastLine(listed.stderr));
    return linesOf(listed.stdout);
  }

  async readLogs(
    use: { readonly appName: string; readonly idOrName: string },
    query: LogQuery,
  ): Promise<string | undefined> {
    const own = await this.#containersOf(use.appName);
    const found = own.find(
      ({ containerId, name }) => name === use.idOrName || isIdOf(use.idOrName, containerId),
    );
    if (found === undefined) return undefined;
    return readContainerLog(this.#options.docker, found.containerId, query);
  }

  async prune(): Promise<{ readonly containers: number; readonly images: number }> {
    this.#forgetRoutes();
    return pruneOwn(this.#options.docker, this.#ownership);
  }

  async purge(): Promise<{ readonly projects: number }> {
    this.#forgetRoutes();
    return purgeOwn(this.#options.docker, this.#ownership);
  }

  async route(request: RoutedRequest): Promise<Upstream | undefined> {
    return upstreamOf(await this.#routable(), request);
  }

  async resume(): Promise<void> {
    // There from the installation on, as Dokploy's own.
    await this.ensureNetwork({ appName: '', isolated: false, print: () => undefined });
    const ids = this.#ownership.takeResumed();
    if (ids.length === 0) return;
    const started = await this.#docker({ args: ['start', ...ids], timeoutMs: downTimeoutMs });
    if (started.exitCode !== 0) {
      this.#options.log('resume_incomplete', { wanted: ids.length });
    }
  }

  /** What is stopped here and would be started by Docker's daemon is started by the next run. */
  async close(): Promise<void> {
    this.#closing.abort();
    const own = await this.#own().catch(() => []);
    const up = own.filter(({ state }) => ['running', 'restarting', 'paused'].includes(state));
    if (up.length === 0) return;
    const kept = up.filter(({ restart }) => ['always', 'unless-stopped'].includes(restart));
    this.#ownership.setResumed(kept.map(({ containerId }) => containerId));
    const isQuick = (each: EngineContainer): boolean =>
      each.stopGraceSeconds <= shutdownGraceSeconds;
    await Promise.all([
      this.#stopAll(up.filter(isQuick), []),
      this.#stopAll(
        up.filter((each) => !isQuick(each)),
        ['-t', String(shutdownGraceSeconds)],
      ),
    ]);
  }

  async #stopAll(containers: readonly EngineContainer[], flags: readonly string[]): Promise<void> {
    if (containers.length === 0) return;
    const ids = containers.map(({ containerId }) => containerId);
    const args = ['stop', ...flags, ...ids];
    const stopped = await this.#docker({ args, timeoutMs: downTimeoutMs });
    if (stopped.exitCode === 0) return;
    this.#options.log('stop_incomplete', { wanted: containers.length });
  }

  async #own(): Promise<readonly EngineContainer[]> {
    const all = await listContainers(this.#options.docker, [`label=${projectLabel}`]);
    return all.filter(({ labels }) => this.#ownership.owns(labels));
  }

  async #containersOf(appName: string): Promise<readonly EngineContainer[]> {
    const filter = `label=${projectLabel}=${appName}`;
    const all = await listContainers(this.#options.docker, [filter]);
    return all.filter(({ labels }) => this.#ownership.owns(labels));
  }

  /** Somebody else's project of that very name would be changed by ours. */
  async #refuseForeign(appName: string): Promise<void> {
    if (this.#ownership.projects.includes(appName)) return;
    const filter = `label=${projectLabel}=${appName}`;
    const present = await listContainers(this.#options.docker, [filter]);
    if (present.length === 0) return;
    throw new ComposeError(`project "${appName}" is somebody else's on this engine`);
  }

  async #imagesOf(appName: string): Promise<readonly string[]> {
    const shown = await this.#compose(appName, ['config', '--format', 'json']);
    if (shown.exitCode !== 0) throw new ComposeError(lastLine(shown.stderr));
    return imagesOfOwnProject(shown.stdout, appName);
  }

  async #refusePull(input: UpInput, images: readonly string[]): Promise<void> {
    for (const image of images) {
      const found = await this.#docker({
        args: ['image', 'inspect', '--format', '{{.Id}}', image],
      });
      if (found.exitCode === 0 || !input.pullFails()) continue;
      const reason = 'Get "https://registry.test/v2/": dial tcp: connect: connection refused';
      input.print(` ${image} Pulling `);
      input.print(` ${image} Error ${reason}`);
      throw new ComposeError(`Error response from daemon: ${reason}`);
    }
  }

  /** Without the project's folder there never was a project. */
  async #byName(appName: string, words: readonly string[]): Promise<void> {
    const cwd = this.#ownership.folderOf(appName);
    if (!existsSync(cwd) || !this.#ownership.projects.includes(appName)) return;
    const args = ['compose', '-p', appName, ...words];
    const result = await this.#docker({ args, cwd, timeoutMs: downTimeoutMs });
    this.#forgetRoutes();
    if (result.exitCode !== 0) throw new ComposeError(lastLine(result.stderr));
  }

  async #compose(
    appName: string,
    words: readonly string[],
    options: Omit<DockerCall, 'args' | 'cwd'> = {},
  ): Promise<DockerResult> {
    const args = ['compose', '-p', appName, '-f', 'docker-compose.yml', ...words];
    return this.#docker({ ...options, args, cwd: this.#ownership.folderOf(appName) });
  }

  async #docker(call: DockerCall): Promise<DockerResult> {
    return this.#options.docker(call);
  }

  async #routable(): Promise<readonly EngineContainer[]> {
    if (Date.now() < this.#routes.untilMs) return this.#routes.seen;
    const seen = this.#own();
    this.#routes = { seen, untilMs: Date.now() + routesBelievedMs };
    return seen;
  }

  #forgetRoutes(): void {
    this.#routes = { seen: Promise.resolve([]), untilMs: 0 };
  }
}

/** At least the 12 digits that docker shows. */
function isIdOf(given: string, containerId: string): boolean {
  return /^[0-9a-f]{12,64}$/.test(given) && containerId.startsWith(given);
}
