/** One thing a customer can ask for: runs once at a time, keeps its last failure until the next try. */
import type { Failure, Outcome } from '../api/failure.ts';

export class Action {
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);

  /** Null when it failed, or when it runs already. */
  async run<T>(work: () => Promise<Outcome<T>>): Promise<{ readonly value: T } | null> {
    if (this.busy) return null;
    this.busy = true;
    this.failure = null;
    try {
      const outcome = await work();
      if (outcome.ok) return { value: outcome.value };
      this.failure = outcome.error;
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** The failure belongs to this input. */
  at(field: string): Failure | null {
    return this.failure?.field === field ? this.failure : null;
  }

  /** The failure belongs to no input that the form shows. */
  beside(...fields: readonly string[]): Failure | null {
    const { failure } = this;
    return failure?.field !== undefined && fields.includes(failure.field) ? null : failure;
  }
}
