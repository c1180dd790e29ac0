/**
 * A subdomain while it is typed: looked at here first, then asked of the server once typing rests.
 * Only the answer to the newest text is shown.
 */
import { checkSubdomain } from '#schemas/contract/workspaces.ts';
import { looksLikeSubdomain } from '../flow/order.ts';
import type { App } from './app.svelte.ts';

const restMs = 350;

export type SubdomainVerdict =
  | 'none'
  | 'checking'
  | 'available'
  | 'subdomain_invalid'
  | 'subdomain_reserved'
  | 'subdomain_taken'
  | 'unchecked';

export class SubdomainCheck {
  verdict = $state<SubdomainVerdict>('none');
  readonly #app: App;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(app: App) {
    this.#app = app;
  }

  type(text: string): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
    if (text === '') {
      this.verdict = 'none';
      return;
    }
    if (!looksLikeSubdomain(text)) {
      this.verdict = 'subdomain_invalid';
      return;
    }
    this.verdict = 'checking';
    const asked = this.#asked;
    this.#timer = setTimeout(() => void this.#ask(text, asked), restMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }

  async #ask(subdomain: string, asked: number): Promise<void> {
    const outcome = await this.#app.with((gateway) => gateway.call(checkSubdomain, { subdomain }));
    if (asked !== this.#asked) return;
    if (!outcome.ok) {
      this.verdict = outcome.error.code === 'subdomain_invalid' ? 'subdomain_invalid' : 'unchecked';
      return;
    }
    this.verdict = outcome.value.available ? 'available' : (outcome.value.reason ?? 'unchecked');
  }
}
