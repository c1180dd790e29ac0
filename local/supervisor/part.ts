/**
 * One part of the product as a process of its own: started, waited for, logged, stopped.
 * A part is ready when it prints a JSON line with `listening`; everything it prints goes to its
 * log file below `.local/logs`.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SetupError } from './output.ts';
import { node, root } from './paths.ts';

export interface PartOptions {
  readonly name: string;
  /** Path below the repository. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logs: string;
}

export interface Part {
  readonly name: string;
  /** The ready line, parsed. */
  readonly ready: Readonly<Record<string, unknown>>;
  readonly pid: number;
  stop(): Promise<void>;
  /** Resolves with a sentence when the part ends without having been asked to. */
  readonly died: Promise<string>;
}

const readyTimeoutMs = 30_000;
const stopTimeoutMs = 20_000;

const parseReady = (line: string): Readonly<Record<string, unknown>> | undefined => {
  if (!line.startsWith('{"listening"')) return undefined;
  return JSON.parse(line) as Readonly<Record<string, unknown>>;
};

/** Only what a part is told: parts do not inherit the environment of whoever started them. */
const launch = (options: PartOptions): ChildProcess =>
  spawn(
    node,
    ['--import', join(root, 'local/supervisor/orphan-guard.ts'), join(root, options.script)],
    {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // Ctrl-C goes to the supervisor alone, which stops the parts in order.
      detached: true,
    },
  );

const waitForReady = (
  child: ChildProcess,
  options: PartOptions,
  log: WriteStream,
): Promise<Readonly<Record<string, unknown>>> =>
  new Promise((resolve, reject) => {
    let lastLine = '';
    const giveUp = (why: string): void => {
      const where = join(options.logs, `${options.name}.log`);
      const hint = lastLine === '' ? '' : `\nIt said: ${lastLine}`;
      reject(new SetupError(`${options.name} did not start: ${why}.${hint}\nLog: ${where}`));
    };
    const timer = setTimeout(() => giveUp('no word within 30 s'), readyTimeoutMs);
    child.once('exit', (code) => {
      clearTimeout(timer);
      giveUp(`it ended with code ${code ?? 'none'}`);
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        lastLine = line.slice(0, 300);
        const ready = parseReady(line);
        if (ready === undefined) return;
        clearTimeout(timer);
        resolve(ready);
      });
    }
  });

const stopChild = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    const force = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    child.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    child.kill('SIGTERM');
  });

export const startPart = async (options: PartOptions): Promise<Part> => {
  mkdirSync(options.logs, { recursive: true });
  const log = createWriteStream(join(options.logs, `${options.name}.log`), { flags: 'a' });
  const child = launch(options);
  const ready = await waitForReady(child, options, log).catch(async (error: unknown) => {
    await stopChild(child);
    throw error;
  });
  let stopping = false;
  const died = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      log.end();
      if (!stopping)
        resolve(`${options.name} ended by itself (${signal ?? `code ${code ?? '?'}`})`);
    });
  });
  return {
    name: options.name,
    ready,
    pid: child.pid ?? 0,
    died,
    stop: () => {
      stopping = true;
      return stopChild(child);
    },
  };
};
