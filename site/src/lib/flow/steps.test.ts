import { describe, expect, test } from 'vitest';
import { orderStates, runtimeStatuses } from '#schemas/contract/vocabulary.ts';
import { gallery, orderFixture, runtimeFixture, workspaceFixture } from '../gallery/fixtures.ts';
import { conditionsOf, flowOf } from './steps.ts';
import type { FlowInput } from './steps.ts';
import { newRuntime, stepKeys } from './words.ts';

const see = (name: string) => {
  const input = gallery[name];
  if (input === undefined) throw new Error(`no fixture ${name}`);
  return flowOf(input);
};

const base = {
  session: 'signed_in',
  loaded: true,
  workspaces: [workspaceFixture('acme', 'Acme')],
  orders: [],
  runtimes: [],
  selection: { workspaceId: null, runtimeId: null },
} as const satisfies FlowInput;

describe('the step a customer is at', () => {
  test.each([
    ['loading', 'workspace', 'loading'],
    ['workspace-empty', 'workspace', 'empty'],
    ['workspace-select', 'workspace', 'select_workspace'],
    ['checkout-idle', 'checkout', 'idle'],
    ['order-awaiting_payment', 'checkout', 'awaiting_payment'],
    ['order-waiting_deposit', 'checkout', 'waiting_deposit'],
    ['order-paid', 'checkout', 'paid'],
    ['provisioning', 'checkout', 'provisioning'],
    ['failed', 'checkout', 'failed'],
    ['verifying', 'runtime', 'running'],
    ['verify-failed', 'runtime', 'verify_failed'],
    ['not-proven-yet', 'runtime', 'running'],
    ['auth-required', 'codex', 'auth_required'],
    ['linking', 'codex', 'linking'],
    ['smoke-required', 'ready', 'smoke_required'],
    ['smoke-running', 'ready', 'smoke_running'],
    ['smoke-failed', 'ready', 'smoke_failed'],
    ['ready', 'ready', 'ready'],
    ['exposed', 'runtime', 'exposed'],
    ['login-expired', 'codex', 'login_expired'],
    ['login-refused', 'codex', 'login_refused'],
    ['smoke-outdated', 'ready', 'smoke_required'],
    ['proving', 'ready', 'proving'],
    ['login-expiring', 'ready', 'ready'],
    ['degraded', 'runtime', 'degraded'],
    ['suspended', 'runtime', 'suspended'],
    ['many', 'ready', 'ready'],
    ['many-none-chosen', 'checkout', 'select_runtime'],
  ] as const)('%s is at %s with %s', (name, step, word) => {
    const flow = see(name);
    expect(flow.current).toBe(step);
    expect(flow.steps[step].word).toBe(word);
  });

  test('everything before the current step is behind, in every state', () => {
    for (const [name, input] of Object.entries(gallery)) {
      const flow = flowOf(input);
      const index = stepKeys.indexOf(flow.current);
      for (const key of stepKeys.slice(0, index)) {
        expect(flow.steps[key].phase, `${name}: ${key}`).toBe('done');
      }
    }
  });

  test('a guest is at the account and sees nothing of the rest', () => {
    const flow = flowOf({ ...base, session: 'signed_out', orders: [orderFixture('paid')] });
    expect(flow.current).toBe('account');
    expect(flow.steps.account).toEqual({ phase: 'now', word: 'signed_out' });
    expect(flow.steps.checkout.word).toBe('select_workspace');
    expect(flow.workspace).toBeNull();
    expect(flow.slots).toEqual([]);
  });
});

