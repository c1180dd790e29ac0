/** Whether the link of a runtime's renewal is texted, and to whom. */
import { chooseRenewalTexts, showRenewalTexts } from '#schemas/contract/renewal-texts.ts';
import type { RenewalTexts } from '#schemas/contract/renewal-texts.ts';
import { Action } from './action.svelte.ts';
import type { App } from './app.svelte.ts';

export class TextsDesk {
  readonly looking = new Action();
  readonly choosing = new Action();
  /** Undefined until it was looked at. */
  present = $state.raw<RenewalTexts | null>();
  readonly #app: App;
  readonly #runtimeId: string;

  constructor(app: App, runtimeId: string) {
    this.#app = app;
    this.#runtimeId = runtimeId;
  }

  async look(): Promise<void> {
    if (this.#runtimeId === '') return;
    const body = { runtimeId: this.#runtimeId };
    const done = await this.looking.run(() =>
      this.#app.with((gateway) => gateway.call(showRenewalTexts, body)),
    );
    if (done !== null) this.present = done.value.present;
  }

  /** Null ends it. True when it was taken. */
  async choose(phone: string | null): Promise<boolean> {
    const body = { runtimeId: this.#runtimeId, phone };
    const done = await this.choosing.run(() =>
      this.#app.with((gateway) => gateway.call(chooseRenewalTexts, body)),
    );
    if (done !== null) this.present = done.value.present;
    return done !== null;
  }
}
