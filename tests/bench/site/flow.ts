/** The script of the public page, and of the flow at each step that a signed-in customer may be at. */
import type { Browser } from 'playwright-core';
import type { Owner, TestProduct } from '#tests/support/product.ts';
import { comeBack, logInAt, makeRuntime, moveRuntime, runtimeRowOf } from './customer.ts';
import { visitor } from './customer.ts';
import type { Login, Standing } from './customer.ts';
import { scriptsAtRest, scriptsUntil } from './scripts.ts';
import type { Scripts } from './scripts.ts';

const verified = ['paid', 'deployed', 'reachable', 'verified', 'private'] as const;

interface Stop extends Standing {
  readonly step: string;
  /** What is there when the step is. */
  readonly testId: string;
}

const stops: readonly Stop[] = [
  {
    step: 'runtime',
    testId: 'conditions',
    status: 'running',
    holds: ['paid', 'deployed', 'reachable'],
  },
  { step: 'codex', testId: 'codex-start', status: 'auth_required', holds: verified },
  {
    step: 'ready',
    testId: 'receipt',
    status: 'ready',
    holds: [...verified, 'codex_linked', 'smoke_passed'],
  },
];

export const publicScripts = async (browser: Browser, url: string): Promise<Scripts> => {
  const context = await visitor(browser);
  const scripts = await scriptsAtRest(context, url);
  await context.close();
  return scripts;
};

const at = async (
  {
    browser,
    url,
    login,
  }: { readonly browser: Browser; readonly url: string; readonly login: Login },
  testId: string,
): Promise<Scripts> => {
  const context = await comeBack(browser, login);
  const scripts = await scriptsUntil(context, url, testId);
  await context.close();
  return scripts;
};

export interface FlowScripts extends Scripts {
  readonly step: string;
}

export interface SignedIn {
  readonly owner: Owner;
  readonly login: Login;
}

export const flowScripts = async (
  {
    product,
    browser,
    url,
  }: {
    readonly product: TestProduct;
    readonly browser: Browser;
    readonly url: string;
  },
  { owner, login }: SignedIn,
): Promise<readonly FlowScripts[]> => {
  const { email } = await product.newMember();
  const newcomer = { browser, url, login: await logInAt(browser, url, email) };
  const customer = { browser, url, login };
  const measured: FlowScripts[] = [
    { step: 'workspace', ...(await at(newcomer, 'workspace-form')) },
    { step: 'checkout', ...(await at(customer, 'checkout-form')) },
  ];
  for (const stop of stops) {
    if (stop === stops[0]) await makeRuntime(product, owner, stop);
    else await moveRuntime(product, runtimeRowOf(owner, stop));
    measured.push({ step: stop.step, ...(await at(customer, stop.testId)) });
  }
  return measured;
};
