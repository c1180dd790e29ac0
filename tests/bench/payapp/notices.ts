/**
 * Orders that wait for their payment, and true notices about them. Every tenth notice comes twice at
 * the same moment, as PayApp sends it to two addresses; each has a pay date of its own, by which the
 * books can be compared with what was sent.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { order } from '#local/customer/customer.ts';
import { payappUserId } from '#local/supervisor/parts.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { TestProduct } from '#tests/support/product.ts';
import type { Call } from './load.ts';

export interface BenchOrder {
  readonly id: string;
  readonly mulNo: string;
}

const priceKrw = 39_000;
/** Below every number the sandbox gives out. */
const firstMulNo = 1_000_000_000_000;
const atOnce = 16;

/** Each is a copy of one that the product itself opened, under a number of its own. */
export const makeOrders = async (
  product: TestProduct,
  count: number,
): Promise<readonly BenchOrder[]> => {
  const { admin } = product;
  const { customer, workspaceId } = await product.newOwner();
  const real = await admin.get('orders', (await order(customer, workspaceId, 'Bench')).orderId);
  const columns = Object.entries(real).filter(([name]) => !name.startsWith('$'));
  const orders = Array.from({ length: count }, (_, index) => ({
    id: randomBytes(12).toString('hex'),
    mulNo: String(firstMulNo + index),
  }));
  for (let from = 0; from < count; from += atOnce) {
    const creating = orders.slice(from, from + atOnce).map(({ id, mulNo }) => {
      const runtimeId = randomBytes(12).toString('hex');
      const data = { ...Object.fromEntries(columns), mulNo, runtimeId };
      return admin.rows.createRow({ databaseId, tableId: 'orders', rowId: id, data });
    });
    await Promise.all(creating);
  }
  return orders;
};

export interface Sent {
  readonly calls: readonly Call[];
  /** Pay dates, one a notice, however often it is sent. */
  readonly notices: readonly string[];
}

const doubledEvery = 10;

export class Sender {
  readonly #secrets: TestProduct['secrets'];
  readonly #orders: readonly BenchOrder[];
  #made = 0;

  constructor({ secrets }: Pick<TestProduct, 'secrets'>, orders: readonly BenchOrder[]) {
    this.#secrets = secrets;
    this.#orders = orders;
  }

  /** `ratePerSecond` calls a second, the doubled ones among them. */
  schedule(ratePerSecond: number, seconds: number, payState: string): Sent {
    const calls: Call[] = [];
    const notices: string[] = [];
    const total = Math.round(ratePerSecond * seconds);
    while (calls.length < total) {
      const dueMs = (calls.length / ratePerSecond) * 1_000;
      const { payDate, path, body } = this.make(payState);
      notices.push(payDate);
      calls.push({ path, body, dueMs });
      if (notices.length % doubledEvery === 0) calls.push({ path, body, dueMs });
    }
    return { calls, notices };
  }

  make(payState: string): {
    readonly payDate: string;
    readonly path: string;
    readonly body: string;
  } {
    const about = this.#orders[this.#made % this.#orders.length];
    if (about === undefined) throw new Error('there are no orders');
    this.#made += 1;
    const payDate = new Date(this.#made * 1_000).toISOString().slice(0, 19).replace('T', ' ');
    const token = createHmac('sha256', Buffer.from(this.#secrets.orderTokenKey, 'base64'))
      .update(`payapp-feedback:v1:${about.id}`)
      .digest('base64url');
    const fields = this.#fields(about, { payState, payDate });
    return {
      payDate,
      path: `/feedback/${about.id}/${token}`,
      body: new URLSearchParams(fields).toString(),
    };
  }

  /** All that PayApp sends with a card payment: the body is as long as in earnest. */
  #fields(
    about: BenchOrder,
    { payState, payDate }: { readonly payState: string; readonly payDate: string },
  ): Record<string, string> {
    return {
      ...{ userid: payappUserId, linkkey: this.#secrets.payappLinkKey },
      ...{ linkval: this.#secrets.payappLinkVal, goodname: 'OpenClaw 전용 런타임 + 1개월' },
      ...{ price: String(priceKrw), recvphone: '01012345678', memo: '', reqaddr: '0' },
      ...{ reqdate: '2026-11-23 18:00:00', pay_memo: '', pay_addr: '', pay_date: payDate },
      ...{ pay_type: '1', pay_state: payState, var1: about.id, var2: '', mul_no: about.mulNo },
      ...{ payurl: 'https://www.payapp.kr/p/aaaaaa', csturl: 'https://www.payapp.kr/c/aaaaaa' },
      ...{ currency: 'krw', vccode: '', feedbacktype: '0', card_name: '신한', noinf: 'N' },
      ...{ card_num: '9410-****-****-1234', card_quota: '00', payauthcode: '12345678' },
    };
  }
}
