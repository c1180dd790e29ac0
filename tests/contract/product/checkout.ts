/** Promises of checkout: one order per click-through, our price, and nobody else's workspace. */
import { Query } from 'node-appwrite';
import { beforeAll, describe, expect, test } from 'vitest';
import { call, cancel, order, readOrder } from '#local/customer/customer.ts';
import type { Customer } from '#local/customer/customer.ts';
import { postForm, send } from '#local/customer/http.ts';
import { openOrder, renewPayLink } from '#schemas/contract/checkout.ts';
import { planOf } from '#schemas/plans.ts';
import { eventually } from '#tests/support/http.ts';
import { codeOf, newRequestKey } from '#tests/support/product.ts';
import type { Owner, TestProduct } from '#tests/support/product.ts';

const phone = '010-1234-5678';
const bodyFor = (workspaceId: string, changes: { phone?: string; planKey?: string } = {}) => ({
  workspaceId,
  planKey: 'basic',
  runtimeName: 'Runtime',
  phone,
  requestKey: newRequestKey(),
  ...changes,
});

interface AskedFor {
  readonly var1: string;
  readonly priceKrw: number;
  readonly status: string;
}

/** What PayApp was really asked for, about one order. */
const requestsFor = async (product: TestProduct, orderId: string): Promise<readonly AskedFor[]> => {
  const { text } = await send({ method: 'GET', url: `${product.world.payappUrl}/_ctl` });
  const { requests } = JSON.parse(text) as { requests: readonly AskedFor[] };
  return requests.filter(({ var1 }) => var1 === orderId);
};

export const opening = (product: () => TestProduct): void => {
  let owner: Owner;
  let stranger: Customer;
  beforeAll(async () => {
    owner = await product().newOwner();
    stranger = await product().newMember();
  });
  const open = (customer: Customer, changes: { phone?: string; planKey?: string } = {}) =>
    call(customer.functions, openOrder, bodyFor(owner.workspaceId, changes));
  const ordersOfWorkspace = () =>
    product().admin.list('orders', Query.equal('workspaceId', owner.workspaceId));

  describe('an order that is refused leaves no row', () => {
    test.each([
      ['in a foreign workspace', 'workspace_unknown', () => open(stranger)],
      [
        'in a workspace that does not exist',
        'workspace_unknown',
        () => call(owner.customer.functions, openOrder, bodyFor('nowhere')),
      ],
      ['for a landline', 'phone_invalid', () => open(owner.customer, { phone: '02-123-4567' })],
      ['without a phone', 'phone_invalid', () => open(owner.customer, { phone: '' })],
      ['for a plan that is not sold', 'plan_unknown', () => open(owner.customer, { planKey: 'x' })],
    ])('%s', async (_what, code, attempt) => {
      expect(await codeOf(attempt())).toBe(code);
      expect(await ordersOfWorkspace()).toEqual([]);
    });
  });

  test('five clicks with one request key open one order and ask PayApp once', async () => {
    const body = bodyFor(owner.workspaceId);
    const links = await Promise.all(
      Array.from({ length: 5 }, () => call(owner.customer.functions, openOrder, body)),
    );
    expect(new Set(links.map(({ orderId }) => orderId)).size).toBe(1);
    expect(new Set(links.map(({ payUrl }) => payUrl)).size).toBe(1);
    expect(await requestsFor(product(), links[0]?.orderId ?? '')).toHaveLength(1);
    expect(await ordersOfWorkspace()).toHaveLength(1);
  });

  test('the price is ours, whatever the body says', async () => {
    const { functions } = owner.customer;
    const cheap = { priceKrw: 1_000, price: 1_000, planVersion: 0, planSnapshot: '{}' };
    const link = await call(functions, openOrder, { ...bodyFor(owner.workspaceId), ...cheap });
    const priceKrw = planOf('basic')?.pricesKrw[1];
    expect(link.priceKrw).toBe(priceKrw);
    expect(await requestsFor(product(), link.orderId)).toMatchObject([{ priceKrw }]);
    expect((await readOrder(owner.customer, link.orderId)).priceKrw).toBe(priceKrw);
  });
};

