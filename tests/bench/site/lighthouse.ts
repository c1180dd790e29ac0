/**
 * The real Lighthouse against Debian's Chromium, as its own command line runs it by default: a phone,
 * simulated slow 4G and a processor four times slower. 176 MB, so it is installed by this bench alone.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { chromiumPath } from '#local/cli/test.ts';
import { installLocked } from '#local/supervisor/locked-packages.ts';
import { root } from '#local/supervisor/paths.ts';

const folder = join(root, '.local', 'lighthouse');
const categories = ['performance', 'accessibility', 'best-practices', 'seo'] as const;

export const installLighthouse = (): Promise<void> =>
  installLocked({
    name: 'Lighthouse',
    size: 'once, about 180 MB',
    source: join(import.meta.dirname, 'lighthouse'),
    folder,
    expected: 86,
    neededBytes: 512 * 1024 ** 2,
  });

const score = z.object({
  score: z.number(),
  auditRefs: z.array(z.object({ id: z.string(), weight: z.number() })),
});
const value = z.object({ numericValue: z.number() });
const answer = z.object({
  lhr: z.object({
    categories: z.object({
      performance: score,
      accessibility: score,
      'best-practices': score,
      seo: score,
    }),
    audits: z.intersection(
      z.object({
        'largest-contentful-paint': value,
        'cumulative-layout-shift': value,
        'total-blocking-time': value,
      }),
      z.record(z.string(), z.object({ title: z.string(), score: z.nullable(z.number()) })),
    ),
  }),
});

export interface Audit {
  readonly performance: number;
  readonly accessibility: number;
  readonly bestPractices: number;
  readonly seo: number;
  readonly lcpMs: number;
  readonly cls: number;
  readonly tbtMs: number;
  /** What cost a point, as Lighthouse says it. */
  readonly found: readonly string[];
}

const readAudit = (given: unknown): Audit => {
  const { categories: rated, audits } = answer.parse(given).lhr;
  const found = categories.flatMap((category) =>
    rated[category].auditRefs.flatMap(({ id, weight }) => {
      const audit = audits[id];
      const isPoint = weight > 0 && audit !== undefined && (audit.score ?? 1) < 1;
      return isPoint ? [`${category}: ${audit.title} (${id}, ${audit.score ?? 0})`] : [];
    }),
  );
  return {
    performance: rated.performance.score,
    accessibility: rated.accessibility.score,
    bestPractices: rated['best-practices'].score,
    seo: rated.seo.score,
    lcpMs: audits['largest-contentful-paint'].numericValue,
    cls: audits['cumulative-layout-shift'].numericValue,
    tbtMs: audits['total-blocking-time'].numericValue,
    found,
  };
};

interface Browser {
  readonly port: number;
  kill(): void;
}

interface Installed {
  readonly lighthouse: (url: string, flags: object) => Promise<unknown>;
  readonly launch: (options: object) => Promise<Browser>;
}

/** Not among the project's own packages, so neither the resolver nor the types know them. */
const load = async (): Promise<Installed> => {
  const modules = join(folder, 'node_modules');
  const [core, launcher] = (await Promise.all([
    import(join(modules, 'lighthouse', 'core', 'index.js')),
    import(join(modules, 'chrome-launcher', 'dist', 'index.js')),
  ])) as [{ default: Installed['lighthouse'] }, { launch: Installed['launch'] }];
  return { lighthouse: core.default, launch: launcher.launch };
};

/** A new browser each time, and one at a time: nothing is left over from the visit before. */
export const auditPage = async (
  url: string,
  { runs, language }: { readonly runs: number; readonly language: string },
): Promise<readonly Audit[]> => {
  const { lighthouse, launch } = await load();
  const audits: Audit[] = [];
  for (let run = 0; run < runs; run += 1) {
    const browser = await launch({
      chromePath: chromiumPath,
      chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', `--accept-lang=${language}`],
      logLevel: 'silent',
    });
    try {
      const flags = { port: browser.port, output: 'json', logLevel: 'silent' };
      const answered = await lighthouse(url, { ...flags, onlyCategories: categories });
      audits.push(readAudit(answered));
    } finally {
      browser.kill();
    }
  }
  return audits;
};
