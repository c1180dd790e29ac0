/**
 * The agent as a process of its own beside a gateway that answers what it is asked, the key to its
 * tickets, and raw sockets to its door. Guarantees: loopback only, one temporary folder, everything
 * ended by `end`.
 */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentScope } from '#schemas/contract/agent.ts';
import {
  agentBasePath,
  agentRoutes,
  browserScopes,
  controlPlaneSubject,
  ticketIssuer,
} from '#schemas/contract/agent.ts';
import { bundleAgent } from '#build/agent.ts';
import type { FakeGateway, GivenAnswer } from '#tenant/agent/testing/gateway.ts';
import { createFakeGateway, hello } from '#tenant/agent/testing/gateway.ts';
import type { Started } from '#tenant/agent/testing/processes.ts';
import { start, until } from '#tenant/agent/testing/processes.ts';

const root = join(import.meta.dirname, '../../..');
export const runtimeId = 'rt_fuzzed';
export const siteOrigin = 'https://site.example';
const keyId = 'k1';
const authorizeUrl =
  'https://auth.openai.com/oauth/authorize?state=0123456789abcdef&' +
  'redirect_uri=http%3A%2F%2Flocalhost%3A1455%2Fauth%2Fcallback';

export interface Target {
  readonly port: number;
  readonly host: string;
  readonly gateway: FakeGateway;
  /** `attempt` only for the callback. */
  ticket(scope: AgentScope, attempt?: string): string;
  /** Status of an honest call, as the control plane makes it. */
  honest(scope: AgentScope, body?: unknown, attempt?: string): Promise<Response>;
  /** Everything the agent said to these bytes until either side hung up. */
  say(bytes: Buffer | string, options?: SayOptions): Promise<Said>;
  residentKib(): number;
  output(): string;
  isRunning(): boolean;
  end(): Promise<void>;
}

export interface SayOptions {
  /** Waits for the other side to hang up, as a slow client does. */
  readonly holdOpen?: boolean;
  readonly timeoutMs?: number;
}
export interface Said {
  readonly text: string;
  readonly tookMs: number;
  readonly timedOut: boolean;
}

export async function createTarget(): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-fuzz-'));
  const gateway = await createFakeGateway();
  gateway.answer = ({ method }) => answers[method] ?? { error: { code: 'INVALID_REQUEST' } };
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const keys = JSON.stringify({ keys: [{ kty: 'OKP', crv: 'Ed25519', x, kid: keyId }] });
  const port = await freePort();
  const host = `acme.runtimes.localhost:${port}`;
  const main = await bundleAgent();
  const agent = startAgent({ main, folder, gatewayUrl: gateway.url, port, host, keys });
  const end = async (): Promise<void> => {
    await agent.end();
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  };
  const base = `http://127.0.0.1:${port}`;
  try {
    await until('the agent', 20_000, async () => {
      if (agent.exitCode() !== null) throw new Error(agent.output());
      return (await fetch(`${base}/agent/healthz`)).ok ? true : null;
    });
  } catch (error) {
    await end();
    throw new Error(`the agent did not start\n${agent.output()}`, { cause: error });
  }
  const ticket: Target['ticket'] = (scope, attempt) => mint(privateKey, scope, attempt);
  return {
    port,
    host,
    gateway,
    ticket,
    honest: async (scope, body = {}, attempt) =>
      fetch(`${base}${agentBasePath}${agentRoutes[scope]}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${ticket(scope, attempt)}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      }),
    say: async (bytes, options) => say(port, bytes, options),
    residentKib: () => residentKib(agent.pid),
    output: () => agent.output(),
    isRunning: () => agent.exitCode() === null,
    end,
  };
}

const answers: Readonly<Record<string, GivenAnswer>> = {
  connect: { payload: hello },
  'models.authStatus': { payload: { providers: [] } },
  'models.authLogin': {
    payload: { done: false, step: { id: 's', type: 'text', externalUrl: authorizeUrl } },
  },
  'wizard.status': { payload: { status: 'running' } },
};

interface AgentPlace {
  readonly main: string;
  readonly folder: string;
  readonly gatewayUrl: string;
  readonly port: number;
  readonly host: string;
  readonly keys: string;
}

function startAgent({ main, folder, gatewayUrl, port, host, keys }: AgentPlace): Started {
  return start({
    name: 'agent',
    args: [...imageFlags(), main, 'serve'],
    env: {
      RUNTIME_ID: runtimeId,
      RUNTIME_HOST: host,
      RUNTIME_SCHEME: 'http',
      SITE_ORIGIN: siteOrigin,
      CONTROL_PLANE_KEYS: keys,
      GATEWAY_URL: gatewayUrl,
      GATEWAY_BIND: 'loopback',
      GATEWAY_PORT: new URL(gatewayUrl).port,
      AGENT_ADDRESS: '127.0.0.1',
      AGENT_PORT: String(port),
      AGENT_DATA_DIR: join(folder, 'agent'),
      OPENCLAW_STATE_DIR: join(folder, 'openclaw'),
      BACKUP_DIR: join(folder, 'backups'),
      SCRATCH_DIR: join(folder, 'scratch'),
      SCRATCH_URL: 'ws://127.0.0.1:9',
    },
  });
}

/** What `node` is told in the agent's image, between itself and the program. */
function imageFlags(): readonly string[] {
  const dockerfile = readFileSync(join(root, 'tenant/image/Dockerfile'), 'utf8');
  const entrypoint = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]';
  return (JSON.parse(entrypoint) as string[]).filter((part) => part.startsWith('--'));
}

function mint(privateKey: KeyObject, scope: AgentScope, attempt?: string): string {
  const iat = Math.floor(Date.now() / 1000);
  const isBrowser = (browserScopes as readonly AgentScope[]).includes(scope);
  const claims = {
    iss: ticketIssuer,
    aud: runtimeId,
    sub: isBrowser ? 'user_1' : controlPlaneSubject,
    scope,
    jti: randomUUID(),
    iat,
    exp: iat + 60,
    ...(attempt === undefined ? {} : { attempt }),
  };
  const encode = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'EdDSA', typ: 'JWT', kid: keyId })}.${encode(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}

/** A server drops its answer when the client's half ends first: so that waits for a pause. */
const firstWordMs = 300;
const pauseMs = 25;

async function say(
  port: number,
  bytes: Buffer | string,
  { holdOpen = false, timeoutMs = 8_000 }: SayOptions = {},
): Promise<Said> {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      socket.destroy();
    }, timeoutMs);
    let quiet: NodeJS.Timeout | undefined;
    const endAfter = (waitMs: number): void => {
      clearTimeout(quiet);
      if (!holdOpen) quiet = setTimeout(() => socket.end(), waitMs);
    };
    socket.on('connect', () => endAfter(firstWordMs));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      endAfter(pauseMs);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      clearTimeout(quiet);
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ text, tookMs: performance.now() - startedMs, timedOut });
    });
    socket.write(bytes);
  });
}

/** What the machine has given the process, not what it believes to use. */
function residentKib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
