/** Calls that only adapters may make, and words that must not stand anywhere. */
import { describe, expect, it } from 'vitest';
import { sources } from './sources.ts';

const isTest = (path: string): boolean => /\.test\.ts$|^tests\/|\/testing\//.test(path);

interface Ban {
  readonly what: string;
  readonly where: RegExp;
  readonly pattern: RegExp;
}

const pureRooms = /^functions\/(core|app|ports)\/|^schemas\//;

const bans: readonly Ban[] = [
  { what: 'the time', where: pureRooms, pattern: /Date\.now\(|new Date\(\)|performance\.now\(/ },
  { what: 'randomness', where: pureRooms, pattern: /Math\.random\(|randomBytes|randomUUID/ },
  { what: 'the environment', where: pureRooms, pattern: /process\.env/ },
  { what: 'the network', where: pureRooms, pattern: /(?<!["'])\bfetch\(/ },
  { what: 'a forged identity header', where: /^functions\//, pattern: /x-appwrite-user-id/ },
  { what: 'any', where: /./, pattern: /:\s*any\b|as any\b/ },
  { what: 'a switched-off check', where: /./, pattern: /@ts-(ignore|nocheck|expect-error)/ },
  { what: 'an unfinished place', where: /./, pattern: /\b(TODO|FIXME|XXX|HACK)\b/ },
  {
    what: 'a stand-in’s own controls',
    where: /^(functions|ops|schemas|tenant|build|site)\//,
    pattern: /_ctl\b|APPWRITE_LOCAL_/,
  },
  { what: 'an upsert', where: /^functions\//, pattern: /upsert/i },
];

describe('banned', () => {
  it.each(bans)('$what', ({ where, pattern }) => {
    const found = sources
      .filter((source) => where.test(source.path) && !isTest(source.path))
      // Comments may speak of what code must not do.
      .filter((source) => pattern.test(source.text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')))
      .map((source) => source.path);
    expect(found).toEqual([]);
  });
});
