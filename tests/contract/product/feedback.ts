/**
 * Promises of the feedback door: the answers byte for byte, and that nothing is granted for anything
 * but a true notice. Bodies are written here by hand from PayApp's list of fields; the token is what
 * the sandbox was told in `feedbackurl`.
 */
import { createHmac } from 'node:crypto';
import { Query } from 'node-appwrite';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { order } from '#local/customer/customer.ts';
import { send } from '#local/customer/http.ts';
import { payappUserId } from '#local/supervisor/parts.ts';
import { eventually } from '#tests/support/http.ts';
import type { Owner, TestProduct } from '#tests/support/product.ts';

interface Case {
  readonly orderId: string;
  readonly runtimeId: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const success: Answer = { status: 200, body: 'SUCCESS' };
const refused: Answer = { status: 403, body: 'FAIL' };
const probed: Answer = { status: 200, body: 'OK' };
const formType = 'application/x-www-form-urlencoded';

const feedbackUrl = ({ world, secrets }: TestProduct, orderId: string): string => {
  const token = createHmac('sha256', Buffer.from(secrets.orderTokenKey, 'base64'))
    .update(`payapp-feedback:v1:${orderId}`)
    .digest('base64url');
  return `${world.feedbackBaseUrl}/feedback/${orderId}/${token}`;
};

const trueFields = ({ secrets }: TestProduct, mulNo: string): Record<string, string> => ({
  userid: payappUserId,
  linkkey: secrets.payappLinkKey,
  linkval: secrets.payappLinkVal,
  goodname: 'OpenClaw + Basic & 1개월',
  price: '39000',
  recvphone: '01012345678',
  reqdate: '2026-11-23 18:00:00',
  pay_date: '2026-11-23 18:01:00',
  pay_type: '1',
  pay_state: '4',
  mul_no: mulNo,
  currency: 'krw',
  feedbacktype: '0',
  a_field_of_tomorrow: '1',
});

const post = async (url: string, body: string, contentType = formType): Promise<Answer> => {
  const answer = await send({
    method: 'POST',
    url,
    headers: { 'content-type': contentType },
    body,
  });
  return { status: answer.status, body: answer.text };
};
const postFields = (url: string, fields: Readonly<Record<string, string>>): Promise<Answer> =>
  post(url, new URLSearchParams(fields).toString());

const without = (
  fields: Readonly<Record<string, string>>,
  ...names: readonly string[]
): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

/** As long as the key and of its characters, but another one. */
const bent = (key: string): string => `${Array.from(key.slice(0, -1)).toReversed().join('')}=`;

/** One person opens every order of this file; PayApp's own first notice is already stored. */
const opener = (product: () => TestProduct): (() => Promise<Case>) => {
  let owner: Promise<Owner> | undefined;
  return async () => {
    owner ??= product().newOwner();
    const { customer, workspaceId } = await owner;
    const { orderId, runtimeId } = await order(customer, workspaceId, 'Runtime');
    const mulNo = String((await product().admin.get('orders', orderId))['mulNo']);
    const fields = trueFields(product(), mulNo);
    return { orderId, runtimeId, url: feedbackUrl(product(), orderId), fields };
  };
};

const noticesOf = (product: TestProduct, orderId: string) =>
  product.admin.list('notices', Query.equal('orderId', orderId), Query.notEqual('payState', '1'));
const tasksOf = async (product: TestProduct, orderId: string): Promise<readonly unknown[]> =>
  (await product.admin.list('tasks', Query.equal('subjectId', orderId))).map((row) => row['kind']);
const runtimesOf = (product: TestProduct, orderId: string) =>
  product.admin.list('runtimes', Query.equal('orderId', orderId));

type Attempt = (at: Case) => Promise<Answer>;

const strangers: readonly (readonly [string, Answer, Attempt])[] = [
  [
    'the wrong link key',
    refused,
    (at) => postFields(at.url, { ...at.fields, linkkey: bent(at.fields['linkkey'] ?? '') }),
  ],
  [
    'the wrong link value',
    refused,
    (at) => postFields(at.url, { ...at.fields, linkval: bent(at.fields['linkval'] ?? '') }),
  ],
  [
    'key and value swapped',
    refused,
    (at) =>
      postFields(at.url, {
        ...at.fields,
        linkkey: at.fields['linkval'] ?? '',
        linkval: at.fields['linkkey'] ?? '',
      }),
  ],
  ['no link value', refused, (at) => postFields(at.url, without(at.fields, 'linkval'))],
  ['another seller', refused, (at) => postFields(at.url, { ...at.fields, userid: 'somebody' })],
  ['a guessed token', refused, (at) => postFields(`${at.url.slice(0, -1)}~`, at.fields)],
  [
    'another token',
    refused,
    (at) => postFields(at.url.replace(/[^/]+$/, 'A'.repeat(43)), at.fields),
  ],
  ['no token', refused, (at) => postFields(at.url.replace(/\/[^/]+$/, ''), at.fields)],
  [
    'the token of this order on another one',
    refused,
    (at) => postFields(at.url.replace(at.orderId, 'f'.repeat(24)), at.fields),
  ],
  [
    'a price given twice',
    refused,
    (at) => post(at.url, `${new URLSearchParams(at.fields).toString()}&price=39000`),
  ],
  [
    'a foreign content type',
    refused,
    (at) => post(at.url, new URLSearchParams(at.fields).toString(), 'text/plain'),
  ],
  [
    'more than 16 KiB',
    refused,
    (at) => postFields(at.url, { ...at.fields, memo: 'x'.repeat(16 * 1024) }),
  ],
  [
    'forged headers in place of keys',
    refused,
    async (at) => {
      const forged = { 'x-appwrite-trigger': 'event', 'x-appwrite-event': 'notices.create' };
      const headers = { ...forged, 'content-type': formType, 'x-appwrite-user-id': 'operator' };
      const body = new URLSearchParams({ ...at.fields, linkval: 'x' }).toString();
      const answer = await send({ method: 'POST', url: at.url, headers, body });
      return { status: answer.status, body: answer.text };
    },
  ],
  ['JSON', probed, (at) => post(at.url, JSON.stringify(at.fields), 'application/json')],
  ['nothing at all', probed, (at) => post(at.url, '')],
  ['no payment state', probed, (at) => postFields(at.url, without(at.fields, 'pay_state'))],
];

export const strangersAtTheDoor = (product: () => TestProduct): void => {
  const open = opener(product);
  let at: Case;
  beforeAll(async () => {
    at = await open();
  });
  /** Whatever the answer was: the order waits on, nothing is stored, nothing runs. */
  afterEach(async () => {
    await product().sweep();
    expect(await noticesOf(product(), at.orderId)).toEqual([]);
    expect((await product().admin.get('orders', at.orderId))['state']).toBe('awaiting_payment');
    expect(await runtimesOf(product(), at.orderId)).toEqual([]);
    expect(await tasksOf(product(), at.orderId)).toEqual([]);
  });

  describe('grants nothing for', () => {
    test.each(strangers)('%s', async (_what, answer, attempt) => {
      expect(await attempt(at)).toEqual(answer);
    });

    test('a GET, even with a notice in its query', async () => {
      // Without what must not stand in an address: executions are kept with theirs.
      const told = without(at.fields, 'linkkey', 'linkval', 'recvphone');
      for (const query of ['', `?${new URLSearchParams(told).toString()}`]) {
        const got = await send({ method: 'GET', url: at.url + query });
        expect({ status: got.status, body: got.text }).toEqual(probed);
        expect(got.headers['content-type']).toMatch(/^text\/plain/);
      }
    });
  });
};

const stateOf = async (product: TestProduct, orderId: string): Promise<unknown> =>
  (await product.admin.get('orders', orderId))['state'];
/** Until the reconciler has looked at everything that is stored about the order. */
const settles = async (product: TestProduct, orderId: string): Promise<void> => {
  await eventually(
    async () => {
      await product.sweep();
      return noticesOf(product, orderId);
    },
    (notices) => notices.every((notice) => notice['appliedAt'] !== null),
  );
};

export const trueNotices = (product: () => TestProduct): void => {
  const open = opener(product);
  test.each(['38999', '39001', '1000', '0'])(
    'the amount %s is kept, never paid, and due back',
    async (price) => {
      const { orderId, url, fields } = await open();
      expect(await postFields(url, { ...fields, price })).toEqual(success);
      await settles(product(), orderId);
      expect(await stateOf(product(), orderId)).toBe('refund_due');
      expect(await tasksOf(product(), orderId)).toContain('amount_mismatch');
      expect(await runtimesOf(product(), orderId)).toEqual([]);
    },
  );

  test('an unknown payment state is kept, ten times over as once, and grants nothing', async () => {
    const { orderId, url, fields } = await open();
    const body = { ...fields, pay_state: '77' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => postFields(url, body)));
    expect(answers).toEqual(answers.map(() => success));
    await settles(product(), orderId);
    expect(await noticesOf(product(), orderId)).toMatchObject([{ payState: '77', verified: true }]);
    expect(await stateOf(product(), orderId)).toBe('awaiting_payment');
  });
};

