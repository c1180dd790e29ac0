/**
 * An Appwrite-compatible server in this process, on loopback. `createAppwrite` resolves when it
 * answers; `stop` resolves when its sockets, timers, child processes and file are closed.
 */
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createFunctions } from '#local/appwrite/functions/module.ts';
import { createRealtime } from '#local/appwrite/realtime/module.ts';
import { createSites } from '#local/appwrite/sites/module.ts';
import { createTablesDb } from '#local/appwrite/tablesdb/module.ts';
import type { House } from './account/house.ts';
import { createIdentity, type IdentityParts } from './account/identity.ts';
import { createAccount } from './account/module.ts';
import { SESSIONS_SCHEMA, SessionStore } from './account/session-store.ts';
import { bootstrap, type BootstrapOptions } from './console/bootstrap.ts';
import { createConsole } from './console/module.ts';
import { healthModule } from './health/module.ts';
import { createDispatch, type Dispatch } from './http/dispatch.ts';
import { HTML_TYPE, notFoundPage } from './http/pages.ts';
import { hostName, splitUrl } from './http/request.ts';
import { createChangeBus } from './kernel/changes.ts';
import { realClock } from './kernel/clock.ts';
import { SERVER_VERSION } from './kernel/errors.ts';
import { newSecret } from './kernel/ids.ts';
import { openStore, type OpenStore } from './kernel/store.ts';
import type {
  DomainHandler,
  Module,
  RealtimeHandler,
  ServerClock,
  ServerSettings,
  Services,
  Store,
} from './kernel/types.ts';
import { createProjects } from './projects/module.ts';
import { ProjectStore } from './projects/project-store.ts';
import { PROJECTS_SCHEMA } from './projects/records.ts';
import { createTeams } from './teams/module.ts';
import { TEAMS_SCHEMA, TeamStore } from './teams/team-store.ts';
import { createUsers } from './users/module.ts';
import { USERS_SCHEMA, UserStore } from './users/user-store.ts';

export interface AppwriteOptions extends BootstrapOptions {
  readonly dataDir: string;
  /** 0 = any free port. */
  readonly port?: number;
  readonly host?: string;
  readonly functionsDomain?: string;
  readonly sitesDomain?: string;
  readonly apiDomains?: readonly string[];
  readonly rateLimits?: boolean;
  readonly clock?: ServerClock;
  readonly report?: (error: unknown) => void;
}

export interface RunningAppwrite {
  /** `http://127.0.0.1:<port>`; the API is below `/v1`. */
  readonly url: string;
  readonly port: number;
  readonly services: Services;
  stop(): Promise<void>;
}

const KERNEL_SCHEMA = `
CREATE TABLE IF NOT EXISTS server_secrets (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
`;

const STOP_GRACE_MS = 2000;

