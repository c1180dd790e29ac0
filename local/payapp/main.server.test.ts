import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const LINKKEY = 'a+b/cdefghijklmnopqrstuvwxyz0123456789ABCDE=';

let folder: string;
let stateFile: string;
let started: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'payapp-main-'));
  stateFile = join(folder, 'state', 'payapp.json');
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
    env: { PAYAPP_STATE_FILE: stateFile, PAYAPP_LINKKEY: LINKKEY, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return chunk.toString();
}

async function fate(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

describe('the sandbox as a process', () => {
  it('says where it listens, keeps made keys to itself, and ends on SIGTERM', async () => {
    const child = run({});
    const line = await firstLine(child);
    const { listening } = JSON.parse(line) as { listening: string };
    expect((await fetch(listening)).status).toBe(200);
    const { seller } = JSON.parse(readFileSync(stateFile, 'utf8')) as {
      seller: { linkkey: string; linkval: string };
    };
    expect(seller.linkkey).toBe(LINKKEY);
    expect(seller.linkval).toHaveLength(44);
    expect(line).not.toContain(seller.linkval);
    child.kill('SIGTERM');
    expect(await fate(child)).toEqual({ code: 0, said: '' });
  });

  it('names a taken port in one line', async () => {
    const first = run({});
    const { listening } = JSON.parse(await firstLine(first)) as { listening: string };
    const { port } = new URL(listening);
    const second = await fate(run({ PAYAPP_PORT: port, PAYAPP_STATE_FILE: `${stateFile}2` }));
    expect(second).toEqual({
      code: 1,
      said: `The PayApp sandbox did not start: port ${port} is already in use\n`,
    });
  });

  it('names the setting that is wrong, and a state file that is broken', async () => {
    const wrong = await fate(run({ PAYAPP_PUBLIC_URL: 'not an address' }));
    expect(wrong.code).toBe(1);
    expect(wrong.said).toContain('PAYAPP_PUBLIC_URL');
    const child = run({});
    await firstLine(child);
    child.kill('SIGTERM');
    await fate(child);
    writeFileSync(stateFile, '{ half');
    const broken = await fate(run({}));
    expect(broken.said).toBe(
      'The PayApp sandbox did not start: the state file is not readable JSON\n',
    );
  });
});
