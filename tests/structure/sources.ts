/** The repository's own source files, read once for all structure tests. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** Of the project, and of what is installed apart from it. */
export const lockFiles = [
  'package-lock.json',
  'tenant/openclaw/package-lock.json',
  'tests/bench/site/lighthouse/package-lock.json',
] as const;

export interface Source {
  /** Path below the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

const isSource = (path: string): boolean => /\.(ts|mjs|js|svelte)$/.test(path);

/** Tracked and new files alike, so that a rule holds before a commit is made. */
export const sources: readonly Source[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard'],
  { cwd: root, encoding: 'utf8' },
)
  .split('\n')
  .filter((path) => isSource(path) && existsSync(join(root, path)))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

export interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

export const importsOf = (source: Source): readonly Import[] =>
  [...source.text.matchAll(importPattern)].map((match) => ({
    from: source.path,
    specifier: match[2] ?? match[3] ?? '',
    typeOnly: match[1] !== undefined,
  }));
