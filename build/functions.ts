/**
 * Bundles every function to one file, `dist/functions/<name>/main.mjs`: ESM without top-level
 * await, not minified (a minified stack prints a 100 kB line into the log).
 * The SDK brings its own copy of undici, which is 80 % of a bundle; inside the function runtime
 * Node's own fetch does the same, so it is replaced by a shim over globalThis.
 */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');
export const functionsOutput = join(root, 'dist', 'functions');

const undiciShim = `
export const fetch = (...input) => globalThis.fetch(...input);
export const FormData = globalThis.FormData;
export const Headers = globalThis.Headers;
export const Request = globalThis.Request;
export const Response = globalThis.Response;
export class Agent {}
export const setGlobalDispatcher = () => {};
export const getGlobalDispatcher = () => undefined;
export default { fetch, FormData, Headers, Request, Response, Agent };
`;

const undiciFromGlobal: Plugin = {
  name: 'undici-from-global',
  setup: (setup) => {
    setup.onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'shim' }));
    setup.onLoad({ filter: /.*/, namespace: 'shim' }, () => ({ contents: undiciShim }));
  },
};

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
    plugins: [undiciFromGlobal],
  });
  return Promise.all(
    names.map(async (name) => {
      const { size } = await stat(join(functionsOutput, name, 'main.mjs'));
      return { name, bytes: size };
    }),
  );
};
