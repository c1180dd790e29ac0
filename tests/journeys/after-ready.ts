/**
 * What a customer does with a runtime that is ready: buys more time for it, gives it another name,
 * reads its log, restarts it, and takes it along, while it runs and while it stands still.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { eventually } from '#tests/support/http.ts';
import type { Stage, Visitor } from './stage.ts';
import { by, provisioningTimeoutMs, stepTimeoutMs, waitFor } from './steps.ts';

const dayMs = 24 * 60 * 60_000;

const paidUntilMs = async ({ page }: Visitor): Promise<number> => {
  const time = by(page, 'term-state').locator('time');
  return Date.parse((await time.getAttribute('datetime')) ?? '');
};

/** Three months more, from the step that shows until when it is paid, and back from PayApp. */
const renew = async ({ product }: Stage, visitor: Visitor): Promise<void> => {
  const { page } = visitor;
  await by(page, 'step-checkout-toggle').click();
  await by(page, 'term-link').click();
  await waitFor(page, 'renew-form');
  const address = page.url();
  const beforeMs = await paidUntilMs(visitor);
  await by(page, 'term-3').click();
  await by(page, 'renew-phone').fill('010-1234-5678');
  await visitor.shot('term');
  await by(page, 'renew-submit').click();
  await page.waitForURL((url) => url.href.startsWith(product.world.payappUrl));
  await by(page, 'method-card').click();
  await by(page, 'pay').click();
  await waitFor(page, 'confirm');
  await by(page, 'confirm').click();
  await page.waitForURL((url) => url.href.startsWith(product.world.siteUrl));
  // Back on the runtime that is ready, not on an order of its own.
  await waitFor(page, 'receipt');
  await page.goto(address);
  const addedMs = await eventually(
    async () => (await paidUntilMs(visitor)) - beforeMs,
    (added) => added > 0,
    stepTimeoutMs,
  );
  expect(Math.round(addedMs / dayMs)).toBeGreaterThanOrEqual(89);
  expect(Math.round(addedMs / dayMs)).toBeLessThanOrEqual(92);
  await visitor.shot('term-renewed');
  await by(page, 'term-back').click();
  await waitFor(page, 'receipt');
};

const keep = async (visitor: Visitor, secrets: readonly string[]): Promise<void> => {
  const { page } = visitor;
  await by(page, 'manage-open').click();
  await waitFor(page, 'usage-memory');
  await by(page, 'log-line').first().waitFor({ state: 'visible', timeout: stepTimeoutMs });
  const lines = await by(page, 'log-lines').innerText();
  for (const secret of secrets) expect(lines).not.toContain(secret);
  await visitor.shot('manage');

  await by(page, 'runtime-name').fill('연구실 비서');
  await by(page, 'name-save').click();
  await eventually(
    () => by(page, 'manage-name').innerText(),
    (name) => name === '연구실 비서',
    stepTimeoutMs,
  );

  await by(page, 'restart-open').click();
  await by(page, 'restart-confirm').click();
  await waitFor(page, 'restarting');
  await visitor.shot('restarting');
  await page
    .locator('[data-testid=manage-status][data-state=ready]')
    .waitFor({ state: 'visible', timeout: provisioningTimeoutMs });
  await by(page, 'restarting').waitFor({ state: 'detached', timeout: stepTimeoutMs });
};

/** A key made in this browser and kept as a file, and a bucket that is tried before it is taken. */
const copyAway = async ({ product }: Stage, visitor: Visitor): Promise<void> => {
  const { page } = visitor;
  await by(page, 'recovery-make').click();
  await waitFor(page, 'recovery-key');
  const begun = page.waitForEvent('download', { timeout: stepTimeoutMs });
  await by(page, 'recovery-save').click();
  const file = join('.local', 'journeys', 'recovery-key.txt');
  await (await begun).saveAs(file);
  const shown = await by(page, 'recovery-key').inputValue();
  expect(readFileSync(file, 'utf8').split('\n')).toContain(shown);
  rmSync(file);
  await visitor.shot('recovery-key');
  await by(page, 'recovery-kept').check();
  await by(page, 'recovery-use').click();
  await by(page, 'bucket-open').click();
  const { bucketSecretKey } = product.secrets;
  const typed = {
    ...{ endpoint: product.world.bucketUrl, region: 'local-1', name: 'backups', prefix: 'mine' },
    ...{ 'key-id': 'LOCALBUCKETKEY', secret: `${bucketSecretKey}x` },
  };
  for (const [field, text] of Object.entries(typed)) {
    await by(page, `bucket-${field}`).fill(text);
  }
  await by(page, 'bucket-use').click();
  await waitFor(page, 'offsite-refused');
  await by(page, 'bucket-secret').fill(bucketSecretKey);
  await by(page, 'bucket-use').click();
  await waitFor(page, 'bucket-stop');
  expect(await by(page, 'offsite-where').innerText()).toContain('/backups/mine/');
  await visitor.shot('offsite');
};

/** The archive that the browser is given; answers where it lies. */
const takeAlong = async ({ page }: Visitor): Promise<string> => {
  await waitFor(page, 'export-download', provisioningTimeoutMs);
  const begun = page.waitForEvent('download', { timeout: provisioningTimeoutMs });
  await by(page, 'export-download').click();
  const download = await begun;
  const name = download.suggestedFilename();
  expect(name).toMatch(/^[a-z0-9-]+-\d{4}-\d\d-\d\d\.tar\.gz$/);
  const file = join('.local', 'journeys', name);
  await download.saveAs(file);
  const archive = gunzipSync(readFileSync(file));
  for (const part of ['SHA256SUMS', 'compose.yaml', 'README.ko.md', 'state/openclaw.json']) {
    expect(archive.includes(part), part).toBe(true);
  }
  return file;
};

/** Taken along running, the file brought in again, and taken along once more while it is paused. */
const leave = async (visitor: Visitor): Promise<void> => {
  const { page } = visitor;
  const file = await takeAlong(visitor);
  await by(page, 'import-file').setInputFiles(file);
  await by(page, 'import-send').click();
  await waitFor(page, 'import-arrived');
  await visitor.shot('import-arrived');
  await by(page, 'pause-open').click();
  await by(page, 'pause-confirm').click();
  await waitFor(page, 'paused');
  await waitFor(page, 'export-prepare', provisioningTimeoutMs);
  await by(page, 'export-prepare').click();
  await takeAlong(visitor);
  await visitor.shot('export-paused');
};

/** `secrets`: what must be in no line of the log. */
export const afterReady = async (
  stage: Stage,
  visitor: Visitor,
  secrets: readonly string[],
): Promise<void> => {
  await renew(stage, visitor);
  await keep(visitor, secrets);
  await copyAway(stage, visitor);
  await leave(visitor);
};
