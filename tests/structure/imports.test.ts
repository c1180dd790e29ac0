/** The import table of the design: who may know whom. A hurting rule means a design question. */
import { describe, expect, it } from 'vitest';
import { importsOf, sources } from './sources.ts';
import type { Import } from './sources.ts';

/** Room of a file: the first rule that matches its path. */
const rooms: readonly (readonly [RegExp, string])[] = [
  [/\.test\.ts$/, 'test'],
  [/\/testing\//, 'test'],
  [/^tests\//, 'test'],
  [/^schemas\/contract\//, 'schemas'],
  [/^schemas\//, 'schemas'],
  [/^functions\/core\//, 'core'],
  [/^functions\/ports\//, 'ports'],
  [/^functions\/app\//, 'app'],
  [/^functions\/adapters\//, 'adapters'],
  [/^functions\/entry\//, 'entry'],
  [/^site\//, 'site'],
  [/^tenant\//, 'tenant'],
  [/^local\//, 'local'],
  [/^ops\/deploy\//, 'deploy'],
  [/^ops\//, 'ops'],
  [/^build\//, 'build'],
];

const roomOf = (path: string): string => rooms.find(([rule]) => rule.test(path))?.[1] ?? 'root';

/** What a specifier reaches for. `npm:x`, `node:x`, or `#folder/sub`. */
const targetOf = (specifier: string): string => {
  if (specifier.startsWith('node:') || specifier.startsWith('#')) return specifier;
  return `npm:${specifier}`;
};

interface Rule {
  readonly may: readonly RegExp[];
  /** Allowed only as `import type`. */
  readonly mayAsType?: readonly RegExp[];
}

const zod = /^npm:zod(\/mini)?$/;
const contract = /^#schemas\/contract\//;
const wire = /^#schemas\/wire\//;
const anySchema = /^#schemas\//;

const rules: Readonly<Record<string, Rule>> = {
  schemas: { may: [zod] },
  core: { may: [/^#core\//, anySchema] },
  ports: { may: [/^#ports\//], mayAsType: [anySchema, /^#core\//] },
  app: { may: [anySchema, /^#core\//, /^#ports\//, /^#app\//] },
  adapters: {
    may: [
      anySchema,
      /^#ports\//,
      /^#adapters\//,
      /^npm:(node-appwrite|undici|jose)$/,
      zod,
      /^node:/,
    ],
    mayAsType: [/^#core\//],
  },
  entry: { may: [contract, /^#app\//, /^#adapters\//] },
  site: {
    may: [
      contract,
      /^#schemas\/plans\.ts$/,
      /^#lib/,
      /^npm:(appwrite|svelte|@sveltejs\/.*|vite|esbuild|age-encryption)(\/.*)?$/,
      /^npm:\$(app|env|service-worker)/,
      zod,
      /^node:/,
    ],
  },
  tenant: {
    may: [
      /^#schemas\/contract\/(agent|agent-backup|agent-restore|agent-export|agent-offsite|watch)\.ts$/,
      wire,
      /^#tenant\//,
      zod,
      /^npm:(undici|jose|ws|age-encryption|tar|aws4fetch)$/,
      /^node:/,
    ],
  },
  local: {
    may: [
      contract,
      wire,
      /^#local\//,
      /^#ops\/deploy\//,
      zod,
      /^npm:(ws|@fastify\/busboy|tar|croner|yaml|node-appwrite|jose|undici)$/,
      /^node:/,
    ],
  },
  deploy: { may: [contract, /^#ops\/deploy\//, zod, /^npm:(undici|tar)$/, /^node:/] },
  ops: {
    may: [
      anySchema,
      /^#core\//,
      /^#adapters\//,
      /^#ops\//,
      zod,
      /^npm:(undici|jose|tar)$/,
      /^node:/,
    ],
  },
  build: { may: [anySchema, /^#build\//, /^npm:esbuild$/, /^node:/] },
};

const relativeStaysInside = (entry: Import): boolean => !entry.specifier.startsWith('../..');

const isAllowed = (entry: Import): boolean => {
  const room = roomOf(entry.from);
  if (entry.specifier.startsWith('.')) return relativeStaysInside(entry);
  const rule = rules[room];
  if (rule === undefined) return true;
  const target = targetOf(entry.specifier);
  if (rule.may.some((allowed) => allowed.test(target))) return true;
  return entry.typeOnly && (rule.mayAsType ?? []).some((allowed) => allowed.test(target));
};

describe('import table', () => {
  const imports = sources.flatMap(importsOf);

  it('sees the imports it is meant to judge', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(isAllowed({ from: 'functions/core/x.ts', specifier: 'node:fs', typeOnly: false })).toBe(
      false,
    );
  });

  it('holds everywhere', () => {
    const broken = imports
      .filter((entry) => !isAllowed(entry))
      .map((entry) => `${entry.from} → ${entry.specifier}`);
    expect(broken).toEqual([]);
  });

  it('keeps tests out of what is shipped', () => {
    const broken = imports
      .filter((entry) => roomOf(entry.from) !== 'test' && entry.specifier.includes('.test.ts'))
      .map((entry) => entry.from);
    expect(broken).toEqual([]);
  });
});
