/**
 * The embedded Appwrite as a process of its own, for tests that end it without warning and for
 * measurements: started on a folder, reachable at a fixed project with a fixed key.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';

export const projectId = 'crash';
export const key = 'standard_crash_key';
const root = join(import.meta.dirname, '..', '..', '..');
const startTimeoutMs = 30_000;
const callTimeoutMs = 30_000;

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Rejects if the connection ends before the answer is complete. */
export type Call = (method: string, path: string, body?: object) => Promise<Answer>;

export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  /** From spawn to the line that says it answers. */
  readonly startMs: number;
  readonly call: Call;
  /** Resolves when the process is gone. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

export interface ProcessOptions {
  readonly dataDir: string;
  readonly port?: number;
  /** User to run as, for folders that must not be writable. */
  readonly uid?: number;
}

function spawnServer(options: ProcessOptions): ChildProcess {
  return spawn(process.execPath, [join(root, 'local/appwrite/start.mjs')], {
    cwd: root,
    env: {
      PATH: process.env['PATH'] ?? '',
      APPWRITE_PORT: String(options.port ?? 0),
      APPWRITE_DATA_DIR: options.dataDir,
      APPWRITE_PROJECT_ID: projectId,
      APPWRITE_KEY: key,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
}

/** Port of the ready line; rejects with what the process said if it ends instead. */
function ready(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let out = '';
    let said = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`not ready in ${startTimeoutMs} ms: ${said}`));
    }, startTimeoutMs);
    child.stderr?.on('data', (chunk: Buffer) => (said = (said + String(chunk)).slice(-2_000)));
    child.stdout?.on('data', (chunk: Buffer) => {
      out += String(chunk);
      const port = /"listening":"http:\/\/[^"]+:(\d+)"/.exec(out)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
    child.once('close', () => {
      clearTimeout(timer);
      reject(new Error(said.trim()));
    });
  });
}

export function caller(port: number, agent: Agent): Call {
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const data = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const headers = {
        'x-appwrite-project': projectId,
        'x-appwrite-key': key,
        'x-appwrite-response-format': '1.9.5',
        ...(data ? { 'content-type': 'application/json', 'content-length': data.length } : {}),
      };
      const options = { host: '127.0.0.1', port, path: `/v1${path}`, method, headers, agent };
      const outgoing = request({ ...options, timeout: callTimeoutMs }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
          resolve({ status: response.statusCode ?? 0, body: parsed });
        });
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('timed out')));
      outgoing.on('error', reject);
      outgoing.end(data);
    });
}

export async function startServer(options: ProcessOptions): Promise<ServerProcess> {
  const startedAtMs = performance.now();
  const child = spawnServer(options);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await ready(child);
  const startMs = performance.now() - startedAtMs;
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  return {
    pid: child.pid ?? 0,
    port,
    startMs,
    call: caller(port, agent),
    async kill(signal) {
      child.kill(signal);
      await exited;
      agent.destroy();
    },
  };
}
