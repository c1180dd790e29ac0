/** The real OpenClaw gateway, installed once into `.local/openclaw` (330 packages, 770 MB). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installLocked } from './locked-packages.ts';
import { openclawFolder, root } from './paths.ts';

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
