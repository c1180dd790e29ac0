/**
 * A build command of a deployment: run by `bash -c` in the build folder, with a limit on time and
 * log, in a process group of its own so that nothing of it outlives the build.
 */
import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly ok: boolean;
  readonly log: string;
}

export interface CommandOptions {
  readonly command: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Ends the command at once when the server stops. */
  readonly signal: AbortSignal;
}

const MAX_LOG_CHARS = 200_000;

export function runCommand(options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', options.command], {
      cwd: options.folder,
      env: { ...options.env, PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: options.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let log = '';
    const add = (text: string): void => {
      if (log.length < MAX_LOG_CHARS) log = (log + text).slice(0, MAX_LOG_CHARS);
    };
    const endGroup = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group is already gone.
      }
    };
    const timer = setTimeout(() => {
      add('\nThe build took too long and was ended.\n');
      endGroup();
    }, options.timeoutMs);
    options.signal.addEventListener('abort', endGroup, { once: true });
    child.stdout.on('data', (chunk: Buffer) => add(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => add(chunk.toString()));
    child.once('error', (error) => add(error.message));
    child.once('close', (code) => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', endGroup);
      endGroup();
      resolve({ ok: code === 0, log });
    });
  });
}
