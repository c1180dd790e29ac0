/** A stand-in in a folder of its own, a client for it, and waiting with a deadline. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import {
  type DokployAnswer,
  type DokployInput,
  type DokployOperation,
  dokployOperations,
} from '#schemas/wire/dokploy.ts';
import { type BackendOptions, createDokploy, type Dokploy } from '../server.ts';

export const apiKey = 'k'.repeat(64);

export interface RawAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
}

export interface Harness {
  readonly dataDir: string;
  dokploy: Dokploy;
  /** Closes the stand-in and starts another one on the same folder. */
  restart(): Promise<void>;
  remove(): Promise<void>;
  /** Through the client's schemas, both ways; throws on anything but 200. */
  call<O extends DokployOperation>(operation: O, input: DokployInput<O>): Promise<DokployAnswer<O>>;
  /** As sent and as answered. */
  raw(method: string, operation: string, input?: unknown): Promise<RawAnswer>;
  fault(body: Record<string, unknown>): Promise<void>;
  /** `prune` or `purge`, carried out now. */
  control(command: string): Promise<unknown>;
}

const nodeProgram = process.execPath;
const script = join(import.meta.dirname, 'image.mjs');

export async function createHarness(
  servers: readonly string[] = [],
  wanted?: BackendOptions,
): Promise<Harness> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dokploy-'));
  const imagesFile = join(dataDir, 'images.json');
  writeFileSync(imagesFile, JSON.stringify({ images }));
  const backend: BackendOptions = wanted ?? { kind: 'process', imagesFile };
  const start = async (): Promise<Dokploy> =>
    createDokploy({ port: 0, ingressPort: 0, apiKey, dataDir, backend, servers });
  const harness: Harness = {
    dataDir,
    dokploy: await start(),
    async restart() {
      await harness.dokploy.close();
      harness.dokploy = await start();
    },
    async remove() {
      await harness.control('purge');
      await harness.dokploy.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
    async call(operation, input) {
      const { method, answer } = dokployOperations[operation];
      const got = await harness.raw(method, operation, input);
      if (got.status !== 200) throw new Error(`${operation}: ${got.status} ${got.text}`);
      const value: unknown = got.text === '' ? undefined : JSON.parse(got.text);
      return z.parse(answer, value) as DokployAnswer<typeof operation>;
    },
    raw: async (method, operation, input) => rawCall({ harness, method, operation, input }),
    fault: async (body) => {
      await control(harness, 'faults', JSON.stringify(body));
    },
    control: async (command) => control(harness, command),
  };
  return harness;
}

async function control(harness: Harness, command: string, body?: string): Promise<unknown> {
  const response = await fetch(`${harness.dokploy.apiOrigin}/_ctl/${command}`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey },
    ...(body === undefined ? {} : { body }),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** The images known to every test: one script, told by its arguments what to be. */
const images = {
  'registry.test:5000/tiny/agent': {
    command: [nodeProgram, script],
    env: {
      DATA_DIR: '{volume:/data}',
      PORT: '{port:agent}',
      PEER: '{port:gateway}',
      STATE_DIR: '{volume:/state}',
    },
  },
  'tiny/gateway': {
    command: [nodeProgram, script, 'serve'],
    ignoreCommand: true,
    env: { DATA_DIR: '{volume:/state}', PORT: '{port:gateway}' },
  },
};

async function rawCall(use: {
  harness: Harness;
  method: string;
  operation: string;
  input: unknown;
}): Promise<RawAnswer> {
  const url = new URL(`/api/${use.operation}`, use.harness.dokploy.apiOrigin);
  const isGet = use.method === 'GET';
  for (const [name, value] of isGet ? Object.entries(use.input ?? {}) : []) {
    url.searchParams.set(name, String(value));
  }
  const response = await fetch(url, {
    method: use.method,
    headers: { 'x-api-key': apiKey, ...(isGet ? {} : { 'content-type': 'application/json' }) },
    ...(isGet ? {} : { body: JSON.stringify(use.input ?? {}) }),
  });
  const contentType = response.headers.get('content-type');
  return { status: response.status, contentType, text: await response.text() };
}

/** Asks again until the answer satisfies, at most `timeoutMs`. */
export async function eventually<T>(
  look: () => Promise<T>,
  satisfied: (value: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (satisfied(value)) return value;
    if (Date.now() > deadline) throw new Error(`not in time: ${JSON.stringify(value)}`);
    await delay(25);
  }
}

/** Through the ingress, with a Host header of our choice. */
export async function throughIngress(
  origin: string,
  host: string,
  options: { path?: string; headers?: Record<string, string> } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(origin + (options.path ?? '/'), {
      headers: { ...options.headers, host },
      agent: false,
    });
    call.on('error', reject);
    call.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const contentType = response.headers['content-type'] ?? null;
        resolve({ status: response.statusCode ?? 0, contentType, text });
      });
    });
    call.end();
  });
}

const agentTest =
  "fetch('http://127.0.0.1:8080/healthz')" + '.then(r=>process.exit(r.ok?0:1),()=>process.exit(1))';

/**
 * Patient unless sick: a busy machine takes seconds to start a process.
 * The shape of the stack the product renders: a one-shot, a gateway, the routed agent.
 */
export function composeFile(options: { sick?: boolean; greeting?: string; once?: string } = {}) {
  return `services:
  bootstrap:
    image: registry.test:5000/tiny/agent:1.0@sha256:abc
    command: ["once"${options.once === undefined ? '' : `, "${options.once}"`}]
    volumes: ["agent-data:/data"]
  gateway:
    image: tiny/gateway:2
    command: ["ignored"]
    hostname: gateway
    restart: unless-stopped
    stop_grace_period: 1s
    depends_on:
      bootstrap: { condition: service_completed_successfully }
    volumes: ["agent-data:/state"]
    healthcheck:
      test: ["CMD", "curl", "-fsS", "http://127.0.0.1:18789/healthz"]
      interval: 1s
      retries: 60
  agent:
    image: registry.test:5000/tiny/agent:1.0
    command: ["serve"]
    restart: unless-stopped
    stop_grace_period: 1s
    expose: ["8080"]
    environment:
      GREETING: ${options.greeting ?? '${GREETING}'}
      SICK: "${options.sick === true ? 1 : 0}"
    depends_on:
      bootstrap: { condition: service_completed_successfully }
      gateway: { condition: service_started }
    volumes: ["agent-data:/data"]
    healthcheck:
      test: ["CMD", "node", "-e", "${agentTest}"]
      interval: 1s
      retries: ${options.sick === true ? 2 : 60}
volumes:
  agent-data: {}
`;
}
