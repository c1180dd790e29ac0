/**
 * The whole agent in this process, beside a fake gateway, with the control plane's signing key and a
 * client that says exactly what a test wants, byte for byte. Guarantees: loopback only; one folder;
 * everything ended and removed by `end`.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { WebSocket } from 'ws';
import type { AgentScope } from '#schemas/contract/agent.ts';
import { ticketIssuer } from '#schemas/contract/agent.ts';
import type { AgentConfig } from '../config.ts';
import type { Log } from '../log.ts';
import { serve } from '../serve.ts';
import type { FakeGateway } from './gateway.ts';
import { createFakeGateway } from './gateway.ts';
import { processSettings } from './settings.ts';

export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}
export interface Told {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
}

export interface AgentHere {
  readonly fake: FakeGateway;
  readonly publicOrigin: string;
  readonly siteOrigin: string;
  readonly dataDir: string;
  readonly config: AgentConfig;
  /** Where it listens now. */
  port(): number;
  /** Everything it logged. */
  logged(): string;
  ticket(scope: AgentScope, subject: string): Promise<string>;
  ask(ask: Ask): Promise<Told>;
  /** Asks a route of the control plane. */
  call(scope: AgentScope, path: string, body?: unknown): Promise<Told>;
  /** Enters as that user; answers the Cookie header. */
  enter(userId: string): Promise<string>;
  socket(headers: Readonly<Record<string, string>>, path?: string): WebSocket;
  restart(): Promise<void>;
  end(): Promise<void>;
}

export async function createAgentHere(changes: Partial<AgentConfig> = {}): Promise<AgentHere> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-here-'));
  const fake = await createFakeGateway();
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const { x = '' } = await exportJWK(publicKey);
  const config = settingsIn(folder, { x, fake, changes });
  let logged = '';
  const log: Log = (event, fields) => {
    logged += `${JSON.stringify({ event, ...fields })}\n`;
  };
  let agent = await serve(config, log);
  const { publicHost, publicOrigin, siteOrigin, runtimeId } = config;
  const ticket: AgentHere['ticket'] = async (scope, subject) =>
    new SignJWT({ scope, jti: randomUUID() })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: 'k1' })
      .setIssuer(ticketIssuer)
      .setAudience(runtimeId)
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(privateKey);
  const ask: AgentHere['ask'] = async (asked) =>
    told(agent.port, { ...asked, headers: { host: publicHost, ...asked.headers } });
  return {
    fake,
    publicOrigin,
    siteOrigin,
    dataDir: config.dataDir,
    config,
    port: () => agent.port,
    logged: () => logged,
    ticket,
    ask,
    call: async (scope, path, body = {}) =>
      ask({
        method: 'POST',
        path: `/agent/v1${path}`,
        headers: {
          authorization: `Bearer ${await ticket(scope, 'control-plane')}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      }),
    enter: async (userId) => {
      const { headers } = await ask(entering(await ticket('enter', userId), siteOrigin));
      return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    },
    socket: (headers, path = '/ui') =>
      new WebSocket(`ws://127.0.0.1:${agent.port}${path}`, {
        headers: { host: publicHost, ...headers },
      }),
    restart: async () => {
      await agent.close();
      agent = await serve(config, log);
    },
    end: async () => {
      await agent.close();
      await fake.close();
      await rm(folder, { recursive: true });
    },
  };
}

interface Given {
  /** Of the control plane's public key. */
  readonly x: string;
  readonly fake: FakeGateway;
  readonly changes: Partial<AgentConfig>;
}

function settingsIn(folder: string, { x, fake, changes }: Given): AgentConfig {
  return {
    ...processSettings,
    controlPlaneKeys: { keys: [{ kty: 'OKP' as const, crv: 'Ed25519' as const, x, kid: 'k1' }] },
    gatewayUrl: fake.url,
    gatewayPort: fake.port,
    listenPort: 0,
    dataDir: join(folder, 'data'),
    backupDir: join(folder, 'backups'),
    scratchDir: join(folder, 'scratch'),
    openclawStateDir: join(folder, 'openclaw'),
    scratchUrl: fake.url,
    ...changes,
  };
}

/** As the page of the site posts it. */
export function entering(
  ticket: string,
  origin: string,
  path = '/agent/v1/enter',
): Ask & { headers: OutgoingHttpHeaders } {
  return {
    method: 'POST',
    path,
    headers: {
      origin,
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-dest': 'document',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': 'cross-site',
    },
    body: new URLSearchParams({ ticket }).toString(),
  };
}

async function told(port: number, { method = 'GET', path, headers, body }: Ask): Promise<Told> {
  const { promise, resolve, reject } = Promise.withResolvers<Told>();
  const call = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false });
  call.on('response', (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('error', reject);
    answer.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const [status, text] = [answer.statusCode ?? 0, bytes.toString('utf8')];
      resolve({ status, headers: answer.headers, text, bytes });
    });
  });
  call.on('error', reject);
  call.end(body);
  return promise;
}
