/** Another plan for a runtime: what it would cost now, ordering it, choosing it for later. */
import { chooseNextPlan, quotePlan, upgradePlan } from '#schemas/contract/plan-change.ts';
import type { RuntimeRow } from '#schemas/contract/rows.ts';
import { Action } from './action.svelte.ts';
import type { App } from './app.svelte.ts';
import { RequestKeys } from './request-key.ts';

export interface Quote {
  readonly planKey: string;
  readonly priceKrw: number;
  /** ISO: what is paid ends. */
  readonly until: string;
}

type Target = Pick<RuntimeRow, '$id' | 'revision' | 'planKey' | 'paidUntil'>;

export class PlanDesk {
  readonly quoting = new Action();
  readonly paying = new Action();
  readonly choosing = new Action();
  /** The plan that is looked at. */
  wanted = $state<string | null>(null);
  quote = $state.raw<Quote | null>(null);
  readonly #app: App;
  readonly #keys: RequestKeys;
  readonly #onchanged: () => void;

  constructor(app: App, runtimeId: string, onchanged: () => void) {
    this.#app = app;
    this.#keys = new RequestKeys(app.drafts, `plan.key ${runtimeId}`);
    this.#onchanged = onchanged;
  }

  want(planKey: string | null): void {
    this.wanted = planKey;
    this.forget();
  }

  forget(): void {
    this.quote = null;
    for (const action of [this.quoting, this.paying, this.choosing]) action.failure = null;
  }

  async ask({ $id: runtimeId }: Target, planKey: string): Promise<void> {
    this.forget();
    const body = { runtimeId, planKey };
    const done = await this.quoting.run(() =>
      this.#app.with((gateway) => gateway.call(quotePlan, body)),
    );
    if (done !== null) {
      this.quote = { planKey, priceKrw: done.value.priceKrw, until: done.value.until };
    }
  }

  /** PayApp's page, or null where it was refused. */
  async pay(runtime: Target, planKey: string, phone: string): Promise<string | null> {
    const wish = { runtimeId: runtime.$id, planKey };
    // Of another plan, or another time that is left, it is another wish.
    const requestKey = this.#keys.keyFor(
      JSON.stringify({ ...wish, from: runtime.planKey, until: runtime.paidUntil }),
    );
    const body = { ...wish, phone, requestKey };
    const done = await this.paying.run(() =>
      this.#app.with((gateway) => gateway.call(upgradePlan, body)),
    );
    return done === null ? null : done.value.payUrl;
  }

  async choose({ $id: runtimeId, revision }: Target, planKey: string): Promise<boolean> {
    const body = { runtimeId, revision, planKey };
    const done = await this.choosing.run(() =>
      this.#app.with((gateway) => gateway.call(chooseNextPlan, body)),
    );
    this.#onchanged();
    return done !== null;
  }
}
