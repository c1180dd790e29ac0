/** The real OpenClaw gateway, installed once into `.local/openclaw` (330 packages, 770 MB). */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { installLocked } from './locked-packages.ts';
import { step } from './output.ts';
import { node, openclawFolder, root } from './paths.ts';

const source = join(root, 'tenant', 'openclaw');

export const openclawVersion = (): string => {
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as {
    dependencies: { openclaw: string };
  };
  return manifest.dependencies.openclaw;
};

export const installOpenClaw = (): Promise<void> =>
  installLocked({
    name: `OpenClaw ${openclawVersion()}`,
    size: 'once, about 770 MB',
    source,
    folder: openclawFolder,
    expected: 330,
    neededBytes: 3 * 1024 ** 3,
  });

const othersPrefix = 'openclaw-';
const installTimeoutMs = 10 * 60_000;

/** Releases beside the pinned one, each in `.local/openclaw-<version>`. */
export const installedVersions = (): readonly {
  readonly version: string;
  readonly folder: string;
}[] => {
  const shared = dirname(openclawFolder);
  const names = existsSync(shared) ? readdirSync(shared) : [];
  return names
    .filter((name) => name.startsWith(othersPrefix))
    .map((name) => ({ version: name.slice(othersPrefix.length), folder: join(shared, name) }))
    .filter(({ folder }) => existsSync(join(folder, 'node_modules', 'openclaw', 'package.json')));
};

/** Another published release, for what is tried between two of them. Not locked, and nobody's pin. */
export const installOtherVersion = async (version: string): Promise<void> => {
  if (installedVersions().some((one) => one.version === version)) return;
  const folder = join(dirname(openclawFolder), `${othersPrefix}${version}`);
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(source, '.npmrc'), join(folder, '.npmrc'));
  // Without one npm would install into the nearest folder above that has one: this project's own.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'other', private: true }));
  const path = `${dirname(node)}:${process.env['PATH'] ?? ''}`;
  const args = ['install', `openclaw@${version}`, '--no-audit', '--no-fund', '--loglevel=error'];
  await step(`Installing OpenClaw ${version} (once, about 600 MB)`, async () => {
    await promisify(execFile)('npm', args, {
      cwd: folder,
      env: { ...process.env, PATH: path },
      timeout: installTimeoutMs,
    });
  });
};
