/**
 * `npm run bench`: sizes and times that have an aim. Reports; fails nothing, because the machine it
 * runs on is not ours. Import times are of a cold process, the median of several.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const root = join(import.meta.dirname, '..', '..');
const runs = 11;

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;

/** Milliseconds from before the import to after it, in a process of its own. */
const importMs = (file: string): number => {
  const script =
    `const t = performance.now(); await import(${JSON.stringify(file)});` +
    'console.log(performance.now() - t);';
  const once = (): number =>
    Number(execFileSync(process.execPath, ['--input-type=module', '-e', script]).toString());
  return median(Array.from({ length: runs }, once));
};

const row = (name: string, value: string, aim: string): void => {
  console.log(`${name.padEnd(28)} ${value.padStart(22)}   ${aim}`);
};

const functionsFolder = join(root, 'dist', 'functions');
for (const name of readdirSync(functionsFolder).sort()) {
  const file = join(functionsFolder, name, 'main.mjs');
  const kilobytes = (statSync(file).size / 1_000).toFixed(1);
  const aim = name === 'payapp' ? 'aim ≤90 kB, no SDK' : 'aim ≤130 kB, ≤45 ms';
  row(`function ${name}`, `${kilobytes} kB  ${importMs(file).toFixed(0)} ms`, aim);
}

/** Scripts the first page names: what a browser loads before anything is clicked. */
const siteFolder = join(root, 'site', 'build');
const page = readFileSync(join(siteFolder, 'index.html'), 'utf8')
  // Nobody fetches the words of two languages.
  .replace(/<link [^>]*data-words="en"[^>]*>/, '');
const queue = [...page.matchAll(/["'(](?:\.?\/)?(_app\/[^"')]+\.js)/g)].map((m) => m[1] ?? '');
const loaded = new Set<string>();
let gzipBytes = 0;
for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
  if (loaded.has(path)) continue;
  loaded.add(path);
  const text = readFileSync(join(siteFolder, path), 'utf8');
  gzipBytes += gzipSync(text, { level: 9 }).length;
  for (const match of text.matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g)) {
    queue.push(join(path, '..', match[1] ?? ''));
  }
}
row(
  'first page, JavaScript',
  `${(gzipBytes / 1_000).toFixed(1)} kB gz, ${loaded.size} files`,
  'aim ≤50 kB gz',
);