describe('what is chosen', () => {
  test('the only workspace is chosen without asking, one of several is not', () => {
    expect(flowOf(base).workspace?.$id).toBe('acme');
    const two = [...base.workspaces, workspaceFixture('beta', 'Beta')];
    expect(flowOf({ ...base, workspaces: two }).workspace).toBeNull();
  });

  test('a workspace that is not ours is never replaced by a guess', () => {
    const flow = flowOf({ ...base, selection: { workspaceId: 'other', runtimeId: null } });
    expect(flow.workspace).toBeNull();
    expect(flow.steps.workspace.word).toBe('select_workspace');
  });

  test('an order and its runtime are one slot', () => {
    const orders = [orderFixture('fulfilled')];
    const flow = flowOf({ ...base, orders, runtimes: [runtimeFixture('auth_required')] });
    expect(flow.slots).toHaveLength(1);
    expect(flow.slot?.order?.$id).toBe('order-1');
    expect(flow.slot?.runtime?.$id).toBe('runtime-1');
  });

  test('rows of another workspace do not leak into this one', () => {
    const orders = [orderFixture('paid', { workspaceId: 'beta' })];
    expect(flowOf({ ...base, orders }).slots).toEqual([]);
  });

  test('a cancelled order does not stand in the way of the next one', () => {
    const flow = flowOf({ ...base, orders: [orderFixture('cancelled')] });
    expect(flow.slot).toBeNull();
    expect(flow.steps.checkout).toEqual({ phase: 'now', word: 'idle' });
  });

  test('another runtime can be ordered beside one that is ready', () => {
    const runtimes = [runtimeFixture('ready')];
    const selection = { workspaceId: 'acme', runtimeId: newRuntime };
    const flow = flowOf({ ...base, orders: [orderFixture('fulfilled')], runtimes, selection });
    expect(flow.current).toBe('checkout');
    expect(flow.steps.checkout).toEqual({ phase: 'now', word: 'idle' });
    expect(flow.steps.ready.phase).toBe('next');
  });

  test('of several runtimes none is chosen by chance', () => {
    const flow = flowOf({
      ...base,
      orders: [orderFixture('fulfilled'), orderFixture('paid', { $id: 'o2', runtimeId: 'r2' })],
      runtimes: [runtimeFixture('ready')],
    });
    expect(flow.slot).toBeNull();
    expect(flow.steps.checkout.word).toBe('select_runtime');
  });
});

describe('every state has a place', () => {
  test.each(orderStates)('order %s is shown at checkout', (state) => {
    const selection = { workspaceId: 'acme', runtimeId: 'runtime-1' };
    const flow = flowOf({ ...base, orders: [orderFixture(state)], selection });
    expect(flow.current).toBe('checkout');
    expect(flow.steps.checkout.word).toBe(state);
  });

  test.each(runtimeStatuses)('runtime %s gives a full set of steps', (status) => {
    const selection = { workspaceId: 'acme', runtimeId: 'runtime-1' };
    const flow = flowOf({ ...base, runtimes: [runtimeFixture(status)], selection });
    expect(Object.keys(flow.steps)).toEqual([...stepKeys]);
  });

  test('only status ready closes the flow: a receipt alone does not', () => {
    const runtime = { ...runtimeFixture('ready'), status: 'running' } as const;
    expect(flowOf({ ...base, runtimes: [runtime] }).steps.ready.phase).not.toBe('done');
  });
});

test('a login that ends soon leaves the runtime ready, and its step says so', () => {
  const flow = see('login-expiring');
  expect(flow.steps.codex).toEqual({ phase: 'done', word: 'login_expiring' });
  expect(flow.busy).toBe(false);
});

test('busy while something is expected to change by itself, quiet when all is settled', () => {
  expect(see('provisioning').busy).toBe(true);
  expect(see('order-awaiting_payment').busy).toBe(true);
  expect(see('smoke-running').busy).toBe(true);
  expect(see('linking').busy).toBe(true);
  expect(see('proving').busy).toBe(true);
  expect(see('auth-required').busy).toBe(false);
  expect(see('ready').busy).toBe(false);
});

test('conditions that cannot be read are shown as none instead of breaking the page', () => {
  expect(conditionsOf({ ...runtimeFixture('ready'), conditions: '{' })).toEqual([]);
  const newer = JSON.stringify([{ type: 'from_the_future' }]);
  expect(conditionsOf({ ...runtimeFixture('ready'), conditions: newer })).toEqual([]);
});
