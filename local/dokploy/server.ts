/**
 * The stand-in as a whole: API, queue, backend, ingress.
 * Guarantees: `createDokploy` resolves when both ports listen, rejects without leaving anything
 * behind; `close` returns when no tenant process, socket or timer of this run is left.
 */
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { holdEarlyRequests } from '#local/early-requests.ts';
import { createHandler } from './api/handler.ts';
import type { World } from './api/operation.ts';
import type { Backend } from './backend.ts';
import { Deployer } from './deploy/deployer.ts';
import { DeploymentQueue } from './deploy/queue.ts';
import { DockerBackend } from './docker/backend.ts';
import { createDocker } from './docker/cli.ts';
import { requireEngine } from './docker/engine.ts';
import { Ownership } from './docker/ownership.ts';
import { FaultPlan } from './faults.ts';
import { createIngress, type Ingress } from './ingress/proxy.ts';
import { ProcessBackend } from './process/backend.ts';
import { PortBlock } from './process/ports.ts';
import { loadImages } from './process/images.ts';
import { Registry } from './process/registry.ts';
import { Store } from './store.ts';

export interface DokployOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly ingressPort: number;
  /** 64 characters, as Dokploy's own keys. */
  readonly apiKey: string;
  readonly dataDir: string;
  readonly backend: BackendOptions;
  /** Names of further "servers": queues of their own, all on this machine. */
  readonly servers?: readonly string[];
  readonly jobStartDelayMs?: number;
  /** One call per decision; never given env, bodies or keys. */
  readonly log?: (event: string, fields: Record<string, string | number>) => void;
}

export type BackendOptions =
  | { readonly kind: 'process'; readonly imagesFile: string }
  /** `environment`: what `docker` finds its engine by; see `dockerEnvironment`. */
  | { readonly kind: 'docker'; readonly environment: Readonly<Record<string, string>> };

export interface Dokploy {
  readonly apiOrigin: string;
  readonly ingressOrigin: string;
  close(): Promise<void>;
}

export async function createDokploy(options: DokployOptions): Promise<Dokploy> {
  if (options.apiKey.length !== 64) throw new Error('DOKPLOY_API_KEY must have 64 characters');
  await refuseUnusable(options.backend);
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const log = options.log ?? (() => undefined);
  const { registry, endedLeftovers } = await Registry.open(options.dataDir);
  if (endedLeftovers > 0) log('leftovers_ended', { count: endedLeftovers });

  const api = createServer({ keepAliveTimeout: 5_000, requestTimeout: 60_000 });
  const early = holdEarlyRequests(api);
  const late: { backend?: Backend } = {};
  const ingress = createIngress(async (request) => late.backend?.route(request));
  let parts: Awaited<ReturnType<typeof assemble>>;
  try {
    await listen(api, options.port);
    await listen(ingress.server, options.ingressPort);
    parts = await assemble(options, { registry, log, ingressPort: portOf(ingress.server) });
  } catch (error) {
    await Promise.all([closeServer(api), closeServer(ingress.server), registry.close()]);
    throw error;
  }
  late.backend = parts.world.backend;
  const handler = createHandler({ ...parts, apiKey: options.apiKey, log });
  api.on('request', (request, response) => {
    handler(request, response).catch((error: unknown) => {
      log('call_crashed', { reason: error instanceof Error ? error.name : 'unknown' });
      response.destroy();
    });
  });
  early.release();
  await parts.world.backend.resume();
  return {
    apiOrigin: `http://127.0.0.1:${portOf(api)}`,
    ingressOrigin: `http://127.0.0.1:${portOf(ingress.server)}`,
    close: once(async () => shutDown({ api, ingress, registry, world: parts.world })),
  };
}

/** Throws one clear line before anything is opened. */
async function refuseUnusable(backend: BackendOptions): Promise<void> {
  if (backend.kind === 'process') loadImages(backend.imagesFile);
  else await requireEngine(createDocker(backend.environment));
}

interface Parts {
  readonly registry: Registry;
  readonly ingressPort: number;
  readonly log: NonNullable<DokployOptions['log']>;
}

async function newBackend({ backend, dataDir }: DokployOptions, parts: Parts): Promise<Backend> {
  if (backend.kind === 'process') {
    const { imagesFile } = backend;
    const portBlock = await PortBlock.open(dataDir);
    return new ProcessBackend({ ...parts, dataDir, imagesFile, portBlock });
  }
  const docker = createDocker(backend.environment);
  return new DockerBackend({ docker, ownership: new Ownership(dataDir), log: parts.log });
}

async function assemble(
  options: DokployOptions,
  use: Parts,
): Promise<{ world: World; faults: FaultPlan }> {
  const { dataDir } = options;
  const { registry, ingressPort, log } = use;
  const faults = new FaultPlan();
  const store = new Store(dataDir, options.servers ?? []);
  const backend = await newBackend(options, { registry, ingressPort, log });
  const jobStartDelayMs = options.jobStartDelayMs ?? 50;
  const deployer = new Deployer({ dataDir, store, backend, faults, jobStartDelayMs, log });
  const queue = new DeploymentQueue(async (job) => deployer.run(job));
  return { world: { store, queue, deployer, backend, dataDir }, faults };
}

async function shutDown(use: {
  api: Server;
  ingress: Ingress;
  registry: Registry;
  world: World;
}): Promise<void> {
  const { deployer, queue, backend } = use.world;
  deployer.close();
  use.ingress.endUpgraded();
  await Promise.all([closeServer(use.api), closeServer(use.ingress.server)]);
  const queueClosed = queue.close();
  await backend.close();
  await queueClosed;
  await use.registry.close();
}

async function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return async () => (running ??= work());
}
