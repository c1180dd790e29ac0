/**
 * One order between three parties, for the fault matrix: a customer at the deployed functions, a
 * payer at PayApp's page, and the sandbox that spoils what lies between. Each order has a payer of
 * its own, so its fault plan touches no other order and many can be played at once.
 */
import { randomInt } from 'node:crypto';
import { Query } from 'node-appwrite';
import * as z from 'zod';
import { call, cancel, readOrder } from '#local/customer/customer.ts';
import { postForm, send } from '#local/customer/http.ts';
import { FAULT_PLANS } from '#local/payapp/plans.ts';
import type { PlanName } from '#local/payapp/plans.ts';
import { payappUserId } from '#local/supervisor/parts.ts';
import { openOrder, renewPayLink } from '#schemas/contract/checkout.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { eventually } from '#tests/support/http.ts';
import { codeOf, newRequestKey, unique } from '#tests/support/product.ts';
import type { Owner, TestProduct } from '#tests/support/product.ts';
import { readLedger } from './ledger.ts';
import type { Ledger } from './ledger.ts';

const overview = z.object({
  requests: z.array(
    z.object({ mulNo: z.string(), code: z.string(), status: z.string(), var1: z.string() }),
  ),
  pending: z.array(z.object({ mulNo: z.string(), attempts: z.number() })),
  deliveries: z.array(
    z.object({
      mulNo: z.string(),
      payState: z.string(),
      success: z.boolean(),
      failure: z.string(),
    }),
  ),
});
export type Overview = z.infer<typeof overview>;

export const lookIntoPayApp = async (product: TestProduct): Promise<Overview> => {
  const { text } = await send({ method: 'GET', url: `${product.world.payappUrl}/_ctl` });
  return overview.parse(JSON.parse(text));
};

/** The longest delay the sandbox knows; every test is over before. */
const heldMs = 300_000;
/** Calls of one notice after which a refusal counts as PayApp's last word for a test. */
const refusedOften = 2;
/** Longer than every delay of a plan, than one minute of the cron, and than a busy machine. */
const quietWithinMs = 100_000;
const pastMs = 60_000;

export class Counter {
  readonly #product: TestProduct;
  readonly #owner: Owner;
  readonly #phone = `010${String(randomInt(100_000_000)).padStart(8, '0')}`;
  readonly #name = unique('Order ');
  #orderId = '';
  #payUrl = '';

  constructor(product: TestProduct, owner: Owner) {
    this.#product = product;
    this.#owner = owner;
  }

  get orderId(): string {
    return this.#orderId;
  }

  /**
   * From now on everything about this payer's requests goes wrong in this way. What the plan delays
   * is held until `release`: on a busy machine a delay of seconds would be a race.
   */
  async plan(plan: PlanName): Promise<void> {
    const { faults } = FAULT_PLANS[plan];
    const held = 'delayMs' in faults ? { delayMs: heldMs } : {};
    await this.#control('PATCH', '/faults', { ...held, plan, phone: this.#phone }, 200);
  }

  /** Once PayApp has been heard to say this, what it holds back is sent too. */
  async release(heard: string): Promise<void> {
    await eventually(
      () => this.heard(),
      (said) => said === heard,
    );
    for (const mul_no of await this.#mulNos()) {
      await this.#control('POST', '/release', { mul_no }, 200);
    }
  }

