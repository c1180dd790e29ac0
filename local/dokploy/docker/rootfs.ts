/**
 * Images without a registry: this machine's own Node, the libraries it needs and given files, packed
 * and given to `docker import`. For tests and for the product on one machine; a real tenant server
 * pulls images that were built.
 * Guarantees: nothing but what is named here gets into the image; the scratch folder is gone
 * afterwards.
 */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { create } from 'tar';
import type { Docker } from './cli.ts';
import { lastLine } from './inspect.ts';

export interface ImageRecipe {
  /** `name:tag`. */
  readonly reference: string;
  /** Path in the image → file or folder of this machine. */
  readonly files: Readonly<Record<string, string>>;
  /** Path in the image → text of an executable file. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Empty folders that belong to user 1000, as volumes take them over. */
  readonly folders?: readonly string[];
  readonly entrypoint: readonly string[];
  /** What a compose file's own `command` replaces. */
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Of everything above: an image that carries the same is not made again. */
  readonly contentHash?: string;
}

export const contentLabel = 'dokploy-standin.content';
const importTimeoutMs = 5 * 60_000;
/** The user of the product's images. */
const runtimeUser = 1_000;
/** Answers as `curl -fsS URL` does, which is all that healthchecks ask of it. */
const curl = `#!/usr/bin/node
fetch(process.argv.at(-1), { signal: AbortSignal.timeout(10000) })
  .then((answer) => process.exit(answer.ok ? 0 : 22), () => process.exit(7));
`;

/** The hash an image was made with; undefined when it is not there. */
export async function contentOf(docker: Docker, reference: string): Promise<string | undefined> {
  const format = `{{index .Config.Labels "${contentLabel}"}}`;
  const args = ['image', 'inspect', '--format', format, reference];
  const { exitCode, stdout } = await docker({ args });
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** Throws when Node here is not linked as expected, or the engine does not take the image. */
export async function importImage(docker: Docker, recipe: ImageRecipe): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'image-'));
  try {
    const rootfs = join(scratch, 'rootfs');
    await fill(rootfs, recipe);
    const file = join(scratch, 'image.tar');
    await create({ file, cwd: rootfs, portable: false }, ['.']);
    const changes = changesOf(recipe).flatMap((change) => ['--change', change]);
    const args = ['import', ...changes, file, recipe.reference];
    const imported = await docker({ args, timeoutMs: importTimeoutMs });
    if (imported.exitCode !== 0) throw new Error(lastLine(imported.stderr));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function fill(rootfs: string, recipe: ImageRecipe): Promise<void> {
  const place = (path: string): string => {
    const target = join(rootfs, path);
    mkdirSync(dirname(target), { recursive: true });
    return target;
  };
  for (const library of await librariesOf(process.execPath)) {
    copyFileSync(library, place(library));
  }
  copyFileSync(process.execPath, place('/usr/bin/node'));
  writeFileSync(place('/etc/passwd'), 'root:x:0:0::/:\nnode:x:1000:1000::/home/node:\n');
  for (const [path, text] of Object.entries({ '/usr/bin/curl': curl, ...recipe.scripts })) {
    writeFileSync(place(path), text);
    chmodSync(join(rootfs, path), 0o755);
  }
  for (const [path, source] of Object.entries(recipe.files)) {
    cpSync(source, place(path), { recursive: true });
  }
  mkdirSync(join(rootfs, 'tmp'), { recursive: true });
  chmodSync(join(rootfs, 'tmp'), 0o1777);
  for (const folder of recipe.folders ?? []) ownFolder(place(folder));
}

/** Only root can give a folder away; anybody else opens it for all. */
function ownFolder(path: string): void {
  mkdirSync(path, { recursive: true });
  if (process.getuid?.() === 0) chownSync(path, runtimeUser, runtimeUser);
  else chmodSync(path, 0o777);
}

/** `ldd` prints `name => path (address)`, and the loader as a path alone. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ldd', [program], { timeout: 10_000 });
  const paths = [...stdout.matchAll(/(?:=>\s+|^\s+)(\/\S+)\s+\(0x/gm)].map(
    (match) => match[1] ?? '',
  );
  if (paths.length === 0) throw new Error('ldd names no library of Node');
  return paths;
}

function changesOf(recipe: ImageRecipe): string[] {
  const environment = { PATH: '/usr/bin', HOME: '/tmp', ...recipe.environment };
  const { contentHash } = recipe;
  return [
    ...(contentHash === undefined ? [] : [`LABEL ${contentLabel}=${contentHash}`]),
    `ENTRYPOINT ${JSON.stringify(recipe.entrypoint)}`,
    ...(recipe.command === undefined ? [] : [`CMD ${JSON.stringify(recipe.command)}`]),
    ...Object.entries(environment).map(([name, value]) => `ENV ${name}=${value}`),
  ];
}
