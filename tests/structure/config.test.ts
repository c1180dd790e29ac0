/** What is deployed and what is promised equals what stands in the sources. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { functions, renderAppwriteConfig } from '#build/appwrite-config.ts';
import { lockFiles, root, sources } from './sources.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('configuration', () => {
  it('appwrite.json is what schemas/tables and the build describe', () => {
    expect(read('appwrite.json')).toBe(renderAppwriteConfig());
  });

  it('every deployed function has an entry, and every entry is deployed', () => {
    const entries = sources
      .map((source) => /^functions\/entry\/([^/]+)\/main\.ts$/.exec(source.path)?.[1])
      .filter((name) => name !== undefined);
    expect(entries.toSorted()).toEqual(Object.keys(functions).toSorted());
  });

  it('no function has the name of a route of its own: it could not be fetched', () => {
    const routes = ['runtimes', 'specifications', 'templates', 'usage'];
    expect(Object.keys(functions).filter((id) => routes.includes(id))).toEqual([]);
  });

  it('every command the README names exists', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read('README.md').matchAll(/npm (?:run )?([a-z:]+)/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => name !== 'ci' && name !== 'run');
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it('the lock files hold no resolved addresses', () => {
    for (const lock of lockFiles) {
      expect(read(lock)).not.toMatch(/"resolved"/);
    }
  });
});
