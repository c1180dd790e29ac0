/**
 * A tenant on this machine: the real gateway, the agent beside it, the stand-in of the issuer, and
 * the control plane's signing key. Guarantees: ports of its own, one folder, everything ended and
 * removed by `end`.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey } from 'jose';
import { scratchScript } from '#core/runtime/scratch-service.ts';
import type { AgentScope } from '#schemas/contract/agent.ts';
import {
  agentBasePath,
  agentRoutes,
  browserScopes,
  controlPlaneSubject,
  ticketIssuer,
} from '#schemas/contract/agent.ts';
import type { Started } from './processes.ts';
import { start, until } from './processes.ts';

const root = resolve(import.meta.dirname, '../../..');
export const openclawHome = process.env['OPENCLAW_INSTALL_DIR'] ?? join(root, '.local/openclaw');

/** TENANT_PORT_BASE: for two of these worlds on one machine. */
const base = Number(process.env['TENANT_PORT_BASE'] ?? 19_300);
export const ports = {
  gateway: base + 1,
  agent: base + 2,
  openai: base + 3,
  proxy: base + 4,
  scratch: base + 5,
};
export const runtimeId = 'rt_real_test';
export const publicOrigin = `http://acme.runtimes.localhost:${ports.agent}`;
export const siteOrigin = 'http://localhost:19399';
const keyId = 'test-key';
const ticketLifeSeconds = 60;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface TicketChanges {
  readonly attempt?: string;
  readonly audience?: string;
  readonly jti?: string;
  /** Whose browser holds it; the control plane when it is not said. */
  readonly subject?: string;
  readonly issuedSecondsAgo?: number;
}

export interface World {
  readonly folder: string;
  readonly openaiUrl: string;
  readonly agentUrl: string;
  /** What `state` said before the gateway had opened its port. */
  readonly firstState: Answer;
  readonly timings: Record<string, number>;
  mint(scope: AgentScope, changes?: TicketChanges): Promise<string>;
  call(scope: AgentScope, body?: unknown, changes?: TicketChanges): Promise<Answer>;
  post(scope: AgentScope, body: unknown, ticket: string): Promise<Answer>;
  /** `kill`: as a crash does, without a word. */
  restartAgent(how?: 'kill'): Promise<void>;
  /** Writes the gateway's configuration once more, as before every start of the stack. */
  bootstrap(): Promise<void>;
  /** A command of OpenClaw's own CLI on the tenant's volume; what it printed. */
  openclaw(...args: string[]): Promise<string>;
  stopGateway(): Promise<void>;
  startGateway(): Promise<void>;
  /** Everything the agent wrote to its outputs, over all its lives. */
  agentOutput(): string;
  /** The same of the gateway: what a deployer shows as its container's log. */
  gatewayOutput(): string;
  end(): Promise<void>;
}

export async function createWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'tenant-real-'));
  const stack = new Stack(folder);
  try {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: keyId };
    const firstStateOf = async (): Promise<Answer> =>
      post('state', {}, await minter(privateKey)('state'));
    const firstState = await stack.boot(JSON.stringify({ keys: [jwk] }), firstStateOf);
    const mint = minter(privateKey);
    return {
      folder,
      openaiUrl: `http://127.0.0.1:${ports.openai}`,
      agentUrl,
      firstState,
      timings: stack.timings,
      mint,
      call: async (scope, body, changes) => post(scope, body, await mint(scope, changes)),
      post,
      restartAgent: async (how) => stack.restartAgent(how),
      bootstrap: async () => stack.bootstrap(),
      openclaw: async (...args) => stack.openclaw(args),
      stopGateway: async () => stack.end('gateway'),
      startGateway: async () => stack.startGateway(),
      agentOutput: () => stack.outputOf('agent'),
      gatewayOutput: () => stack.outputOf('gateway'),
      end: async () => stack.endAll(),
    };
  } catch (error) {
    const said = stack.outputOf(null).slice(-20_000);
    await stack.endAll();
    throw new Error(`the tenant did not start\n${said}`, { cause: error });
  }
}

