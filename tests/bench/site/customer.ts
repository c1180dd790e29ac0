/**
 * A customer as a browser meets one: signed in through the site's own form, with a workspace, and a
 * runtime whose row is written by a key, so that it stands still where it is to be measured.
 */
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Permission, Role } from 'node-appwrite';
import { chromiumPath } from '#local/cli/test.ts';
import { noFacts } from '#schemas/record/runtime.ts';
import { conditionTypes } from '#schemas/contract/vocabulary.ts';
import type { ConditionType, RuntimeStatus } from '#schemas/contract/vocabulary.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { password } from '#tests/support/product.ts';
import { noTermYet } from '#tests/support/term-columns.ts';
import type { Owner, TestProduct } from '#tests/support/product.ts';

export const stepTimeoutMs = 30_000;
const monthMs = 30 * 24 * 3_600_000;

/** A phone of today; the language is that of most customers. */
const phone = { locale: 'ko-KR', viewport: { width: 412, height: 823 } };

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });

export const visitor = (browser: Browser): Promise<BrowserContext> => browser.newContext(phone);

export type Login = Awaited<ReturnType<BrowserContext['storageState']>>;

const byId = (page: Page, testId: string) => page.getByTestId(testId).first();

export const shows = (page: Page, testId: string): Promise<void> =>
  byId(page, testId).waitFor({ state: 'visible', timeout: stepTimeoutMs });

/** What the browser keeps of it: cookies and the site's own marks, without any cached file. */
export const logInAt = async (browser: Browser, url: string, email: string): Promise<Login> => {
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(url);
  await byId(page, 'login-email').fill(email);
  await byId(page, 'login-password').fill(password);
  await byId(page, 'login-submit').click();
  await shows(page, 'account-menu');
  const kept = await context.storageState();
  await context.close();
  return kept;
};

/** The same customer in a browser with an empty cache. */
export const comeBack = (browser: Browser, login: Login): Promise<BrowserContext> =>
  browser.newContext({ ...phone, storageState: login });

const receipt = {
  smokeId: 'bench',
  nonceMatched: true,
  provider: 'openai',
  model: 'gpt-5.2-codex',
  latencyMs: 4_183,
  image: `ghcr.io/openclaw/openclaw@sha256:${'7'.repeat(64)}`,
  openclawVersion: '2026.9.6',
  at: new Date().toISOString(),
  nonceHash: '9'.repeat(64),
};

const conditionsWith = (holds: readonly ConditionType[]): string =>
  JSON.stringify(
    conditionTypes.map((type) => ({
      type,
      value: holds.includes(type) ? 'true' : 'unknown',
      reason: holds.includes(type) ? 'ok' : 'not_started',
      actor: holds.includes(type) ? 'none' : 'system',
      since: new Date().toISOString(),
    })),
  );

export interface Standing {
  readonly status: RuntimeStatus;
  readonly holds: readonly ConditionType[];
}

/** The row as the reconciler leaves it, and no time at which it is looked at again. */
export const runtimeRowOf = ({ workspaceId }: Owner, { status, holds }: Standing) =>
  ({
    workspaceId,
    orderId: 'bench',
    name: 'runtime',
    host: `${workspaceId}.bench.localhost`,
    planKey: 'basic',
    desired: 'running',
    status,
    conditions: conditionsWith(holds),
    facts: JSON.stringify(noFacts),
    receipt: status === 'ready' ? JSON.stringify(receipt) : null,
    revision: 1,
    paidUntil: new Date(Date.now() + monthMs).toISOString(),
    verifyRequestedAt: null,
    smokeId: null,
    smokeNonce: null,
    smokeRequestedAt: null,
    restartId: null,
    failures: 0,
    nextCheckAt: null,
    inspectedAtMinute: 0,
    ...noTermYet,
  }) satisfies RowOf<'runtimes'>;

export const runtimeId = 'bench-runtime';

export const makeRuntime = async (
  { admin }: TestProduct,
  owner: Owner,
  standing: Standing,
): Promise<void> => {
  await admin.rows.createRow({
    databaseId,
    tableId: 'runtimes',
    rowId: runtimeId,
    data: runtimeRowOf(owner, standing),
    permissions: [Permission.read(Role.team(owner.workspaceId))],
  });
};

export const moveRuntime = async (
  { admin }: TestProduct,
  data: Partial<RowOf<'runtimes'>>,
): Promise<void> => {
  await admin.rows.updateRow({ databaseId, tableId: 'runtimes', rowId: runtimeId, data });
};
