/**
 * `npm run bench -- site [--json] [--changes N]`: the site as it is deployed, gzipped as by its host,
 * with the embedded product behind it. Lighthouse on a phone, medians of five; script by the browser's
 * own record; and how long after a row was changed a customer sees it. With `--json` stdout is one
 * line. Progress and how busy the machine was go to stderr.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { installChromium } from '#local/cli/test.ts';
import { startTestProduct } from '#tests/support/product.ts';
import type { TestProduct } from '#tests/support/product.ts';
import { percentile } from '../payapp/load.ts';
import { note, switchReconciler, withStepsAside } from '../product.ts';
import { logInAt, openBrowser } from './customer.ts';
import { flowScripts, publicScripts } from './flow.ts';
import { openFront } from './front.ts';
import { auditPage, installLighthouse } from './lighthouse.ts';
import type { Audit } from './lighthouse.ts';
import { jsonOf, medians, tableOf } from './report.ts';
import type { Figures } from './report.ts';
import { rowToPaint } from './row-to-paint.ts';

const runs = 5;
const audited = [
  ...(['performance', 'accessibility', 'bestPractices', 'seo'] as const),
  ...(['lcpMs', 'cls', 'tbtMs'] as const),
];
type Audited = Pick<Figures, (typeof audited)[number]>;

const noteLoad = (what: string): void => {
  note(`${what} (load average ${(loadavg()[0] ?? 0).toFixed(1)})`);
};

const noteAudits = (language: string, audits: readonly Audit[]): void => {
  for (const audit of audits) {
    const values = audited.map((name) => `${name} ${Number(audit[name].toFixed(3))}`);
    note(`  ${language}: ${values.join(', ')}`);
  }
  for (const line of new Set(audits.flatMap(({ found }) => found))) note(`    ${line}`);
};

/** The page is written in Korean; in English it is said by its script, which is measured beside it. */
const auditIn = async (url: string, language: string): Promise<Audited> => {
  noteLoad(`Lighthouse, ${language}, ${runs} runs`);
  const audits = await auditPage(url, { runs, language });
  noteAudits(language, audits);
  return medians(audits, audited);
};

const measureCustomer = async (
  {
    product,
    browser,
    url,
  }: {
    readonly product: TestProduct;
    readonly browser: Browser;
    readonly url: string;
  },
  changes: number,
): Promise<Pick<Figures, 'flowJsGzBytes' | 'rowToPaintP99Ms'>> => {
  const owner = await product.newOwner();
  const login = await logInAt(browser, url, owner.customer.email);
  const flow = await flowScripts({ product, browser, url }, { owner, login });
  for (const { step, bytes, files } of flow) note(`  ${step}: ${bytes} B in ${files} files`);
  noteLoad(`${changes} changes of a row`);
  const timesMs = await rowToPaint({ product, browser, url, login }, changes);
  note(`  p50 ${percentile(timesMs, 0.5).toFixed(0)} ms`);
  return {
    flowJsGzBytes: Math.max(...flow.map(({ bytes }) => bytes)),
    rowToPaintP99Ms: percentile(timesMs, 0.99),
  };
};

const measure = async (product: TestProduct, changes: number): Promise<Figures> => {
  const front = await openFront(product.world);
  try {
    const english = await auditIn(front.url, 'en-US');
    note(
      `  median in English: LCP ${english.lcpMs.toFixed(0)} ms, TBT ${english.tbtMs.toFixed(0)} ms`,
    );
    const rated = await auditIn(front.url, 'ko-KR');
    const browser = await openBrowser();
    try {
      noteLoad('script of the public page and of the flow');
      const publicPage = await publicScripts(browser, front.url);
      note(`  public page: ${publicPage.bytes} B in ${publicPage.files} files`);
      const customer = await measureCustomer({ product, browser, url: front.url }, changes);
      return { ...rated, publicJsGzBytes: publicPage.bytes, ...customer };
    } finally {
      await browser.close();
    }
  } finally {
    await front.close();
  }
};

const { json, changes } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    changes: { type: 'string', default: '200' },
  },
}).values;
const changeCount = Number(changes);
if (!Number.isInteger(changeCount) || changeCount < 1 || changeCount > 10_000) {
  note('--changes must be a number from 1 to 10000.');
  process.exit(2);
}
const product = await withStepsAside(async () => {
  await installChromium();
  await installLighthouse();
  return startTestProduct();
});
try {
  // Nobody but the bench moves its rows.
  await switchReconciler(product, false);
  const figures = await measure(product, changeCount);
  if (json) console.log(jsonOf(figures));
  else for (const line of tableOf(figures)) console.log(line);
} finally {
  await withStepsAside(() => product.close());
}
