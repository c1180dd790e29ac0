/**
 * One compose project run as processes: what `docker compose up`, `stop` and `down` do to it.
 * Guarantees: operations on a project run one after the other; `stop` and `down` first end an
 * `up` that is still waiting; what runs is recorded, so that a restart starts it again.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { ComposeError, type ComposeProject } from '../compose/model.ts';
import { readJson, writeJson } from '../files.ts';
import { Container } from './container.ts';
import { ContainerLog } from './container-log.ts';
import type { Image, Images } from './images.ts';
import { imageFor, imageName } from './images.ts';
import type { PortBlock } from './ports.ts';
import { isFree } from './ports.ts';
import type { Registry } from './registry.ts';
import { renderContainer } from './render.ts';
import { type ContainerSpec, type ProjectRecord, projectRecord } from './spec.ts';
import { waitForDependencies, waitUntilUp } from './waiting.ts';

export interface ProjectDeps {
  readonly appName: string;
  readonly dataDir: string;
  readonly registry: Registry;
  readonly ingressPort: number;
  readonly ended: (container: Container) => void;
  readonly portBlock: PortBlock;
  /** Loopback ports given to any project, this one's included. */
  readonly takenPorts: () => ReadonlySet<number>;
}

/** What is to run, as the files of the last deployment and the images file say. */
export interface Fresh {
  readonly project: ComposeProject;
  readonly images: Images;
}

export interface UpRequest extends Fresh {
  readonly wait: boolean;
  readonly waitTimeoutMs: number;
  readonly removeOrphans: boolean;
  /** Receives each line `docker compose` would print. */
  readonly print: (line: string) => void;
}

export class ProjectRunner {
  readonly ports = new Map<string, number>();
  readonly volumes = new Set<string>();
  readonly #containers = new Map<string, Container>();
  readonly #deps: ProjectDeps;
  #queue: Promise<unknown> = Promise.resolve();
  #currentUp: AbortController | undefined;
  #removed = false;

