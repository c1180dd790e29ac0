/** The operator's orders: what is looked for, what was found, and which of them is open. */
import { listOrders } from '#schemas/contract/operator.ts';
import type { OrderView } from '#schemas/contract/operator.ts';
import type { OrderState } from '#schemas/contract/vocabulary.ts';
import { Action } from './action.svelte.ts';
import type { App } from './app.svelte.ts';

export class OrderFinder {
  orderId = $state('');
  state = $state<OrderState | ''>('');
  found = $state.raw<readonly OrderView[]>([]);
  nextCursor = $state<string | null>(null);
  openId = $state<string | null>(null);
  readonly list = new Action();
  readonly opened = $derived(this.found.find(({ orderId }) => orderId === this.openId) ?? null);
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  async load(cursor: string | null): Promise<void> {
    const orderId = this.orderId.trim();
    const body = {
      ...(orderId === '' ? {} : { orderId }),
      ...(this.state === '' ? {} : { state: this.state }),
      ...(cursor === null ? {} : { cursor }),
    };
    const done = await this.list.run(() =>
      this.#app.with((gateway) => gateway.call(listOrders, body)),
    );
    if (done === null) return;
    this.found = cursor === null ? done.value.orders : [...this.found, ...done.value.orders];
    this.nextCursor = done.value.nextCursor;
    if (orderId !== '') this.openId = this.found[0]?.orderId ?? null;
  }

  /** One by its number, whatever was looked for before. */
  async find(orderId: string): Promise<void> {
    this.orderId = orderId;
    this.state = '';
    await this.load(null);
  }

  toggle(orderId: string): void {
    this.openId = orderId === this.openId ? null : orderId;
  }

  /** After a refund only this order changed; the list keeps its place. */
  async reread(orderId: string): Promise<void> {
    const done = await this.list.run(() =>
      this.#app.with((gateway) => gateway.call(listOrders, { orderId })),
    );
    const fresh = done?.value.orders.find((order) => order.orderId === orderId);
    if (fresh === undefined) return;
    this.found = this.found.map((order) => (order.orderId === orderId ? fresh : order));
  }
}