  /** `ok`, or the code the customer was answered with. */
  async open(): Promise<string> {
    const opening = call(this.#owner.customer.functions, openOrder, {
      workspaceId: this.#owner.workspaceId,
      planKey: 'basic',
      runtimeName: this.#name,
      phone: this.#phone,
      requestKey: newRequestKey(),
    }).then((link) => {
      this.#payUrl = link.payUrl;
    });
    const code = await codeOf(opening);
    this.#orderId = await this.#findOrder();
    return code;
  }

  /** While the API has not replied yet, the payer may already have the link. */
  async payWhileOpening(): Promise<string> {
    const opening = this.open();
    this.#orderId = await this.#findOrder();
    await this.payLink(await this.#lostLink());
    return opening;
  }

  /** The customer asks for a link once more. */
  async renew(): Promise<string> {
    const { customer } = this.#owner;
    const { revision } = await readOrder(customer, this.#orderId);
    const body = { orderId: this.#orderId, phone: this.#phone, revision };
    const renewing = call(customer.functions, renewPayLink, body).then((link) => {
      this.#payUrl = link.payUrl;
    });
    return codeOf(renewing);
  }

  async cancelAsCustomer(): Promise<string> {
    const { customer } = this.#owner;
    const { revision } = await readOrder(customer, this.#orderId);
    return codeOf(cancel(customer, this.#orderId, revision));
  }

  async pay(method: 'card' | 'vbank' = 'card'): Promise<void> {
    await this.payLink(this.#payUrl, method);
  }

  /** Through the link of a request whose reply never reached us: PayApp texts it to the payer. */
  async payLostLink(): Promise<void> {
    await this.payLink(await this.#lostLink());
  }

  async payLink(url: string, method: 'card' | 'vbank' = 'card'): Promise<void> {
    await press(url, { method });
  }

  async deposit(): Promise<void> {
    await press(`${this.#payUrl}/deposit`);
  }

  async giveUp(): Promise<void> {
    await press(`${this.#payUrl}/cancel`);
  }

  /** In full, from PayApp's own console. */
  async refundAtPayApp(): Promise<void> {
    const { secrets, world } = this.#product;
    const form = {
      cmd: 'paycancel',
      userid: payappUserId,
      linkkey: secrets.payappLinkKey,
      mul_no: await this.#paidRequest(),
    };
    const { text } = await postForm(`${world.payappUrl}/oapi/apiLoad.html`, form);
    if (!text.includes('state=1')) throw new Error(`PayApp did not refund: ${text}`);
  }

  /** PayApp comes to its senses and says once more, truly, that the money came. */
  async hearTruth(): Promise<void> {
    await this.plan('none');
    const body = { mul_no: await this.#paidRequest(), pay_state: '4' };
    await this.#control('POST', '/send', body, 202);
  }

  /** The order's day is over: its deadline is moved to where a day of waiting would have put it. */
  async letDayPass(): Promise<void> {
    const past = new Date(Date.now() - pastMs).toISOString();
    await this.#product.admin.rows.updateRow({
      databaseId,
      tableId: 'orders',
      rowId: this.#orderId,
      data: { expiresAt: past, nextCheckAt: past },
    });
    await this.#product.sweep();
  }

  /** Until a person was given this task. */
  async askedPerson(task: string): Promise<void> {
    await eventually(
      () => readLedger(this.#product, this.#orderId),
      ({ tasks }) => tasks.includes(task),
      quietWithinMs,
    );
  }

  /** The ledger once nothing is on its way any more. */
  async atRest(): Promise<Ledger> {
    const at = await eventually(
      async () => ({
        pending: await this.#pending(),
        ledger: await readLedger(this.#product, this.#orderId),
      }),
      ({ pending, ledger }) => pending === 0 && ledger.workLeft === 0,
      quietWithinMs,
    );
    return at.ledger;
  }

  /** What was sent about this order, in order: `1 9 4`, or `1 4*10` for the same ten times. */
  async heard(): Promise<string> {
    const mulNos = await this.#mulNos();
    const { deliveries } = await lookIntoPayApp(this.#product);
    const states = deliveries
      .filter((sent) => mulNos.has(sent.mulNo) && sent.failure !== 'dropped')
      .map(({ payState }) => payState);
    const runs: { readonly state: string; times: number }[] = [];
    for (const state of states) {
      const last = runs.at(-1);
      if (last?.state === state) last.times += 1;
      else runs.push({ state, times: 1 });
    }
    return runs.map(({ state, times }) => (times === 1 ? state : `${state}*${times}`)).join(' ');
  }

  async #pending(): Promise<number> {
    const mulNos = await this.#mulNos();
    const { pending } = await lookIntoPayApp(this.#product);
    return pending.filter(({ mulNo, attempts }) => mulNos.has(mulNo) && attempts < refusedOften)
      .length;
  }

  async #mulNos(): Promise<ReadonlySet<string>> {
    const { requests } = await lookIntoPayApp(this.#product);
    const own = requests.filter(({ var1 }) => var1 === this.#orderId);
    return new Set(own.map(({ mulNo }) => mulNo));
  }

  async #lostLink(): Promise<string> {
    const find = async () => {
      const { requests } = await lookIntoPayApp(this.#product);
      return requests.find(({ var1, status }) => var1 === this.#orderId && status === 'requested');
    };
    const found = await eventually(find, (request) => request !== undefined);
    return `${this.#product.world.payappUrl}/p/${found?.code ?? ''}`;
  }

  async #paidRequest(): Promise<string> {
    const { requests } = await lookIntoPayApp(this.#product);
    const paid = requests.find(({ var1, status }) => var1 === this.#orderId && status === 'paid');
    if (paid === undefined) throw new Error('PayApp knows of no payment');
    return paid.mulNo;
  }

  async #findOrder(): Promise<string> {
    const find = async () => {
      const rows = await this.#product.admin.list('orders', Query.equal('runtimeName', this.#name));
      return rows[0]?.$id ?? '';
    };
    return eventually(find, (id) => id !== '');
  }

  async #control(
    method: 'PATCH' | 'POST',
    path: string,
    body: object,
    status: number,
  ): Promise<void> {
    const response = await fetch(`${this.#product.world.payappUrl}/_ctl${path}`, {
      method,
      body: JSON.stringify(body),
    });
    if (response.status !== status) throw new Error(`/_ctl${path}: ${await response.text()}`);
  }
}

const press = async (url: string, form: Readonly<Record<string, string>> = {}): Promise<void> => {
  const { status } = await postForm(url, form);
  if (status !== 303) throw new Error(`PayApp's page answered ${status}`);
};