export const cancelling = (product: () => TestProduct): void => {
  let owner: Owner;
  beforeAll(async () => {
    owner = await product().newOwner();
  });
  const opened = () => order(owner.customer, owner.workspaceId, 'Runtime');

  test('cancelling twice is cancelling once, and the link is dead', async () => {
    const { orderId, revision, payUrl } = await opened();
    expect(await cancel(owner.customer, orderId, revision)).toEqual({
      orderId,
      state: 'cancelled',
    });
    expect(await cancel(owner.customer, orderId, revision)).toEqual({
      orderId,
      state: 'cancelled',
    });
    expect((await postForm(payUrl, { method: 'card' })).status).toBe(409);
    await product().sweep();
    expect((await readOrder(owner.customer, orderId)).state).toBe('cancelled');
  });

  test('a command that saw an older revision changes nothing', async () => {
    const { orderId, revision } = await opened();
    expect(await codeOf(cancel(owner.customer, orderId, revision - 1))).toBe('stale_revision');
    const renewing = { orderId, phone, revision: revision - 1 };
    const renewed = call(owner.customer.functions, renewPayLink, renewing);
    expect(await codeOf(renewed)).toBe('stale_revision');
    expect(await readOrder(owner.customer, orderId)).toMatchObject({
      state: 'awaiting_payment',
      revision,
    });
  });

  test('a stranger cannot touch an order, nor learn that it exists', async () => {
    const { orderId, revision } = await opened();
    const stranger = await product().newMember();
    for (const id of [orderId, 'nowhere']) {
      expect(await codeOf(cancel(stranger, id, revision))).toBe('order_unknown');
      const renewed = call(stranger.functions, renewPayLink, { orderId: id, phone, revision });
      expect(await codeOf(renewed)).toBe('order_unknown');
    }
    expect((await readOrder(owner.customer, orderId)).state).toBe('awaiting_payment');
  });

  test('a renewed link leaves one request that can be paid', async () => {
    const { orderId, revision, payUrl } = await opened();
    const { functions } = owner.customer;
    const renewed = await call(functions, renewPayLink, { orderId, phone, revision });
    expect(renewed.payUrl).not.toBe(payUrl);
    const requests = await requestsFor(product(), orderId);
    expect(requests.map(({ status }) => status).toSorted()).toEqual(['cancelled', 'requested']);
    expect(await codeOf(cancel(owner.customer, orderId, renewed.revision))).toBe('ok');
    await product().sweep();
    expect((await requestsFor(product(), orderId)).map(({ status }) => status)).toEqual([
      'cancelled',
      'cancelled',
    ]);
  });
};

export const racing = (product: () => TestProduct): void => {
  let owner: Owner;
  beforeAll(async () => {
    owner = await product().newOwner();
  });
  const opened = () => order(owner.customer, owner.workspaceId, 'Runtime');
  /** PayApp's requests that somebody could still pay, once the reconciler has tidied up. */
  const payable = async (orderId: string): Promise<number> => {
    const requests = await requestsFor(product(), orderId);
    return requests.filter(({ status }) => status === 'requested').length;
  };

  test('five renewals at once: one goes through, one link can be paid', async () => {
    const { orderId, revision } = await opened();
    const { functions } = owner.customer;
    const renewals = Array.from({ length: 5 }, () =>
      codeOf(call(functions, renewPayLink, { orderId, phone, revision })),
    );
    const codes = await Promise.all(renewals);
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(codes.filter((code) => code === 'stale_revision')).toHaveLength(4);
    await eventually(
      async () => {
        await product().sweep();
        return payable(orderId);
      },
      (count) => count === 1,
    );
    const { state, payUrl } = await readOrder(owner.customer, orderId);
    expect(state).toBe('awaiting_payment');
    expect((await send({ method: 'GET', url: payUrl ?? '' })).status).toBe(200);
  });

  test('cancelling while renewing: no link outlives a cancelled order', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { orderId, revision } = await opened();
      const { functions } = owner.customer;
      await Promise.all([
        codeOf(call(functions, renewPayLink, { orderId, phone, revision })),
        codeOf(cancel(owner.customer, orderId, revision)),
      ]);
      await eventually(
        async () => {
          await product().sweep();
          const { state } = await readOrder(owner.customer, orderId);
          return { state, links: await payable(orderId) };
        },
        ({ state, links }) => links === (state === 'cancelled' ? 0 : 1),
      );
    }
  });

  test('five cancellations at once are one', async () => {
    const { orderId, revision } = await opened();
    const cancelling = Array.from({ length: 5 }, () =>
      codeOf(cancel(owner.customer, orderId, revision)),
    );
    const codes = await Promise.all(cancelling);
    const expected = ['ok', 'stale_revision', 'order_not_cancellable'];
    expect(codes.filter((code) => !expected.includes(code))).toEqual([]);
    await eventually(
      async () => {
        await product().sweep();
        return (await readOrder(owner.customer, orderId)).state;
      },
      (state) => state === 'cancelled',
    );
    expect(await payable(orderId)).toBe(0);
  });
};
