/**
 * `npm run demo`: the whole flow without hands, from invite to `ready`, each step with its time.
 * Exits 0 only with a real receipt. `-- --json` ends with one machine-readable line.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  authorize,
  beginCodex,
  handOver,
  logIn,
  lookAgain,
  makeWorkspace,
  order,
  payByCard,
  receiptOf,
  signUp,
  smoke,
  waitForRuntime,
} from '../customer/customer.ts';
import type { Customer } from '../customer/customer.ts';
import { dropContainers } from '../supervisor/containers.ts';
import { defaultPlaces, placesIn } from '../supervisor/paths.ts';
import { configuredPorts } from '../supervisor/ports.ts';
import { startProduct } from '../supervisor/product.ts';
import { SetupError, say, step } from '../supervisor/output.ts';
import type { World } from '../supervisor/world.ts';

/** A product, on this machine or elsewhere. */
export interface DemoTarget {
  readonly world: Pick<World, 'internalApiUrl' | 'projectId' | 'openaiUrl' | 'siteUrl'>;
  invite(note: string): Promise<string>;
}

interface Timed {
  readonly name: string;
  readonly ms: number;
}

interface DemoResult {
  readonly ready: boolean;
  readonly steps: readonly Timed[];
  readonly totalMs: number;
  readonly receipt: {
    readonly nonceMatched: boolean;
    readonly provider: string;
    readonly model: string;
    readonly latencyMs: number;
  };
}

const provisioningLimitMs = 240_000;
const smokeLimitMs = 200_000;

const hasStatus =
  (...statuses: readonly string[]) =>
  (row: { readonly status: string }): boolean =>
    statuses.includes(row.status);

export type Timer = <T>(
  name: string,
  work: (note: (text: string) => void) => Promise<T>,
) => Promise<T>;

export const account = async (product: DemoTarget, timed: Timer): Promise<Customer> => {
  const { world } = product;
  const customerWorld = {
    apiUrl: world.internalApiUrl,
    projectId: world.projectId,
    openaiUrl: world.openaiUrl,
  };
  const token = await timed('invite', () => product.invite('npm run demo'));
  const email = `demo-${randomBytes(4).toString('hex')}@example.com`;
  const password = randomBytes(12).toString('base64url');
  await timed('sign_up', () =>
    signUp(customerWorld, { token, email, password, name: 'Demo', locale: 'ko' }),
  );
  return timed('log_in', () => logIn(customerWorld, { email, password }));
};

const purchase = async (customer: Customer, timed: Timer): Promise<string> => {
  const subdomain = `demo-${randomBytes(3).toString('hex')}`;
  const { workspaceId } = await timed('workspace', () =>
    makeWorkspace(customer, { name: 'Demo', subdomain, planKey: 'basic' }),
  );
  const { runtimeId, payUrl } = await timed('order', () => order(customer, workspaceId, 'Demo'));
  await timed('pay', () => payByCard(payUrl));
  await timed('provision', (note) =>
    waitForRuntime(customer, runtimeId, {
      within: provisioningLimitMs,
      until: hasStatus('auth_required'),
      onStatus: note,
    }),
  );
  return runtimeId;
};

const activate = async (
  product: DemoTarget,
  owner: { readonly customer: Customer; readonly runtimeId: string },
  timed: Timer,
): Promise<DemoResult['receipt']> => {
  const { customer, runtimeId } = owner;
  const login = await timed('codex_start', () => beginCodex(customer, runtimeId));
  const callbackUrl = await timed('codex_authorize', () => authorize(login));
  await timed('codex_callback', async () => {
    const end = await handOver(login, callbackUrl, product.world.siteUrl);
    if (end !== 'linked') throw new SetupError(`The login ended with ${end}.`);
    await lookAgain(customer, runtimeId);
    await waitForRuntime(customer, runtimeId, {
      within: 60_000,
      until: hasStatus('running', 'ready'),
    });
  });
  const row = await timed('smoke', async (note) => {
    await smoke(customer, runtimeId);
    return waitForRuntime(customer, runtimeId, {
      within: smokeLimitMs,
      until: hasStatus('ready'),
      onStatus: note,
    });
  });
  const { nonceMatched, provider, model, latencyMs } = receiptOf(row);
  return { nonceMatched, provider, model, latencyMs };
};

export const runDemo = async (product: DemoTarget): Promise<DemoResult> => {
  const steps: Timed[] = [];
  const startedAt = performance.now();
  const timed: Timer = (name, work) =>
    step(name, async (note) => {
      const before = performance.now();
      const value = await work(note);
      steps.push({ name, ms: Math.round(performance.now() - before) });
      return value;
    });
  const customer = await account(product, timed);
  const runtimeId = await purchase(customer, timed);
  const receipt = await activate(product, { customer, runtimeId }, timed);
  const totalMs = Math.round(performance.now() - startedAt);
  return { ready: receipt.nonceMatched, steps, totalMs, receipt };
};

/** A state folder of its own: the demo never touches what `npm start` keeps. */
export const run = async (args: readonly string[]): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'hosted-demo-'));
  const drop = async (): Promise<void> => {
    await dropContainers(placesIn(folder)).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  };
  const interrupt = (): void => void drop().finally(() => process.exit(130));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const product = await startProduct(placesIn(folder), configuredPorts());
    try {
      const result = await runDemo(product);
      const { provider, model, latencyMs } = result.receipt;
      say(
        `\nReady in ${(result.totalMs / 1_000).toFixed(1)} s: ${provider} ${model}, ${latencyMs} ms.`,
      );
      if (args.includes('--json')) say(JSON.stringify(result));
      return result.ready ? 0 : 1;
    } finally {
      await product.stop();
    }
  } finally {
    if (process.env['HOSTED_KEEP'] === undefined) await drop();
    else say(`State kept in ${folder} (${defaultPlaces.state} is untouched).`);
  }
};