/** The processes of one tenant, in the order in which its compose file starts them. */
class Stack {
  readonly timings: Record<string, number> = {};
  readonly #folder: string;
  readonly #all: Started[] = [];
  #agentEnv: Record<string, string> = {};
  #gatewayEnv: Record<string, string> = {};

  constructor(folder: string) {
    this.#folder = folder;
  }

  async boot(keys: string, whileStarting: () => Promise<Answer>): Promise<Answer> {
    const openai = this.#start('openai', [join(root, 'local/openai/main.ts')], {
      OPENAI_PORT: String(ports.openai),
      OPENAI_PROXY_PORT: String(ports.proxy),
      OPENAI_DATA_DIR: join(this.#folder, 'openai'),
    });
    const { caPath } = await readyLine(openai);
    this.#agentEnv = agentEnvironment(this.#folder, keys);
    this.#gatewayEnv = gatewayEnvironment(this.#folder, caPath);
    await this.bootstrap();
    const gateway = this.startGateway();
    gateway.catch(() => undefined);
    this.#startScratch();
    await this.#startAgent();
    const answer = await whileStarting();
    await gateway;
    return answer;
  }

  async bootstrap(): Promise<void> {
    await ended(this.#start('bootstrap', [agentMain, 'bootstrap'], this.#agentEnv), 10_000);
  }

  async openclaw(args: readonly string[]): Promise<string> {
    const command = this.#start('openclaw', [openclawCli, ...args], this.#gatewayEnv);
    await ended(command, 90_000);
    return command.output();
  }

  async startGateway(): Promise<void> {
    const bootMs = performance.now();
    this.#start('gateway', [openclawCli, 'gateway'], this.#gatewayEnv);
    await until('gateway ready', 90_000, gatewayReady);
    this.timings['gatewayBootMs'] = Math.round(performance.now() - bootMs);
  }

  async restartAgent(how?: 'kill'): Promise<void> {
    if (how === 'kill') this.#all.findLast((one) => one.name === 'agent')?.signal('SIGKILL');
    await this.end('agent');
    await this.#startAgent();
  }

  async end(name: string): Promise<void> {
    await Promise.all(this.#all.filter((one) => one.name === name).map(async (one) => one.end()));
  }

  async endAll(): Promise<void> {
    await Promise.all(this.#all.map(async (one) => one.end()));
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  outputOf(name: string | null): string {
    const wanted = this.#all.filter((one) => name === null || one.name === name);
    return wanted.map((one) => `--- ${one.name}\n${one.output()}`).join('\n');
  }

  /** As the compose file has it: the same script, a folder of its own, no way out. */
  #startScratch(): void {
    const folder = join(this.#folder, 'scratch');
    mkdirSync(folder, { mode: 0o700 });
    const args = ['-c', scratchScript];
    const env = scratchEnvironment(folder, this.#gatewayEnv);
    this.#all.push(start({ name: 'scratch', program: '/bin/sh', args, env }));
  }

  async #startAgent(): Promise<void> {
    this.#start('agent', [agentMain, 'serve'], this.#agentEnv);
    await until('agent listens', 10_000, agentHealth);
  }

  #start(name: string, args: string[], env: Record<string, string>): Started {
    const started = start({ name, args, env });
    this.#all.push(started);
    return started;
  }
}

const agentUrl = `http://127.0.0.1:${ports.agent}`;
const openclawCli = join(openclawHome, 'node_modules/openclaw/openclaw.mjs');
/** AGENT_MAIN: the built bundle, to try what the image will run. */
const agentMain = process.env['AGENT_MAIN'] ?? join(root, 'tenant/agent/main.ts');

function agentEnvironment(folder: string, keys: string): Record<string, string> {
  return {
    RUNTIME_ID: runtimeId,
    RUNTIME_HOST: `acme.runtimes.localhost:${ports.agent}`,
    RUNTIME_SCHEME: 'http',
    SITE_ORIGIN: siteOrigin,
    CONTROL_PLANE_KEYS: keys,
    EXPECTED_IMAGE: 'ghcr.io/openclaw/openclaw:2026.9.6',
    GATEWAY_URL: `ws://127.0.0.1:${ports.gateway}`,
    GATEWAY_BIND: 'loopback',
    GATEWAY_PORT: String(ports.gateway),
    AGENT_ADDRESS: '127.0.0.1',
    AGENT_PORT: String(ports.agent),
    AGENT_DATA_DIR: join(folder, 'agent'),
    OPENCLAW_STATE_DIR: join(folder, 'openclaw'),
    BACKUP_DIR: join(folder, 'backups'),
    SCRATCH_DIR: join(folder, 'scratch'),
    SCRATCH_URL: `ws://127.0.0.1:${ports.scratch}`,
    CODEX_AUTHORIZE_ORIGIN: `http://127.0.0.1:${ports.openai}`,
  };
}

/** No DISPLAY, no tokens, no proxy for loopback: the same as in a container. */
function gatewayEnvironment(folder: string, caPath: string): Record<string, string> {
  const stateDir = join(folder, 'openclaw');
  return {
    HOME: folder,
    TMPDIR: folder,
    OPENCLAW_STATE_DIR: stateDir,
    OPENCLAW_CONFIG_PATH: join(stateDir, 'openclaw.json'),
    OPENCLAW_DISABLE_BONJOUR: '1',
    OPENCLAW_NO_RESPAWN: '1',
    OPENCLAW_NO_AUTO_UPDATE: '1',
    HTTPS_PROXY: `http://127.0.0.1:${ports.proxy}`,
    NODE_EXTRA_CA_CERTS: caPath,
    NO_PROXY: '127.0.0.1,localhost',
  };
}

function scratchEnvironment(
  folder: string,
  gatewayEnv: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    ...gatewayEnv,
    OPENCLAW_STATE_DIR: folder,
    OPENCLAW_CONFIG_PATH: join(folder, 'openclaw.json'),
    OPENCLAW_SKIP_CHANNELS: '1',
    OPENCLAW_SKIP_CRON: '1',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    SCRATCH_NODE: process.execPath,
    SCRATCH_ENTRY: openclawCli,
    SCRATCH_BIND: 'loopback',
    SCRATCH_PORT: String(ports.scratch),
  };
}

async function readyLine(openai: Started): Promise<{ caPath: string }> {
  return until('issuer stand-in', 15_000, async () => {
    const line = openai.output().split('\n', 1)[0] ?? '';
    return line.startsWith('{') ? (JSON.parse(line) as { caPath: string }) : null;
  });
}

async function ended(process: Started, timeoutMs: number): Promise<void> {
  const code = await until(process.name, timeoutMs, async () => process.exitCode());
  if (code !== 0) throw new Error(`${process.name} ended with ${code}\n${process.output()}`);
}

async function agentHealth(): Promise<true | null> {
  const response = await fetch(`${agentUrl}/agent/healthz`);
  return response.status === 200 ? true : null;
}

async function gatewayReady(): Promise<true | null> {
  const response = await fetch(`http://127.0.0.1:${ports.gateway}/readyz`, {
    headers: { 'x-forwarded-for': '192.0.2.1' },
  });
  return response.status === 200 ? true : null;
}

function minter(privateKey: CryptoKey): World['mint'] {
  return async (scope, changes = {}) => {
    const issuedAt = Math.floor(Date.now() / 1000) - (changes.issuedSecondsAgo ?? 0);
    const extra = changes.attempt === undefined ? {} : { attempt: changes.attempt };
    return new SignJWT({ scope, ...extra })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: keyId })
      .setIssuer(ticketIssuer)
      .setAudience(changes.audience ?? runtimeId)
      .setSubject(changes.subject ?? subjectOf(scope))
      .setJti(changes.jti ?? randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ticketLifeSeconds)
      .sign(privateKey);
  };
}

/** The user whose browser holds the ticket, or the control plane. */
export const userId = 'user_of_the_world';
function subjectOf(scope: AgentScope): string {
  return (browserScopes as readonly AgentScope[]).includes(scope) ? userId : controlPlaneSubject;
}

async function post(scope: AgentScope, body: unknown, ticket: string): Promise<Answer> {
  const response = await fetch(`${agentUrl}${agentBasePath}${agentRoutes[scope]}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ticket}`, 'content-type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
