/** What we build on: licences that may be shipped, and workflows whose parts cannot change by name. */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { lockFiles, root } from './sources.ts';

const allowed: ReadonlySet<string> = new Set([
  ...['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'Apache-2.0'],
  // Changes to their own files would have to be published; nothing of them is changed.
  ...['MPL-2.0', 'MIT AND MPL-2.0'],
  ...['Unlicense', '(MIT OR CC0-1.0)', '(MIT OR GPL-3.0-or-later)', '(MIT AND Zlib)'],
  'MIT OR Apache',
]);

/** Say it in the old form, `licenses`: MIT and Apache-2.0. All are below appwrite-cli. */
const unsaid = ['fuzzy', 'rx-lite', 'rx-lite-aggregates'].map((name) => `node_modules/${name}`);

interface Workflow {
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly 'runs-on'?: string;
        readonly 'timeout-minutes'?: number;
        readonly steps: readonly object[];
      }
    >
  >;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly license?: string }>>;
}

const packagesOf = (lock: string) =>
  Object.entries((JSON.parse(readFileSync(join(root, lock), 'utf8')) as Lock).packages).filter(
    ([path]) => path !== '',
  );

describe('dependencies', () => {
  it.each(lockFiles)('%s: every licence is one that may be shipped', (lock) => {
    const packages = packagesOf(lock);
    expect(packages.length).toBeGreaterThan(100);
    const others = packages
      .filter(([path, { license }]) => !unsaid.includes(path) && !allowed.has(license ?? ''))
      .map(([path, { license }]) => `${path}: ${license ?? 'none'}`);
    expect(others).toEqual([]);
  });

  /**
   * npm refuses a tree in which one package finds another version than it asks for. Lighthouse's asks
   * for `latest` of two, which no tree can be held against; it only measures.
   */
  it.each(['package-lock.json', 'tenant/openclaw/package-lock.json'])(
    '%s: a bill of materials can be made of it',
    (lock) => {
      const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
      const cwd = join(root, dirname(lock));
      const { status, stdout, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8' });
      expect(status, stderr).toBe(0);
      const { components } = JSON.parse(stdout) as { components: readonly object[] };
      expect(components.length).toBeGreaterThan(100);
    },
  );
});

describe('workflows', () => {
  const folder = join(root, '.github', 'workflows');
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));

  it('name actions by commit and images by version', () => {
    const uses = files.flatMap((text) => [...text.matchAll(/uses: (\S+)/g)]);
    expect(uses.length).toBeGreaterThan(0);
    expect(
      uses.map(([, name = '']) => name).filter((name) => !/@[0-9a-f]{40}$/.test(name)),
    ).toEqual([]);
    const images = files.flatMap((text) => [...text.matchAll(/image: (\S+)/g)]);
    expect(
      images.map(([, name = '']) => name).filter((name) => !/:\d+\.\d+\.\d+/.test(name)),
    ).toEqual([]);
  });

  it.each(files.map((text) => [parse(text) as Workflow]))('are workflows', (workflow) => {
    expect(Object.keys(workflow)).toEqual(expect.arrayContaining(['name', 'on', 'jobs']));
    for (const job of Object.values(workflow.jobs)) {
      expect(job['runs-on']).toBeTruthy();
      expect(job['timeout-minutes']).toBeGreaterThan(0);
      for (const step of job.steps) expect('run' in step || 'uses' in step).toBe(true);
    }
  });

  it('run the same gate as everybody', () => {
    expect(files.some((text) => text.includes('run: ./.ci/run'))).toBe(true);
    expect(files.every((text) => text.includes('permissions:\n  contents: read'))).toBe(true);
  });
});
