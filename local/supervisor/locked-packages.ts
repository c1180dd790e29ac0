/**
 * Packages that only one part needs, installed once from a lock file of their own into a folder of
 * `.local/`, so that nobody else pays for them. The marker is written last, so an interrupted install
 * starts over.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SetupError, step } from './output.ts';
import { node } from './paths.ts';

export interface LockedPackages {
  readonly name: string;
  /** For people: "once, about 770 MB". */
  readonly size: string;
  /** Holds package.json and package-lock.json. */
  readonly source: string;
  readonly folder: string;
  /** Entries of node_modules when it is complete, for the progress. */
  readonly expected: number;
  readonly neededBytes: number;
}

const installTimeoutMs = 15 * 60_000;

const lockHash = ({ source }: LockedPackages): string =>
  createHash('sha256')
    .update(readFileSync(join(source, 'package-lock.json')))
    .digest('hex');

const requireSpace = ({ name, folder, neededBytes }: LockedPackages): void => {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= neededBytes) return;
  const gibibytes = (bytes: number): string => (bytes / 1024 ** 3).toFixed(1);
  throw new SetupError(
    `${name} needs about ${gibibytes(neededBytes)} GiB below ${folder}; ` +
      `${gibibytes(bavail * bsize)} GiB are free. Nothing was started.`,
  );
};

const countPackages = async (folder: string): Promise<number> => {
  const entries = await readdir(join(folder, 'node_modules')).catch(() => []);
  return entries.length;
};

const runNpm = (folder: string): Promise<string> =>
  new Promise((resolve) => {
    const path = `${dirname(node)}:${process.env['PATH'] ?? ''}`;
    const child = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: installTimeoutMs,
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-2_000);
    });
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code) =>
      resolve(code === 0 ? '' : errors.trim() || `npm ended with ${code}`),
    );
  });

export const installLocked = async (packages: LockedPackages): Promise<void> => {
  const { name, size, source, folder, expected } = packages;
  const marker = join(folder, '.installed-lock');
  const hash = lockHash(packages);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === hash) return;
  requireSpace(packages);
  await step(`Installing ${name} (${size})`, async (note) => {
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
      if (existsSync(join(source, file))) copyFileSync(join(source, file), join(folder, file));
    }
    const ticker = setInterval(() => {
      void countPackages(folder).then((count) => {
        note(`${Math.min(99, Math.round((count / expected) * 100))} %`);
      });
    }, 500);
    const problem = await runNpm(folder);
    clearInterval(ticker);
    if (problem !== '') {
      throw new SetupError(
        `${name} could not be installed: ${problem}\n` +
          'Is the npm registry reachable? Run the same command again; it starts over cleanly.',
      );
    }
    note('');
    writeFileSync(marker, hash);
  });
};
