/**
 * The OpenAI stand-in as one object: listens on loopback, closes completely.
 * Two doors: a plain port for a person's browser and `/_ctl`, and a CONNECT proxy behind which the
 * same routes answer as https://auth.openai.com and https://chatgpt.com.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decideAuthorize, showAuthorize } from './authorize.ts';
import { listModels, respond, showUsage } from './backend.ts';
import { issueLeaf, loadAuthority } from './certificates.ts';
import { changeKnobs, listIssued, readState, resetKnobs, revoke } from './control.ts';
import { decideDevice, pollDevice, showDevice, startDevice } from './device.ts';
import type { Answer } from './http.ts';
import { BodyRefusedError, json, page, readBody, send } from './http.ts';
import { defaultKnobs } from './knobs.ts';
import { frontPage } from './pages.ts';
import { createProxy, refuseUpgrade, SERVED_HOSTS } from './proxy.ts';
import { Store } from './store.ts';
import { exchangeToken } from './token.ts';
import { newSigningKey, TokenMint } from './tokens.ts';
import type { Handler, World } from './world.ts';
import { count } from './world.ts';

export interface OpenAiOptions {
  /** 0 picks a free port. */
  readonly port: number;
  readonly proxyPort: number;
  /** Holds the CA, the signing key and the sign-ins; made when missing. */
  readonly dataDir: string;
  readonly now?: () => number;
}

export interface OpenAi {
  /** For the person's browser: same paths as https://auth.openai.com, and `/_ctl`. */
  readonly listening: string;
  /** For HTTPS_PROXY. */
  readonly proxy: string;
  /** For NODE_EXTRA_CA_CERTS. */
  readonly caPath: string;
  readonly close: () => Promise<void>;
}

const PUBLIC_ROUTES: Readonly<Record<string, Handler>> = {
  'GET /': () => page(200, frontPage()),
  'GET /oauth/authorize': showAuthorize,
  'POST /oauth/authorize': decideAuthorize,
  'POST /oauth/token': exchangeToken,
  'POST /api/accounts/deviceauth/usercode': startDevice,
  'POST /api/accounts/deviceauth/token': pollDevice,
  'GET /codex/device': showDevice,
  'POST /codex/device': decideDevice,
  'POST /backend-api/codex/responses': respond,
  'GET /backend-api/codex/models': listModels,
  'GET /backend-api/wham/usage': showUsage,
};

const CONTROL_ROUTES: Readonly<Record<string, Handler>> = {
  'GET /_ctl': readState,
  'PATCH /_ctl/knobs': changeKnobs,
  'DELETE /_ctl/knobs': resetKnobs,
  'GET /_ctl/issued': listIssued,
  'POST /_ctl/revoke': revoke,
};

/** Pages a browser posts a form to: only their own page may do so. */
const FORM_ROUTES = new Set(['POST /oauth/authorize', 'POST /codex/device']);

export async function createOpenAi(options: OpenAiOptions): Promise<OpenAi> {
  const now = options.now ?? Date.now;
  const startedAt = new Date(now());
  const authority = loadAuthority(options.dataDir, startedAt);
  const store = await Store.open(options.dataDir, newSigningKey);
  const world: World = {
    store,
    mint: new TokenMint(store, now),
    now,
    knobs: defaultKnobs(),
    requests: new Map(),
    refusedHosts: new Map(),
    turns: [],
  };
  const plain = createServer(listener(world, { ...PUBLIC_ROUTES, ...CONTROL_ROUTES }));
  plain.on('upgrade', refuseUpgrade);
  const { server: proxy, dropTunnels } = createProxy({
    leaf: issueLeaf(authority, SERVED_HOSTS, startedAt),
    handle: listener(world, PUBLIC_ROUTES),
    onRefused: (host) => count(world.refusedHosts, host),
  });
  const listening = await listen(plain, options.port);
  const proxyAddress = await listen(proxy, options.proxyPort).catch(async (error: unknown) => {
    await stop(plain);
    throw error;
  });
  return {
    listening,
    proxy: proxyAddress,
    caPath: authority.path,
    close: async () => {
      dropTunnels();
      await Promise.all([stop(plain), stop(proxy)]);
    },
  };
}

function listener(world: World, routes: Readonly<Record<string, Handler>>): RequestListener {
  return (request, response) => {
    void answer(world, routes, request)
      .catch((error: unknown) => failure(error))
      .then((answered) => {
        finish(world, { request, response, answered });
      });
  };
}

async function answer(
  world: World,
  routes: Readonly<Record<string, Handler>>,
  request: IncomingMessage,
): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://stand-in.invalid');
  const route = `${request.method ?? ''} ${url.pathname}`;
  const handle = Object.hasOwn(routes, route) ? routes[route] : undefined;
  if (handle === undefined)
    return json(404, { error: { message: 'Not found', code: 'not_found' } });
  if (isForeign(request, route)) return json(403, { error: 'Not from another site.' });
  return handle({ world, request, url, body: await readBody(request) });
}

/** Browsers name the site a request comes from; programs that are no browser send neither. */
function isForeign(request: IncomingMessage, route: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (route.includes(' /_ctl')) {
    return request.headers.origin !== undefined || (site !== undefined && site !== 'none');
  }
  return FORM_ROUTES.has(route) && site !== undefined && site !== 'same-origin' && site !== 'none';
}

function failure(error: unknown): Answer {
  if (error instanceof BodyRefusedError) return json(error.status, { error: error.message });
  process.stderr.write(`openai stand-in failed: ${String(error)}\n`);
  return json(500, { error: { message: 'The stand-in failed.', code: 'stand_in_bug' } });
}

interface Answered {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly answered: Answer;
}

function finish(world: World, { request, response, answered }: Answered): void {
  const path = (request.url ?? '').split('?')[0] ?? '';
  count(world.requests, `${request.method ?? ''} ${path} ${answered.status}`);
  if (!response.destroyed) send(response, answered);
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  return `http://127.0.0.1:${address.port}`;
}

async function stop(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
