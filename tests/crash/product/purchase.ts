/**
 * One order from the outside: a customer at the site's functions and a payer at PayApp's page, both
 * of the kind that tries again when nothing comes back. Neither knows of kills.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Query } from 'node-appwrite';
import { Refused, call } from '#local/customer/customer.ts';
import { postForm } from '#local/customer/http.ts';
import { openOrder, renewPayLink } from '#schemas/contract/checkout.ts';
import type { OrderRow } from '#schemas/contract/rows.ts';
import { orderRow } from '#schemas/contract/rows.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { Dice } from '#tests/support/dice.ts';
import { newRequestKey, unique } from '#tests/support/product.ts';
import type { Owner } from '#tests/support/product.ts';

/** A customer who waited for the first link (14 s) and asked a few times more is still patient. */
const patienceMs = 120_000;
const shortestPauseMs = 100;
const pauseSpreadMs = 400;

const phoneOf = (dice: Dice): string => `010${String(dice.below(100_000_000)).padStart(8, '0')}`;

export class Purchase {
  readonly owner: Owner;
  readonly #dice: Dice;
  readonly #phone: string;
  readonly #name = unique('Order ');
  readonly #requestKey = newRequestKey();
  #mayRenew = false;
  #row: OrderRow | null = null;

  constructor(owner: Owner, dice: Dice) {
    this.owner = owner;
    this.#dice = dice;
    this.#phone = phoneOf(dice);
  }

  get orderId(): string {
    return this.#row?.$id ?? '';
  }

  /** Until there is a link that can be paid. */
  async open(): Promise<void> {
    await this.#insist(async () => {
      this.#row = await this.#read();
      if (this.#row?.state === 'awaiting_payment' && this.#row.payUrl !== null) return true;
      if (this.#row === null || !this.#mayRenew) await this.#ask();
      else await this.renew(this.#row.revision);
      return false;
    });
  }

  async renew(revision: number): Promise<void> {
    const body = { orderId: this.orderId, phone: this.#phone, revision };
    await call(this.owner.customer.functions, renewPayLink, body);
  }

  /** Until PayApp's page says that it is paid. */
  async pay(): Promise<void> {
    const { payUrl } = this.#row ?? {};
    if (payUrl == null) throw new Error('there is no link to pay');
    await this.#insist(async () => (await postForm(payUrl, { method: 'card' })).status === 303);
  }

  async read(): Promise<OrderRow> {
    this.#row = await this.#read();
    if (this.#row === null) throw new Error('there is no order');
    return this.#row;
  }

  async #ask(): Promise<void> {
    const { customer, workspaceId } = this.owner;
    const order = { workspaceId, planKey: 'basic', runtimeName: this.#name, phone: this.#phone };
    try {
      await call(customer.functions, openOrder, { ...order, requestKey: this.#requestKey });
    } catch (error) {
      // An answer, and not the one that was hoped for: from now on the button is "try again".
      if (error instanceof Refused) this.#mayRenew = true;
      throw error;
    }
  }

  async #read(): Promise<OrderRow | null> {
    const { rows } = await this.owner.customer.rows.listRows({
      databaseId,
      tableId: 'orders',
      queries: [Query.equal('runtimeName', this.#name)],
    });
    return rows[0] === undefined ? null : orderRow.parse({ ...rows[0] });
  }

  async #insist(attempt: () => Promise<boolean>): Promise<void> {
    const deadlineMs = performance.now() + patienceMs;
    for (;;) {
      const result = await attempt().catch((error: unknown) => String(error));
      if (result === true) return;
      if (performance.now() > deadlineMs) {
        throw new Error(`${this.#name} after ${patienceMs} ms: ${String(result)}`);
      }
      await pause(shortestPauseMs + this.#dice.below(pauseSpreadMs));
    }
  }
}
