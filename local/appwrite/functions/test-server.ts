/** For tests: a server of its own in a folder of its own, with a key, and archives to deploy. */
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import type { ServerClock } from '../kernel/types.ts';
import { createAppwrite } from '../server.ts';
import type { RunningAppwrite } from '../server.ts';

export const PROJECT = 'local';
export const KEY = 'standard_00112233445566778899aabbccddeeff';

export interface TestServer {
  readonly url: string;
  readonly endpoint: string;
  readonly port: number;
  readonly dataDir: string;
  readonly appwrite: RunningAppwrite;
  /** Also removes the folder. */
  stop(): Promise<void>;
}

export async function startTestServer(clock?: ServerClock): Promise<TestServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'appwrite-'));
  const appwrite = await createAppwrite({
    dataDir,
    project: { id: PROJECT, key: KEY, platforms: ['app.example.com'] },
    ...(clock === undefined ? {} : { clock }),
  });
  return {
    url: appwrite.url,
    endpoint: `${appwrite.url}/v1`,
    port: appwrite.port,
    dataDir,
    appwrite,
    async stop() {
      await appwrite.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export function tarGz(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const data = Buffer.from(content);
    const block = Buffer.alloc(512);
    new Header({ path: name, type: 'File', size: data.length, mode: 0o644 }).encode(block, 0);
    return [block, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

export interface DomainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface DomainRequest {
  readonly host: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Names under `.localhost` do not resolve here: connects to loopback and names the host. */
export function askDomain(server: TestServer, asked: DomainRequest): Promise<DomainAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: '127.0.0.1',
        port: server.port,
        method: asked.method ?? 'GET',
        path: asked.path ?? '/',
        headers: { ...asked.headers, host: `${asked.host}:${String(server.port)}` },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(asked.body);
  });
}
