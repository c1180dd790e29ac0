import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

interface Ready {
  readonly listening: string;
  readonly proxy: string;
  readonly caPath: string;
}

let folder: string;
let started: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openai-main-'));
  started = [];
});

afterEach(async () => {
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true });
});

function run(environment: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [MAIN], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  return child;
}

async function ready(child: ChildProcess): Promise<Ready> {
  const [chunk] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return JSON.parse(chunk.toString()) as Ready;
}

async function fate(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

describe('the stand-in as a process', () => {
  it('prints its doors and ends on SIGTERM with a tunnel still open', async () => {
    const child = run({ OPENAI_DATA_DIR: folder });
    const { listening, proxy, caPath } = await ready(child);
    expect((await fetch(listening)).status).toBe(200);
    expect(existsSync(caPath)).toBe(true);
    const tunnel = connect(Number(new URL(proxy).port), '127.0.0.1');
    tunnel.write('CONNECT chatgpt.com:443 HTTP/1.1\r\nhost: chatgpt.com:443\r\n\r\n');
    await once(tunnel, 'data');
    tunnel.on('error', () => undefined);
    child.kill('SIGTERM');
    expect(await fate(child)).toEqual({ code: 0, said: '' });
    tunnel.destroy();
  });

  it('names a taken port and a missing setting in one line', async () => {
    const { proxy } = await ready(run({ OPENAI_DATA_DIR: folder }));
    const { port } = new URL(proxy);
    const second = run({ OPENAI_DATA_DIR: join(folder, '2'), OPENAI_PROXY_PORT: port });
    expect(await fate(second)).toEqual({
      code: 1,
      said: `The OpenAI stand-in did not start: port ${port} is already in use\n`,
    });
    const unset = await fate(run({}));
    expect(unset).toEqual({
      code: 1,
      said: 'The OpenAI stand-in did not start: check OPENAI_DATA_DIR\n',
    });
  });
});
