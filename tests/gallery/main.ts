/**
 * `npm run gallery`: photographs every scene in both languages, light and dark, wide and on a phone,
 * into `.local/artefacts/gallery/`, with a page to leaf through them; exits 1 when one of them is
 * not clean. `npm run gallery -- --serve` shows the gallery in your own browser instead.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { chromiumPath } from '#local/cli/test.ts';
import { defaultPlaces, root } from '#local/supervisor/paths.ts';
import { axeFindings, listenForErrors, overflowOf, painted } from './look.ts';
import { fileOf, findSights, nameOf, openContext, show } from './scenes.ts';
import type { Look, Sight } from './scenes.ts';
import { serveSite } from './site.ts';

const artefacts = join(defaultPlaces.state, 'artefacts', 'gallery');
const looks: readonly Look[] = [
  { locale: 'ko', scheme: 'light', width: 1280 },
  { locale: 'ko', scheme: 'dark', width: 1280 },
  { locale: 'ko', scheme: 'light', width: 390 },
  { locale: 'ko', scheme: 'dark', width: 390 },
  { locale: 'en', scheme: 'light', width: 1280 },
  { locale: 'en', scheme: 'dark', width: 1280 },
  { locale: 'en', scheme: 'light', width: 320 },
  { locale: 'en', scheme: 'dark', width: 320 },
  { locale: 'en', scheme: 'dark', width: 1280, forcedColors: true },
];

/** `--only ko-light-1280` for one look, `--only flow.ready` for the scenes that begin so. */
const only = process.argv[process.argv.indexOf('--only') + 1] ?? '';
const isOnly = process.argv.includes('--only');
const chosenLooks = looks.filter((look) => !isOnly || nameOf(look) === only);
const wantedLooks = chosenLooks.length === 0 ? looks : chosenLooks;
const isWanted = (sight: Sight): boolean =>
  !isOnly || chosenLooks.length > 0 || sight.scene.startsWith(only);

const photograph = async (
  browser: Browser,
  url: string,
  look: Look,
  sights: readonly Sight[],
): Promise<readonly string[]> => {
  const folder = join(artefacts, nameOf(look));
  mkdirSync(folder, { recursive: true });
  const context = await openContext(browser, look);
  const page = await context.newPage();
  const errors = listenForErrors(page);
  const findings: string[] = [];
  for (const sight of sights) {
    await show(page, url, sight);
    await painted(page);
    await page.screenshot({ path: join(folder, `${fileOf(sight)}.png`), fullPage: true });
    // axe does not know what colours a reader has forced.
    const found = look.forcedColors === true ? [] : [...(await axeFindings(page))];
    const over = await overflowOf(page);
    if (over > 0) found.push(`${over} px wider than the window`);
    for (const line of found) {
      findings.push(`${nameOf(look)} ${fileOf(sight)}: ${line}`);
      console.log(findings.at(-1));
    }
  }
  findings.push(...errors.map((line) => `${nameOf(look)}: ${line}`));
  for (const line of errors) console.log(line);
  await context.close();
  return findings;
};

const indexPage = (sights: readonly Sight[]): string => {
  const row = (sight: Sight): string => {
    const file = `${encodeURIComponent(fileOf(sight))}.png`;
    const shots = looks.map((look) => {
      const path = `${nameOf(look)}/${file}`;
      return `<td><a href="${path}"><img loading="lazy" src="${path}" alt=""></a></td>`;
    });
    return `<tr><th>${fileOf(sight)}</th>${shots.join('')}</tr>`;
  };
  const heads = looks.map((look) => `<th>${nameOf(look)}</th>`).join('');
  return (
    '<!doctype html><meta charset="utf-8"><title>Gallery</title>' +
    '<style>body{font:14px system-ui}th{text-align:left;vertical-align:top;padding:4px 12px}' +
    'img{width:220px;border:1px solid #ccc}</style>' +
    `<table><tr><th></th>${heads}</tr>${sights.map(row).join('')}</table>`
  );
};

const build = spawnSync(process.execPath, [join(root, 'build', 'main.ts')], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (build.status !== 0) process.exit(1);

if (process.argv.includes('--serve')) {
  const site = await serveSite(4690);
  console.log(`${site.url}/gallery   Stop with Ctrl-C.`);
} else {
  const site = await serveSite();
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
  if (!isOnly) rmSync(artefacts, { recursive: true, force: true });
  const first = await browser.newPage();
  const sights = (await findSights(first, site.url)).filter(isWanted);
  const findings: string[] = [];
  for (const look of wantedLooks) {
    const before = Date.now();
    findings.push(...(await photograph(browser, site.url, look, sights)));
    const seconds = Math.round((Date.now() - before) / 1_000);
    console.log(`${nameOf(look)}: ${sights.length} scenes, ${seconds} s`);
  }
  writeFileSync(join(artefacts, 'index.html'), indexPage(sights));
  await browser.close();
  await site.close();
  console.log(`${findings.length} findings. ${join(artefacts, 'index.html')}`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
