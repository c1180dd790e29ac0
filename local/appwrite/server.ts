/**
 * An Appwrite-compatible server in this process, on loopback. `createAppwrite` resolves when it
 * answers; `stop` resolves when its sockets, timers, child processes and file are closed.
 */
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type EarlyRequests, holdEarlyRequests } from '#local/early-requests.ts';
import { assemble, type Assembly } from './assemble.ts';
import { bootstrap, type BootstrapOptions } from './console/bootstrap.ts';
import type { FunctionsOptions } from './functions/module.ts';
import { createDispatch } from './http/dispatch.ts';
import { createBoundedServer, type SlowLimits } from './http/listener.ts';
import { apiHostsOf, connect } from './http/traffic.ts';
import { realClock } from './kernel/clock.ts';
import { SERVER_VERSION } from './kernel/errors.ts';
import { openStore, type OpenStore } from './kernel/store.ts';
import type { Module, ServerClock, ServerSettings, Services } from './kernel/types.ts';

export interface AppwriteOptions extends BootstrapOptions {
  readonly dataDir: string;
  /** 0 = any free port. */
  readonly port?: number;
  /** Address to listen on; anything but loopback only on purpose. */
  readonly host?: string;
  readonly functionsDomain?: string;
  readonly sitesDomain?: string;
  readonly apiDomains?: readonly string[];
  readonly rateLimits?: boolean;
  readonly clock?: ServerClock;
  readonly functions?: FunctionsOptions;
  readonly slow?: Partial<SlowLimits>;
  readonly report?: (error: unknown) => void;
}

export interface RunningAppwrite {
  /** `http://127.0.0.1:<port>`; the API is below `/v1`. */
  readonly url: string;
  readonly port: number;
  readonly services: Services;
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 2000;

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function settingsOf(options: AppwriteOptions, port: number): ServerSettings {
  return {
    host: options.host ?? '127.0.0.1',
    port,
    dataDir: options.dataDir,
    functionsDomain: (options.functionsDomain ?? 'functions.localhost').toLowerCase(),
    sitesDomain: (options.sitesDomain ?? 'sites.localhost').toLowerCase(),
    apiDomains: (options.apiDomains ?? []).map((domain) => domain.toLowerCase()),
    version: SERVER_VERSION,
  };
}

function reportToStderr(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`appwrite: failed unexpectedly: ${text}\n`);
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => {
      server.closeAllConnections();
    }, STOP_GRACE_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function stopModules(
  modules: readonly Module[],
  report: (error: unknown) => void,
): Promise<void> {
  for (const module of [...modules].reverse()) {
    try {
      await module.lifecycle?.stop();
    } catch (error) {
      report(error);
    }
  }
}

interface Opened {
  readonly server: Server;
  readonly early: EarlyRequests;
  readonly settings: ServerSettings;
  readonly store: OpenStore;
  readonly report: (error: unknown) => void;
}

/** Brings the parts to life behind a socket that already listens. */
async function open(options: AppwriteOptions, opened: Opened): Promise<Assembly> {
  const { server, early, settings, store, report } = opened;
  const clock = options.clock ?? realClock;
  const { functions = {}, rateLimits = true } = options;
  const assembly = assemble({ store, clock, settings, report, functions, rateLimits });
  const apiHosts = apiHostsOf(settings);
  await bootstrap(assembly.house, options);
  const dispatch = createDispatch({
    routes: assembly.modules.flatMap((module) => module.routes),
    services: assembly.house.services,
    identity: assembly.identity,
    apiHosts,
    rateLimits,
    report,
  });
  const { domains, realtime, mailbox } = assembly;
  for (const module of assembly.modules) await module.lifecycle?.start();
  connect(server, { apiHosts, settings, dispatch, domains, realtime, mailbox }, report);
  early.release();
  return assembly;
}

export async function createAppwrite(options: AppwriteOptions): Promise<RunningAppwrite> {
  // The database holds API keys as the console shows them.
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const report = options.report ?? reportToStderr;
  // Listening first: the parts need to know the port, and a taken port costs nothing.
  const server = createBoundedServer(options.slow);
  const early = holdEarlyRequests(server);
  const host = options.host ?? '127.0.0.1';
  const port = await listen(server, options.port ?? 0, host);
  const settings = settingsOf(options, port);
  let store: OpenStore | undefined;
  try {
    const opened = openStore(join(options.dataDir, 'appwrite.sqlite'));
    store = opened;
    const parts = { server, early, settings, store: opened, report };
    const { modules, house } = await open(options, parts);
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      const closed = closeServer(server);
      await stopModules(modules, report);
      await closed;
      opened.close();
    };
    const { services } = house;
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    return { url, port, services, stop: () => (stopped ??= stop()) };
  } catch (error) {
    await closeServer(server);
    store?.close();
    throw error;
  }
}
