/** Automatic renewal of one runtime: what there is, agreeing to it, stopping it. */
import { showAutopay, startAutopay, stopAutopay } from '#schemas/contract/autopay.ts';
import type { Autopay } from '#schemas/contract/autopay.ts';
import { Action } from './action.svelte.ts';
import type { App } from './app.svelte.ts';

export interface AutopayOffer {
  readonly priceKrw: number;
  /** Day of the month. */
  readonly chargeDay: number;
}

export class AutopayDesk {
  readonly looking = new Action();
  readonly starting = new Action();
  readonly stopping = new Action();
  /** Null where nothing can be agreed to; both null: there is nothing to show. */
  offer = $state.raw<AutopayOffer | null>(null);
  present = $state.raw<Autopay | null>(null);
  readonly #app: App;
  readonly #runtimeId: string;

  constructor(app: App, runtimeId: string) {
    this.#app = app;
    this.#runtimeId = runtimeId;
  }

  /** A refusal (it is off, or this member may not pay) shows nothing. */
  async look(): Promise<void> {
    if (this.#runtimeId === '') return;
    const body = { runtimeId: this.#runtimeId };
    const done = await this.looking.run(() =>
      this.#app.with((gateway) => gateway.call(showAutopay, body)),
    );
    if (done === null) return;
    this.offer = done.value.offer;
    this.present = done.value.present;
  }

  /** PayApp's page, or null where it was refused. */
  async start(agreed: AutopayOffer, phone: string): Promise<string | null> {
    const body = { runtimeId: this.#runtimeId, phone, agreed };
    const done = await this.starting.run(() =>
      this.#app.with((gateway) => gateway.call(startAutopay, body)),
    );
    if (done === null) void this.look();
    return done === null ? null : done.value.payUrl;
  }

  async stop(autopayId: string): Promise<boolean> {
    const done = await this.stopping.run(() =>
      this.#app.with((gateway) => gateway.call(stopAutopay, { autopayId })),
    );
    if (done !== null) await this.look();
    return done !== null;
  }
}
