/**
 * Processes for the test against the real gateway. Guarantees: each is started in a group of its
 * own and ended with it; what it wrote is kept (bounded) for the failure message.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pause } from '../deadline.ts';

const keptOutputChars = 500_000;
const endTimeoutMs = 15_000;

export interface Started {
  readonly name: string;
  readonly pid: number;
  output(): string;
  /** Null while it runs. */
  exitCode(): number | null;
  signal(name: NodeJS.Signals): void;
  end(): Promise<void>;
}

export interface StartOptions {
  readonly name: string;
  readonly args: readonly string[];
  /** Node when it is not said. */
  readonly program?: string;
  readonly env: Readonly<Record<string, string>>;
}

export function start({ name, args, env, program = process.execPath }: StartOptions): Started {
  const child = spawn(program, [...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-keptOutputChars);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = once(child, 'exit');
  const signal = (wanted: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, wanted);
    } catch {
      // Gone already.
    }
  };
  return {
    name,
    pid: child.pid ?? 0,
    output: () => output,
    exitCode: () => child.exitCode,
    signal,
    end: async () => {
      signal('SIGTERM');
      const timer = setTimeout(() => signal('SIGKILL'), endTimeoutMs);
      if (child.exitCode === null && child.signalCode === null) await ended;
      clearTimeout(timer);
    },
  };
}

/** Asks until the answer is not null; fails loudly with what the process said when it died. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<T | null>,
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const found = await ask().catch(() => null);
    if (found !== null) return found;
    if (performance.now() > deadlineMs) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await pause(50);
  }
}