  constructor(deps: ProjectDeps) {
    this.#deps = deps;
    const record = z.safeParse(projectRecord, readJson(this.#recordPath));
    if (record.success) this.#load(record.data);
  }

  get containers(): readonly Container[] {
    return [...this.#containers.values()];
  }

  get folder(): string {
    return join(this.#deps.dataDir, 'projects', this.#deps.appName);
  }

  get #recordPath(): string {
    return join(this.folder, 'project.json');
  }

  /** Throws ComposeError with the line `docker compose` would end with. */
  async up(request: UpRequest): Promise<void> {
    return this.#oneAtATime(async () => {
      const stopped = new AbortController();
      this.#currentUp = stopped;
      try {
        await this.#up(request, stopped.signal);
      } finally {
        this.#currentUp = undefined;
        this.#save();
      }
    });
  }

  async stop(options: { keepWanted?: boolean; maxGraceMs?: number } = {}): Promise<void> {
    this.#currentUp?.abort(new ComposeError('canceled'));
    return this.#oneAtATime(async () => {
      await Promise.all(
        this.containers.map((container) =>
          container.stop({
            keepWanted: options.keepWanted === true,
            graceMs: Math.min(options.maxGraceMs ?? Infinity, container.spec.stopGraceMs),
          }),
        ),
      );
      this.#save();
    });
  }

  /** Containers go; volumes only when asked. The isolated network of the real one has no twin. */
  async down(options: { deleteVolumes: boolean }): Promise<void> {
    await this.stop();
    return this.#oneAtATime(async () => {
      this.#removed = true;
      this.#containers.clear();
      rmSync(this.folder, { recursive: true, force: true });
      if (!options.deleteVolumes) return;
      for (const name of this.volumes) {
        rmSync(join(this.#volumesDir, name), { recursive: true, force: true });
      }
    });
  }

  /** `docker container prune`: what does not run is gone, with its log; volumes stay. */
  async prune(): Promise<number> {
    return this.#oneAtATime(() => {
      const idle = this.containers.filter(({ state }) => state === 'exited' || state === 'created');
      for (const { spec } of idle) {
        this.#containers.delete(spec.service);
        rmSync(join(this.folder, spec.service), { recursive: true, force: true });
      }
      if (idle.length > 0) this.#save();
      return Promise.resolve(idle.length);
    });
  }

  /**
   * After a restart of the stand-in: what Docker's daemon would start by itself. Rendered anew
   * where that is possible, since ports and image commands may be others by now.
   */
  async resume(fresh: Fresh | undefined): Promise<void> {
    return this.#oneAtATime(async () => {
      if (fresh !== undefined) await this.#renew(fresh);
      const due = this.containers.filter(
        (container) =>
          container.wanted === 'running' &&
          ['always', 'unless-stopped'].includes(container.spec.restart.kind),
      );
      await Promise.allSettled(due.map(async (container) => container.start()));
      this.#save();
    });
  }

  async #renew({ project, images }: Fresh): Promise<void> {
    await this.#allocatePorts(project);
    for (const { name, image } of project.services) {
      const present = this.#containers.get(name);
      const entry = imageFor(images, { name, image });
      if (present === undefined || entry === undefined) continue;
      try {
        const spec = this.#render(project, name, entry);
        if (spec.hash === present.spec.hash) continue;
        const renewed = this.#newContainer(spec);
        renewed.recall(present);
        this.#containers.set(name, renewed);
      } catch {
        // What was recorded still says how to start it.
      }
    }
  }

  get #volumesDir(): string {
    return join(this.#deps.dataDir, 'volumes');
  }

  async #up(request: UpRequest, signal: AbortSignal): Promise<void> {
    const { project, print } = request;
    const images = this.#resolveImages(request);
    await this.#allocatePorts(project);
    this.#makeVolumes(project, print);
    for (const service of project.services) {
      const image = images.get(service.name);
      if (image === undefined) continue;
      await this.#create(this.#render(project, service.name, image), print);
    }
    if (request.removeOrphans) await this.#removeOrphans(project, print);
    this.#save();
    for (const service of project.services) {
      await waitForDependencies({ service, containers: this.#containers, print, signal });
      await this.#start(service.name, print);
    }
    if (!request.wait) return;
    const { waitTimeoutMs } = request;
    await waitUntilUp({ project, containers: this.#containers, print, signal, waitTimeoutMs });
  }

  #resolveImages(request: UpRequest): ReadonlyMap<string, Image> {
    const resolved = new Map<string, Image>();
    for (const service of request.project.services) {
      const name = imageName(service.image);
      const image = imageFor(request.images, service);
      if (image === undefined) {
        const reason =
          `pull access denied for ${name}, repository does not exist or may require ` +
          `'docker login': denied: requested access to the resource is denied`;
        request.print(` ${service.name} Pulling `);
        request.print(` ${service.name} Error ${reason}`);
        throw new ComposeError(`Error response from daemon: ${reason}`);
      }
      resolved.set(service.name, image);
    }
    return resolved;
  }

  /** A service keeps its port for the project's life, unless somebody else sits on it. */
  async #allocatePorts(project: ComposeProject): Promise<void> {
    const { portBlock, takenPorts } = this.#deps;
    for (const { name } of project.services) {
      const known = this.ports.get(name);
      const running = this.#containers.get(name)?.state === 'running';
      const isOurs = known !== undefined && portBlock.owns(known);
      if (isOurs && (running || (await isFree(known)))) continue;
      await portBlock.allocate(takenPorts, (port) => this.ports.set(name, port));
    }
  }

  #makeVolumes(project: ComposeProject, print: (line: string) => void): void {
    for (const name of project.volumes.values()) {
      if (!this.volumes.has(name)) {
        print(` Volume "${name}"  Creating`);
        print(` Volume "${name}"  Created`);
        this.volumes.add(name);
      }
      mkdirSync(join(this.#volumesDir, name), { recursive: true, mode: 0o700 });
    }
  }

  #render(project: ComposeProject, serviceName: string, image: Image): ContainerSpec {
    const service = project.services.find((each) => each.name === serviceName);
    if (service === undefined) throw new ComposeError(`no such service: ${serviceName}`);
    const { appName, ingressPort } = this.#deps;
    const ownDir = join(this.folder, serviceName);
    const { ports } = this;
    const volumesDir = this.#volumesDir;
    try {
      return renderContainer({
        ...{ appName, project, service, image, ports, volumesDir, ownDir, ingressPort },
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      throw new ComposeError(`service "${serviceName}": image entry not usable: ${reason}`);
    }
  }

  async #create(spec: ContainerSpec, print: (line: string) => void): Promise<void> {
    const present = this.#containers.get(spec.service);
    if (present?.spec.hash === spec.hash) return;
    const [doing, done] = present ? ['Recreate', 'Recreated'] : ['Creating', 'Created'];
    print(` Container ${spec.name}  ${doing}`);
    await present?.stop();
    present?.log.remove();
    this.#containers.set(spec.service, this.#newContainer(spec));
    print(` Container ${spec.name}  ${done}`);
  }

  async #removeOrphans(project: ComposeProject, print: (line: string) => void): Promise<void> {
    const kept = new Set(project.services.map((service) => service.name));
    for (const [name, container] of this.#containers) {
      if (kept.has(name)) continue;
      print(` Container ${container.spec.name}  Stopping`);
      await container.stop();
      print(` Container ${container.spec.name}  Removed`);
      this.#containers.delete(name);
      rmSync(join(this.folder, name), { recursive: true, force: true });
    }
  }

  async #start(service: string, print: (line: string) => void): Promise<void> {
    const container = this.#containers.get(service);
    if (container === undefined) return;
    const { name, argv } = container.spec;
    if (container.state === 'running') {
      print(` Container ${name}  Running`);
      return;
    }
    print(` Container ${name}  Starting`);
    try {
      await container.start();
    } catch {
      throw new ComposeError(
        'Error response from daemon: failed to create task for container: ' +
          `exec: "${argv[0] ?? ''}": executable file not found`,
      );
    }
    print(` Container ${name}  Started`);
  }

  #newContainer(spec: ContainerSpec): Container {
    const folder = join(this.folder, spec.service);
    mkdirSync(join(folder, 'tmp'), { recursive: true, mode: 0o700 });
    return new Container(spec, {
      log: new ContainerLog(folder),
      registry: this.#deps.registry,
      ended: (container) => this.#deps.ended(container),
    });
  }

  #load(record: ProjectRecord): void {
    for (const [service, port] of Object.entries(record.ports)) this.ports.set(service, port);
    for (const name of record.volumes) this.volumes.add(name);
    for (const { spec, wanted, exitCode, finishedAt } of record.containers) {
      const container = this.#newContainer(spec);
      container.recall({ wanted, exitCode, finishedAt });
      this.#containers.set(spec.service, container);
    }
  }

  #save(): void {
    if (this.#removed) return;
    const record: ProjectRecord = {
      ports: Object.fromEntries(this.ports),
      volumes: [...this.volumes],
      containers: this.containers.map(({ spec, wanted, exitCode, finishedAt }) => ({
        ...{ spec, wanted, exitCode, finishedAt },
      })),
    };
    writeJson(this.#recordPath, record);
  }

  async #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}
