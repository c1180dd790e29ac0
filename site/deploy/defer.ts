/** `node site/deploy/defer.ts`: brings the pages of `site/build` to what `pages.ts` says. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from 'esbuild';
import * as z from 'zod/mini';
import { deferScripts } from './pages.ts';
import type { Extra } from './pages.ts';

const site = join(import.meta.dirname, '..');
const build = join(site, 'build');
const manifestFile = join(site, '.svelte-kit', 'output', 'client', '.vite', 'manifest.json');
const manifest = z
  .record(z.string(), z.object({ file: z.string(), name: z.optional(z.string()) }))
  .parse(JSON.parse(await readFile(manifestFile, 'utf8')));

/** By its source, or by the name that `vite.config.ts` gives a file. */
const fileOf = (named: string): string => {
  const byName = Object.values(manifest).find(({ name }) => name === named);
  const entry = manifest[named] ?? byName;
  if (entry === undefined) throw new Error(`The build has no file for ${named}.`);
  return entry.file;
};

const languages = ['ko', 'en'] as const;
const words = languages.map((language): Extra => ({
  path: fileOf(`src/lib/copy/${language}/base.ts`),
  language,
}));
/** On the page with the six steps: what is shown first to whom. */
const steps: readonly Extra[] = [
  { path: fileOf('src/lib/ui/account/SignupForm.svelte'), visitor: 'invited' },
  { path: fileOf('rows'), visitor: 'seen' },
  { path: fileOf('steps'), visitor: 'seen' },
  ...languages.map((language): Extra => ({
    path: fileOf(`src/lib/copy/${language}/product.ts`),
    language,
    visitor: 'seen',
  })),
];
for (const name of (await readdir(build)).filter((file) => file.endsWith('.html'))) {
  const extras = name === 'index.html' ? [...words, ...steps] : words;
  const { html, starter } = deferScripts(await readFile(join(build, name), 'utf8'), extras);
  await writeFile(join(build, starter.path), starter.text);
  await writeFile(join(build, name), html);
}

// Read before the first paint: without what only its readers need.
const boot = join(build, 'boot.js');
const { code } = await transform(await readFile(boot, 'utf8'), { minify: true, target: 'es2015' });
await writeFile(boot, code);
