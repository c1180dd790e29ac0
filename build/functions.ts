/**
 * Bundles every function to one file, `dist/functions/<name>/main.mjs`: ESM without top-level
 * await, not minified (a minified stack prints a 100 kB line into the log).
 */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
export const functionsOutput = join(root, 'dist', 'functions');

export interface Bundle {
  readonly name: string;
  readonly bytes: number;
}

export const bundleFunctions = async (): Promise<readonly Bundle[]> => {
  const entries = join(root, 'functions', 'entry');
  const names = (await readdir(entries)).sort();
  await rm(functionsOutput, { recursive: true, force: true });
  await mkdir(functionsOutput, { recursive: true });
  await build({
    entryPoints: names.map((name) => ({ in: join(entries, name, 'main.ts'), out: `${name}/main` })),
    outdir: functionsOutput,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    legalComments: 'none',
    logLevel: 'warning',
  });
  return Promise.all(
    names.map(async (name) => {
      const { size } = await stat(join(functionsOutput, name, 'main.mjs'));
      return { name, bytes: size };
    }),
  );
};
