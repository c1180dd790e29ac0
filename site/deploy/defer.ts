/** `node site/deploy/defer.ts`: brings the pages of `site/build` to what `pages.ts` says. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from 'esbuild';
import * as z from 'zod/mini';
import { deferScripts } from './pages.ts';

const site = join(import.meta.dirname, '..');
const build = join(site, 'build');
const manifestFile = join(site, '.svelte-kit', 'output', 'client', '.vite', 'manifest.json');
const manifest = z
  .record(z.string(), z.object({ file: z.string() }))
  .parse(JSON.parse(await readFile(manifestFile, 'utf8')));

const wordsIn = (language: string): string => {
  const entry = manifest[`src/lib/copy/${language}/base.ts`];
  if (entry === undefined) throw new Error(`The build has no words in ${language}.`);
  return entry.file;
};

const words = { ko: wordsIn('ko'), en: wordsIn('en') };
for (const name of (await readdir(build)).filter((file) => file.endsWith('.html'))) {
  const { html, starter } = deferScripts(await readFile(join(build, name), 'utf8'), words);
  await writeFile(join(build, starter.path), starter.text);
  await writeFile(join(build, name), html);
}

// Read before the first paint: without what only its readers need.
const boot = join(build, 'boot.js');
const { code } = await transform(await readFile(boot, 'utf8'), { minify: true, target: 'es2015' });
await writeFile(boot, code);
