/**
 * All compose projects of this stand-in, run as processes.
 * Guarantees: after `close` nothing that was started is left; one runner per appName.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Backend,
  LogQuery,
  ProjectNetwork,
  RoutedRequest,
  ShownContainer,
  UpInput,
  Upstream,
} from '../backend.ts';
import { ComposeError, type ComposeProject } from '../compose/model.ts';
import { parseCompose } from '../compose/parse.ts';
import { readEnvFile } from '../compose/text.ts';
import { codeDirOf } from '../files.ts';
import { pickRoute, routesOf } from '../ingress/routes.ts';
import type { Container } from './container.ts';
import { loadImages } from './images.ts';
import type { PortBlock } from './ports.ts';
import { type Fresh, ProjectRunner } from './project.ts';
import type { Registry } from './registry.ts';
import { shown } from './status.ts';

const maxShutdownGraceMs = 8_000;

export interface BackendOptions {
  readonly dataDir: string;
  readonly imagesFile: string;
  readonly ingressPort: number;
  readonly registry: Registry;
  readonly portBlock: PortBlock;
  readonly log: (event: string, fields: Record<string, string | number>) => void;
}

export class ProcessBackend implements Backend {
  readonly #options: BackendOptions;
  readonly #projects = new Map<string, ProjectRunner>();
  /** Images on the machine, by the project that needed them; nothing is really pulled. */
  readonly #imagesOf = new Map<string, readonly string[]>();

  constructor(options: BackendOptions) {
    this.#options = options;
    const folder = join(options.dataDir, 'projects');
    const names = existsSync(folder) ? readdirSync(folder) : [];
    for (const name of names) this.#runner(name);
  }

  /** Throws ComposeError; the file on disk is what runs, not the row. */
  async up(input: UpInput): Promise<void> {
    const { project, warnings } = this.#read(input.appName);
    for (const warning of warnings) input.print(warning);
    this.#pull(project, input);
    const images = loadImages(this.#options.imagesFile);
    const { appName, command, print } = input;
    await this.#runner(appName).up({ ...command, print, project, images });
  }

  /** There are no networks among processes; only the id that Docker would print. */
  async ensureNetwork({ appName, isolated, print }: ProjectNetwork): Promise<void> {
    if (isolated && !this.#projects.has(appName)) print(randomBytes(32).toString('hex'));
    return Promise.resolve();
  }

  async stop(appName: string): Promise<void> {
    await this.#projects.get(appName)?.stop();
  }

  async down(appName: string, options: { deleteVolumes: boolean }): Promise<void> {
    await this.#projects.get(appName)?.down(options);
    this.#projects.delete(appName);
  }

  /**
   * The nightly clean-up: containers that do not run go, and images no container uses. Volumes
   * stay. Answers how many of each.
   */
  async prune(): Promise<{ readonly containers: number; readonly images: number }> {
    const pruned = await Promise.all(
      [...this.#projects.values()].map(async (each) => each.prune()),
    );
    const before = this.#localImages().size;
    for (const appName of this.#imagesOf.keys()) {
      if (this.#containersOf(appName).length === 0) this.#imagesOf.delete(appName);
    }
    const images = before - this.#localImages().size;
    return { containers: pruned.reduce((sum, each) => sum + each, 0), images };
  }

  async purge(): Promise<{ readonly projects: number }> {
    const names = [...this.#projects.keys()];
    await Promise.all(names.map(async (name) => this.down(name, { deleteVolumes: true })));
    rmSync(join(this.#options.dataDir, 'volumes'), { recursive: true, force: true });
    return { projects: names.length };
  }

  async containers(appName: string): Promise<readonly ShownContainer[]> {
    const now = Date.now();
    return Promise.resolve(this.#containersOf(appName).map((each) => shown(each, now)));
  }

  async volumes(): Promise<readonly string[]> {
    const folder = join(this.#options.dataDir, 'volumes');
    return Promise.resolve(existsSync(folder) ? readdirSync(folder) : []);
  }

  async readLogs(
    use: { readonly appName: string; readonly idOrName: string },
    query: LogQuery,
  ): Promise<string | undefined> {
    const found = this.#containersOf(use.appName).find(({ spec }) =>
      [spec.containerId, spec.name].includes(use.idOrName),
    );
    return Promise.resolve(found?.log.read(query));
  }

  #containersOf(appName: string): readonly Container[] {
    return this.#projects.get(appName)?.containers ?? [];
  }

  /** Loopback port behind a request, as the labels of what is wanted to run say. */
  async route(request: RoutedRequest): Promise<Upstream | undefined> {
    return Promise.resolve(this.#route(request));
  }

  #route(request: RoutedRequest): Upstream | undefined {
    const routes = [...this.#projects.values()]
      .flatMap((project) => project.containers)
      .filter((container) => container.wanted === 'running')
      .flatMap(({ spec }) => routesOf(spec.labels).map((route) => ({ ...route, spec })));
    const route = pickRoute(routes, request);
    if (route === undefined) return undefined;
    const known = route.spec.containerPorts.includes(route.containerPort);
    return { host: '127.0.0.1', port: known ? route.spec.port : 0 };
  }

  async resume(): Promise<void> {
    await Promise.all(
      [...this.#projects].map(async ([appName, runner]) => runner.resume(this.#fresh(appName))),
    );
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#projects.values()].map(async (project) =>
        project.stop({ keepWanted: true, maxGraceMs: maxShutdownGraceMs }),
      ),
    );
    await this.#options.portBlock.close();
  }

  #pull(project: ComposeProject, input: UpInput): void {
    const local = this.#localImages();
    const missing = project.services.filter(({ image }) => !local.has(image));
    if (missing.length > 0 && input.pullFails()) {
      const reason = 'Get "https://registry.test/v2/": dial tcp: connect: connection refused';
      for (const { name } of missing) input.print(` ${name} Pulling `);
      for (const { name } of missing) input.print(` ${name} Error ${reason}`);
      throw new ComposeError(`Error response from daemon: ${reason}`);
    }
    const images = project.services.map(({ image }) => image);
    this.#imagesOf.set(input.appName, images);
  }

  #localImages(): ReadonlySet<string> {
    return new Set([...this.#imagesOf.values()].flat());
  }

  #read(appName: string): ReturnType<typeof parseCompose> {
    const folder = codeDirOf(this.#options.dataDir, appName);
    const envFile = join(folder, '.env');
    return parseCompose({
      text: readFileSync(join(folder, 'docker-compose.yml'), 'utf8'),
      appName,
      variables: readEnvFile(existsSync(envFile) ? readFileSync(envFile, 'utf8') : ''),
    });
  }

  /** undefined when the files of the last deployment are gone or no longer readable. */
  #fresh(appName: string): Fresh | undefined {
    try {
      return { project: this.#read(appName).project, images: loadImages(this.#options.imagesFile) };
    } catch {
      return undefined;
    }
  }

  #runner(appName: string): ProjectRunner {
    const known = this.#projects.get(appName);
    if (known !== undefined) return known;
    const { dataDir, registry, portBlock, ingressPort } = this.#options;
    const runner = new ProjectRunner({
      ...{ appName, dataDir, registry, portBlock, ingressPort },
      ended: ({ spec, exitCode }) =>
        this.#options.log('container_ended', { name: spec.name, exitCode: exitCode ?? 0 }),
      takenPorts: () => this.#takenPorts(),
    });
    this.#projects.set(appName, runner);
    return runner;
  }

  #takenPorts(): ReadonlySet<number> {
    return new Set([...this.#projects.values()].flatMap((project) => [...project.ports.values()]));
  }
}
