/**
 * What the web SDK is tried in: the embedded server, which can be restarted on its port, a site of
 * one page on another origin, and Chromium. Names under `.localhost` resolve in Chromium only.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Client, Functions, Runtime, TablesDB } from 'node-appwrite';
import { InputFile } from 'node-appwrite/file';
import { chromium } from 'playwright-core';
import type { BrowserContext, Page } from 'playwright-core';
import { vi } from 'vitest';
import { tarGz } from '#local/appwrite/functions/test-server.ts';
import { createAppwrite } from '#local/appwrite/server.ts';
import type { RunningAppwrite } from '#local/appwrite/server.ts';
import { chromiumPath } from '#local/cli/test.ts';
import type { Commands } from './page.ts';

const projectId = 'shop';
const key = 'standard_web_key';
export const apiHost = 'api.hosted.localhost';

export interface Tab {
  readonly page: Page;
  /** Runs one command of the page's program. */
  tell<Name extends keyof Commands>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<Awaited<ReturnType<Commands[Name]>>>;
  /** What the SDK keeps for browsers that drop the cookie. */
  fallback(): Promise<Readonly<Record<string, string>> | null>;
  cookieNames(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface WebWorld {
  readonly endpoint: string;
  /** For Node, which cannot resolve the names. */
  readonly localEndpoint: string;
  readonly tables: TablesDB;
  /** A browser of its own on the page under this host name. */
  visit(host: string): Promise<Tab>;
  siteOrigin(host: string): string;
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  close(): Promise<void>;
}

const bundlePage = async (): Promise<string> => {
  const entry = fileURLToPath(new URL('page.ts', import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
};

interface Site {
  readonly port: number;
  close(): Promise<void>;
}

const openSite = async (script: string): Promise<Site> => {
  const html = '<!doctype html><title>page</title><script src="/page.js"></script>';
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    const type = isScript ? 'text/javascript' : 'text/html; charset=utf-8';
    response.writeHead(200, { 'content-type': type }).end(isScript ? script : html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const echo = `export default ({ req, res, log }) => {
  log('echo');
  return res.text([req.method, req.path, req.query.q, req.headers['x-extra'],
    req.headers['x-appwrite-user-id'], req.body].join(' '));
};`;

const furnish = async (client: Client): Promise<void> => {
  const tables = new TablesDB(client);
  const place = { databaseId: 'main', tableId: 'notes' };
  await tables.create({ databaseId: 'main', name: 'main' });
  const permissions = ['create("users")'];
  await tables.createTable({ ...place, name: 'notes', permissions, rowSecurity: true });
  await tables.createVarcharColumn({ ...place, key: 'title', size: 40, required: true });
  const functions = new Functions(client);
  const functionId = 'echo';
  const code = { runtime: Runtime.Node22, entrypoint: 'main.mjs', execute: ['users'] };
  await functions.create({ functionId, name: 'echo', ...code });
  const archive = InputFile.fromBuffer(tarGz({ 'main.mjs': echo }), 'code.tar.gz');
  await functions.createDeployment({ functionId, code: archive, activate: true });
  await vi.waitFor(
    async () => {
      if (!(await functions.get({ functionId })).live) throw new Error('not live yet');
    },
    { timeout: 20_000 },
  );
};

const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

type Commanded = Record<string, (...all: unknown[]) => unknown>;

const openTab = async (context: BrowserContext, url: string, endpoint: string): Promise<Tab> => {
  const page = await context.newPage();
  await page.goto(url);
  const tell = ((name: string, ...args: unknown[]) =>
    page.evaluate(
      ([which, given]) => {
        const { commands } = globalThis as unknown as { commands: Commanded };
        return commands[which]?.(...given);
      },
      [name, args] as const,
    )) as Tab['tell'];
  await tell('open', endpoint, projectId);
  return {
    page,
    tell,
    fallback: async () => {
      const text = await page.evaluate('localStorage.getItem("cookieFallback")');
      return typeof text === 'string' ? (JSON.parse(text) as Record<string, string>) : null;
    },
    cookieNames: async () => (await context.cookies()).map((cookie) => cookie.name),
    close: () => context.close(),
  };
};

export const openWebWorld = async (platforms: readonly string[]): Promise<WebWorld> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'web-'));
  const start = (port: number): Promise<RunningAppwrite> =>
    createAppwrite({
      dataDir,
      port,
      apiDomains: [apiHost],
      rateLimits: false,
      project: { id: projectId, key, platforms },
    });
  let server = await start(0);
  const { port } = server;
  const localEndpoint = `${server.url}/v1`;
  const client = new Client().setEndpoint(localEndpoint).setProject(projectId).setKey(key);
  await furnish(client);
  const site = await openSite(await bundlePage());
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumFlags });
  const endpoint = `http://${apiHost}:${port}/v1`;
  const siteOrigin = (host: string): string => `http://${host}:${site.port}`;
  return {
    endpoint,
    localEndpoint,
    tables: new TablesDB(client),
    siteOrigin,
    visit: async (host) => openTab(await browser.newContext(), `${siteOrigin(host)}/`, endpoint),
    stopServer: () => server.stop(),
    startServer: async () => {
      server = await start(port);
    },
    close: async () => {
      await browser.close();
      await site.close();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
