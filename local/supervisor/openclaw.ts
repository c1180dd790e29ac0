/**
 * The real OpenClaw gateway, installed once from its own lock file into `.local/openclaw`
 * (330 packages, 770 MB). The marker is written last, so an interrupted install starts over.
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
import { node, openclawFolder, root } from './paths.ts';

const source = join(root, 'tenant', 'openclaw');
const marker = join(openclawFolder, '.installed-lock');
const neededBytes = 3 * 1024 ** 3;
const expectedPackages = 330;
const installTimeoutMs = 15 * 60_000;

export const openclawVersion = (): string => {
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as {
    dependencies: { openclaw: string };
  };
  return manifest.dependencies.openclaw;
};

const lockHash = (): string =>
  createHash('sha256')
    .update(readFileSync(join(source, 'package-lock.json')))
    .digest('hex');

const isInstalled = (): boolean =>
  existsSync(marker) && readFileSync(marker, 'utf8') === lockHash();

const requireSpace = (): void => {
  mkdirSync(openclawFolder, { recursive: true });
  const { bavail, bsize } = statfsSync(openclawFolder);
  if (bavail * bsize >= neededBytes) return;
  throw new SetupError(
    `OpenClaw needs about 3 GiB below ${openclawFolder}; ` +
      `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB are free. Nothing was started.`,
  );
};

const countPackages = async (): Promise<number> => {
  const entries = await readdir(join(openclawFolder, 'node_modules')).catch(() => []);
  return entries.length;
};

const runNpm = (): Promise<string> =>
  new Promise((resolve) => {
    const path = `${dirname(node)}:${process.env['PATH'] ?? ''}`;
    const child = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: openclawFolder,
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

export const installOpenClaw = async (): Promise<void> => {
  if (isInstalled()) return;
  requireSpace();
  await step(`Installing OpenClaw ${openclawVersion()} (once, about 770 MB)`, async (note) => {
    for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
      if (existsSync(join(source, name)))
        copyFileSync(join(source, name), join(openclawFolder, name));
    }
    const ticker = setInterval(() => {
      void countPackages().then((count) => {
        const share = Math.min(99, Math.round((count / expectedPackages) * 100));
        note(`${share} %`);
      });
    }, 500);
    const problem = await runNpm();
    clearInterval(ticker);
    if (problem !== '') {
      throw new SetupError(
        `OpenClaw could not be installed: ${problem}\n` +
          'Is the npm registry reachable? Run the same command again; it starts over cleanly.',
      );
    }
    note('');
    writeFileSync(marker, lockHash());
  });
};