interface Assembly {
  readonly modules: readonly Module[];
  readonly house: House;
  readonly identity: IdentityParts;
  readonly domains: DomainHandler;
  readonly realtime: RealtimeHandler;
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Tokens stay good over a restart. */
function jwtSecret(store: Store): string {
  store
    .prepare('INSERT OR IGNORE INTO server_secrets (name, value) VALUES (?, ?)')
    .run('jwt', newSecret(64));
  const row = store.prepare('SELECT value FROM server_secrets WHERE name = ?').get('jwt');
  return String(row?.['value']);
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

function assemble(options: AppwriteOptions, store: OpenStore, settings: ServerSettings): Assembly {
  const clock = options.clock ?? realClock;
  const report = options.report ?? reportToStderr;
  store.raw.exec(
    [KERNEL_SCHEMA, PROJECTS_SCHEMA, USERS_SCHEMA, SESSIONS_SCHEMA, TEAMS_SCHEMA].join(''),
  );
  const users = new UserStore(store, clock);
  const sessions = new SessionStore(store, clock);
  const teams = new TeamStore(store, clock);
  const projects = new ProjectStore(store, clock);
  const parts = { clock, users, sessions, teams, projects, jwtSecret: jwtSecret(store) };
  const changes = createChangeBus(report);
  const services = { store, clock, changes, identity: createIdentity(parts), settings };
  const modules: Module[] = [];
  const forgetProject = (projectId: string): void => {
    for (const module of modules) module.forgetProject?.(projectId);
  };
  const house: House = { ...parts, services, forgetProject };
  const functions = createFunctions(services);
  const realtime = createRealtime(services);
  modules.push(healthModule, createAccount(house), createUsers(house), createTeams(house));
  modules.push(createProjects(house), createConsole(house), createTablesDb(services));
  modules.push(createSites(services), functions, realtime);
  for (const module of modules) store.raw.exec(module.schema);
  return {
    modules,
    house,
    identity: parts,
    domains: functions.domains,
    realtime: realtime.realtime,
  };
}

function reportToStderr(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`appwrite: failed unexpectedly: ${text}\n`);
}

/** Names under which the API itself answers. */
function apiHostsOf(settings: ServerSettings): ReadonlySet<string> {
  return new Set(['127.0.0.1', '::1', 'localhost', settings.host, ...settings.apiDomains]);
}

const under = (host: string, domain: string): boolean => host.endsWith(`.${domain}`);

function answerUnknownDomain(response: ServerResponse): void {
  const page = notFoundPage('Rule not found', 'This domain is not connected to any resource.');
  response.writeHead(404, { 'content-type': HTML_TYPE }).end(page);
}

interface Traffic {
  readonly apiHosts: ReadonlySet<string>;
  readonly settings: ServerSettings;
  readonly dispatch: Dispatch;
  readonly assembly: Assembly;
}

async function route(
  traffic: Traffic,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const host = hostName(request.headers.host);
  const { settings } = traffic;
  if (!traffic.apiHosts.has(host) && host !== '') {
    if (await traffic.assembly.domains.handle(request, response, host)) return;
    if (under(host, settings.functionsDomain) || under(host, settings.sitesDomain)) {
      answerUnknownDomain(response);
      return;
    }
  }
  await traffic.dispatch(request, response);
}

function upgrade(traffic: Traffic, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  if (splitUrl(request.url ?? '').path === '/realtime') {
    traffic.assembly.realtime.upgrade(request, socket, head);
    return;
  }
  socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
}

function connect(server: Server, traffic: Traffic, report: (error: unknown) => void): void {
  server.on('request', (request, response) => {
    route(traffic, request, response).catch((error: unknown) => {
      report(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    upgrade(traffic, request, socket, head);
  });
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
  readonly settings: ServerSettings;
  readonly store: OpenStore;
  readonly report: (error: unknown) => void;
}

/** Brings the parts to life behind a socket that already listens. */
async function open(options: AppwriteOptions, opened: Opened): Promise<Assembly> {
  const { server, settings, store, report } = opened;
  const assembly = assemble(options, store, settings);
  const apiHosts = apiHostsOf(settings);
  await bootstrap(assembly.house, options);
  const dispatch = createDispatch({
    routes: assembly.modules.flatMap((module) => module.routes),
    services: assembly.house.services,
    identity: assembly.identity,
    apiHosts,
    rateLimits: options.rateLimits ?? true,
    report,
  });
  connect(server, { apiHosts, settings, dispatch, assembly }, report);
  for (const module of assembly.modules) await module.lifecycle?.start();
  return assembly;
}

export async function createAppwrite(options: AppwriteOptions): Promise<RunningAppwrite> {
  // The database holds API keys as the console shows them.
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const report = options.report ?? reportToStderr;
  // Listening first: the parts need to know the port, and a taken port costs nothing.
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 120_000 });
  const host = options.host ?? '127.0.0.1';
  const port = await listen(server, options.port ?? 0, host);
  const settings = settingsOf(options, port);
  let store: OpenStore | undefined;
  try {
    const opened = openStore(join(options.dataDir, 'appwrite.sqlite'));
    store = opened;
    const { modules, house } = await open(options, { server, settings, store: opened, report });
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      const closed = closeServer(server);
      await stopModules(modules, report);
      await closed;
      opened.close();
    };
    const { services } = house;
    return { url: `http://${host}:${port}`, port, services, stop: () => (stopped ??= stop()) };
  } catch (error) {
    await closeServer(server);
    store?.close();
    throw error;
  }
}
