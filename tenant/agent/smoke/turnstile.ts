/**
 * Smoke and check both cost requests of the customer's login, and what one does to its limits would
 * be read as the other's result. Guarantees: at most one of them runs.
 */
import { AgentFailure } from '../failure.ts';

export class Turnstile {
  #taken = false;

  /** Throws `smoke_busy` while another is inside; the answer lets the next one in. */
  enter(): () => void {
    if (this.#taken) throw new AgentFailure('smoke_busy');
    this.#taken = true;
    return () => {
      this.#taken = false;
    };
  }
}
