/**
 * Recovery key and bucket of a runtime, spoken of with its own server alone. The key is held while it
 * is shown, the bucket's secret while it is sent; neither is kept anywhere.
 */
import type {
  BucketGiven,
  OffsiteAnswer,
  OffsiteRequest,
} from '#schemas/contract/agent-offsite.ts';
import { offsiteRuntime, refreshRuntime } from '#schemas/contract/runtimes.ts';
import type { AgentRefusal } from '../api/agent.ts';
import { askOffsite } from '../api/offsite.ts';
import { makeRecoveryKey } from '../api/recovery-key.ts';
import type { RecoveryKey } from '../api/recovery-key.ts';
import { Action } from './action.svelte.ts';
import type { App } from './app.svelte.ts';

export class Offsite {
  readonly asking = new Action();
  /** What the runtime's own server said. */
  refusal = $state.raw<AgentRefusal | null>(null);
  /** As it was told last; null = not asked yet. */
  known = $state.raw<OffsiteAnswer | null>(null);
  /** Made just now, and not in use before its owner has kept it. */
  fresh = $state.raw<RecoveryKey | null>(null);
  making = $state(false);
  /** The form of a bucket is open. */
  typing = $state(false);
  /** What was done last, until something else is. */
  done = $state<OffsiteRequest['do'] | null>(null);
  readonly #app: App;
  readonly #runtimeId: string;
  readonly #onchanged: () => void;

  constructor(app: App, runtimeId: string, onchanged: () => void) {
    this.#app = app;
    this.#runtimeId = runtimeId;
    this.#onchanged = onchanged;
  }

  async make(): Promise<void> {
    if (this.making) return;
    this.making = true;
    this.refusal = null;
    try {
      this.fresh = await makeRecoveryKey();
    } catch {
      // Its library did not arrive.
      this.refusal = { kind: 'unreachable' };
    } finally {
      this.making = false;
    }
  }

  /** From now on backups are locked to the one that was shown. */
  async keep(): Promise<void> {
    const recipient = this.fresh?.recipient;
    if (recipient === undefined) return;
    if (await this.#ask({ do: 'set_key', recipient })) this.fresh = null;
  }

  drop(): void {
    this.fresh = null;
  }

  look(): Promise<boolean> {
    return this.#ask({ do: 'look' });
  }

  /** True when it was tried and taken. */
  use(bucket: BucketGiven): Promise<boolean> {
    return this.#ask({ do: 'set_bucket', bucket });
  }

  stop(): Promise<boolean> {
    return this.#ask({ do: 'remove_bucket' });
  }

  async #ask(request: OffsiteRequest): Promise<boolean> {
    const body = { runtimeId: this.#runtimeId };
    this.refusal = null;
    this.done = null;
    const asked = await this.asking.run(async () => {
      const pass = await this.#app.with((gateway) => gateway.call(offsiteRuntime, body));
      if (!pass.ok) return pass;
      const { offsiteEndpoint: endpoint, offsiteTicket: ticket } = pass.value;
      return { ok: true, value: await askOffsite(endpoint, ticket, request) } as const;
    });
    if (asked === null) return false;
    if (asked.value.kind !== 'done') {
      this.refusal = asked.value;
      return false;
    }
    this.known = asked.value.value;
    this.done = request.do;
    if (request.do === 'look') return true;
    await this.#app.with((gateway) => gateway.call(refreshRuntime, body));
    this.#onchanged();
    return true;
  }
}
