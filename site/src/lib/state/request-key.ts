/**
 * The same key while the same thing is asked for again, in this form or in one drawn after a new
 * sign-in: a lost answer never opens a second order.
 */
import type { Drafts } from './drafts.ts';

export class RequestKeys {
  readonly #drafts: Drafts;
  readonly #name: string;
  #asked = { text: '', key: '' };

  constructor(drafts: Drafts, name: string) {
    this.#drafts = drafts;
    this.#name = name;
  }

  /** `text`: all that is asked for. */
  keyFor(text: string): string {
    const draft = `${this.#name} ${text}`;
    if (this.#asked.text !== text) {
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      const fresh = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      this.#asked = { text, key: this.#drafts.read(draft) || fresh };
    }
    this.#drafts.keep(draft, this.#asked.key);
    return this.#asked.key;
  }
}
