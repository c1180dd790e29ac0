/**
 * The unmodified appwrite-cli, on a folder of its own. It exits 0 on most failures, so what it says
 * is kept for a person and its work is judged by reading the project again. The console's session
 * reaches it through its own preferences file (mode 0600), never through a command line.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ConsoleSession, Target } from './connect.ts';
import { SetupError } from './output.ts';

export interface Cli {
  push(
    kind: 'settings' | 'teams' | 'tables' | 'functions' | 'sites',
    ...flags: string[]
  ): Promise<void>;
}

export interface CliOptions {
  /** Holds `appwrite.json` and what it points to. */
  readonly folder: string;
  /** File that the CLI's words are added to. */
  readonly log: string;
  readonly target: Target;
  readonly session: ConsoleSession;
  readonly redact: (text: string) => string;
}

const timeoutMs = 10 * 60_000;
const outputAtMost = 16_000;
const shownAtMost = 2_000;
const script = createRequire(import.meta.url).resolve('appwrite-cli/index.js');

const writePreferences = (home: string, { target, session }: CliOptions): void => {
  mkdirSync(join(home, '.appwrite'), { recursive: true, mode: 0o700 });
  const login = {
    endpoint: target.endpoint,
    email: target.consoleEmail,
    cookie: session.cookie.reveal(),
  };
  const preferences = { current: 'deploy', deploy: login };
  writeFileSync(join(home, '.appwrite', 'prefs.json'), JSON.stringify(preferences), {
    mode: 0o600,
  });
};

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

const runCli = (options: CliOptions, home: string, args: readonly string[]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: options.folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: home, CI: '1', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-outputAtMost);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: options.redact(output) }));
  });

export const openCli = (options: CliOptions): Cli => {
  const home = join(options.folder, 'home');
  writePreferences(home, options);
  return {
    push: async (kind, ...flags) => {
      const args = ['push', kind, '--all', '--force', ...flags];
      const { code, output } = await runCli(options, home, args);
      appendFileSync(options.log, `appwrite ${args.join(' ')}\n${output}\n`, { mode: 0o600 });
      if (code === 0) return;
      const words = output.trim().slice(-shownAtMost);
      throw new SetupError(`appwrite push ${kind} failed:\n${words}\nAll of it: ${options.log}`);
    },
  };
};