export const anomalies = (product: () => TestProduct): void => {
  const open = opener(product);

  test('true keys around an unreadable notice: kept as an anomaly, nothing granted', async () => {
    const { orderId, url, fields } = await open();
    expect(await postFields(url, { ...fields, price: '39,000' })).toEqual(success);
    await settles(product(), orderId);
    expect(await noticesOf(product(), orderId)).toMatchObject([
      { outcome: 'malformed', verified: false },
    ]);
    expect(await stateOf(product(), orderId)).toBe('awaiting_payment');
    expect(await tasksOf(product(), orderId)).toEqual(['unverified_notice']);
  });

  test('keys left out altogether: parked for a person, and PayApp is made to call again', async () => {
    const { orderId, url, fields } = await open();
    expect(await postFields(url, without(fields, 'linkkey', 'linkval'))).toEqual(refused);
    await settles(product(), orderId);
    expect(await tasksOf(product(), orderId)).toEqual(['unverified_notice']);
    expect(await stateOf(product(), orderId)).toBe('awaiting_payment');
    expect(await runtimesOf(product(), orderId)).toEqual([]);
  });

  test('a true notice about no order of ours becomes a task', async () => {
    const orderId = `${'0'.repeat(16)}${Date.now().toString(16).slice(-8)}`;
    const url = feedbackUrl(product(), orderId);
    expect(await postFields(url, trueFields(product(), '9999999'))).toEqual(success);
    await settles(product(), orderId);
    expect(await tasksOf(product(), orderId)).toEqual(['orphan_notice']);
    expect(await runtimesOf(product(), orderId)).toEqual([]);
  });

  test('what is kept of a notice holds no key, phone number or name', async () => {
    const { orderId, url, fields } = await open();
    await postFields(url, { ...fields, pay_state: '78', card_num: '1234-56**-****-7890' });
    const kept = JSON.stringify(await noticesOf(product(), orderId));
    for (const name of ['linkkey', 'linkval', 'recvphone', 'goodname', 'card_num']) {
      expect(kept).not.toContain(fields[name] ?? '1234-56');
    }
  });
};

export const sandboxNotices = (product: () => TestProduct): void => {
  const open = opener(product);
  test('PayApp’s own sender with another amount ends the same way', async () => {
    const { orderId, fields } = await open();
    const { payappUrl } = product().world;
    const notice = { mul_no: fields['mul_no'], pay_state: '4', fields: { price: '40000' } };
    const body = JSON.stringify(notice);
    const sent = await send({ method: 'POST', url: `${payappUrl}/_ctl/send`, body });
    expect(sent.status).toBe(202);
    await eventually(
      async () => {
        await product().sweep();
        return (await product().admin.get('orders', orderId))['state'];
      },
      (state) => state === 'refund_due',
    );
    expect(await runtimesOf(product(), orderId)).toEqual([]);
  });
};
