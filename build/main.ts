/**
 * `node build/main.ts`: everything that is deployed, from source. What did not change since the
 * last build is left alone; the hash of all sources and the lock file decides.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { agentOutput, bundleAgent } from './agent.ts';
import { bundleFunctions, functionsOutput } from './functions.ts';

const root = join(import.meta.dirname, '..');
const siteOutput = join(root, 'site', 'build', '200.html');
const siteTimeoutMs = 5 * 60_000;

const hashOf = async (folders: readonly string[]): Promise<string> => {
  const hash = createHash('sha256').update(await readFile(join(root, 'package-lock.json')));
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !/\/(build|\.svelte-kit|node_modules)\//.test(file.slice(root.length)))
      .sort();
    for (const file of files) hash.update(file.slice(root.length)).update(await readFile(file));
  }
  return hash.digest('hex');
};

const buildUnlessSame = async (
  name: string,
  target: { readonly sources: readonly string[]; readonly output: string },
  work: () => Promise<unknown>,
): Promise<void> => {
  const marker = join(root, 'dist', `.${name}-hash`);
  const hash = await hashOf(target.sources);
  const before = existsSync(marker) ? await readFile(marker, 'utf8') : '';
  if (before === hash && existsSync(target.output)) return;
  await work();
  await mkdir(dirname(marker), { recursive: true });
  await writeFile(marker, hash);
};

const runInSite = (script: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, script, {
      cwd: join(root, 'site'),
      // A test runner's NODE_ENV would put Svelte's development checks into what is shipped.
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: siteTimeoutMs,
    });
    child.stdout.resume();
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${script.join(' ')} ended with ${code ?? 'a signal'}`));
    });
  });

const buildSite = async (): Promise<void> => {
  await runInSite([join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build']);
  await runInSite([join(root, 'site', 'deploy', 'defer.ts')]);
};

await buildUnlessSame(
  'functions',
  { sources: ['functions', 'schemas', 'build'], output: join(functionsOutput, 'payapp') },
  bundleFunctions,
);
await buildUnlessSame(
  'agent',
  { sources: ['tenant/agent', 'schemas', 'build'], output: agentOutput },
  bundleAgent,
);
await buildUnlessSame(
  'site',
  { sources: ['site', 'schemas', 'build'], output: siteOutput },
  buildSite,
);
