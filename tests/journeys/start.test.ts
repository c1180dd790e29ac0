/**
 * `npm start` as a person uses it: it prints an address that answers, stops on Ctrl-C, and leaves
 * nothing behind; what is in its way is said in a line, not in a stack trace.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { send } from '#local/customer/http.ts';
import { root } from '#local/supervisor/paths.ts';
import { freeBase } from '#tests/support/ports.ts';

const startTimeoutMs = 180_000;
const stopTimeoutMs = 60_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hosted-start-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves when the output matches, or with what there is when the process ends. */
  until(pattern: RegExp): Promise<string>;
  ended(): Promise<number | null>;
}

const start = (base: number): Started => {
  const child = spawn(process.execPath, [join(root, 'local/cli/bootstrap.mjs'), 'start'], {
    cwd: root,
    env: { ...process.env, HOSTED_STATE: folder, HOSTED_PORT: String(base) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const waiting: (() => void)[] = [];
  const note = (chunk: Buffer): void => {
    text += chunk.toString();
    for (const look of waiting) look();
  };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    output: () => text,
    until: (pattern) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (pattern.test(text)) resolve(text);
        };
        waiting.push(look);
        look();
        void ended.then(() => resolve(text));
      }),
    ended: () => ended,
  };
};

/** Processes that know of the state folder: parts by their environment, tenants by their volumes. */
const processesKnowing = (needle: string): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const words = ['environ', 'cmdline'].map((file) => readFileSync(`/proc/${pid}/${file}`));
        return Buffer.concat(words).includes(needle);
      } catch {
        return false;
      }
    });

describe('npm start', () => {
  it(
    'prints an address that answers, and Ctrl-C leaves nothing behind',
    async () => {
      const base = await freeBase();
      const product = start(base);
      const output = await product.until(/Stop with Ctrl-C/);
      const site = /Site\s+(\S+)/.exec(output)?.[1] ?? '';
      expect(site, output).toContain(`http://hosted.localhost:${base}/#invite=`);
      expect((await send({ method: 'GET', url: site })).status).toBe(200);
      expect(processesKnowing(folder).length).toBeGreaterThan(3);

      product.child.kill('SIGTERM');
      expect(await product.ended()).toBe(0);
      await expect.poll(() => processesKnowing(folder), { timeout: stopTimeoutMs }).toEqual([]);
    },
    startTimeoutMs,
  );

  it('leaves nothing behind when it is killed without a chance to clean up', async () => {
    const product = start(await freeBase());
    await product.until(/Starting Appwrite/);
    expect(product.output()).toContain('Starting Appwrite');
    expect(processesKnowing(folder).length).toBeGreaterThan(3);
    for (const pid of processesKnowing(folder)) {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (words.includes('local/cli/')) process.kill(Number(pid), 'SIGKILL');
    }
    await expect.poll(() => processesKnowing(folder), { timeout: stopTimeoutMs }).toEqual([]);
  });

  it('says which port is taken, in a line', async () => {
    const base = await freeBase();
    const squatter = createServer().listen(base + 1, '127.0.0.1');
    const product = start(base);
    expect(await product.ended()).toBe(1);
    squatter.close();
    expect(product.output()).toContain(`Port ${base + 1} (payapp) is taken`);
    expect(product.output()).not.toMatch(/\n\s+at /);
  });
});
