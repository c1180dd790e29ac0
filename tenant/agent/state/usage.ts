/**
 * What the runtime uses, as far as it can be known without a Docker socket. Guarantees: the gateway
 * is asked at most every ten seconds, however many ask; one that does not answer gives null, never an
 * old or a made-up figure. Memory and disk are the gateway's own word about its process and its state
 * folder (`system.info`); the size of the state is what bootstrap counted at the last start.
 */
import { join } from 'node:path';
import type { StateAnswer } from '#schemas/contract/agent.ts';
import { systemInfo } from '#schemas/wire/openclaw.ts';
import { readStateSize, stateSizeFile } from '../bootstrap/state-size.ts';
import type { StateSize } from '../bootstrap/state-size.ts';
import { within } from '../deadline.ts';
import type { Gateway } from '../openclaw/gateway.ts';

const freshForMs = 10_000;
/** A busy gateway takes seconds; only one that is dead has its connection closed over this. */
const callTimeoutMs = 20_000;
const answerBudgetMs = 3_000;

export interface UsageOptions {
  readonly gateway: Gateway;
  readonly dataDir: string;
  readonly now: () => number;
}

export class Usage {
  readonly #options: UsageOptions;
  #size: StateSize | null = null;
  #asking: Promise<StateAnswer['usage']> | null = null;
  #askedMs = 0;

  constructor(options: UsageOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    this.#size = await readStateSize(join(this.#options.dataDir, stateSizeFile));
  }

  /** Never rejects. */
  async read(): Promise<StateAnswer['usage']> {
    const isFresh = performance.now() - this.#askedMs < freshForMs;
    if (this.#asking === null || !isFresh) {
      this.#askedMs = performance.now();
      this.#asking = this.#ask().catch(() => null);
    }
    return this.#asking;
  }

  async #ask(): Promise<StateAnswer['usage']> {
    const { gateway, now } = this.#options;
    const options = { timeoutMs: callTimeoutMs };
    const asking = gateway.call('system.info', {}, systemInfo, options);
    const info = await within(asking, answerBudgetMs, 'usage');
    return {
      atMs: now(),
      memoryBytes: info.processMemory.rssBytes,
      diskTotalBytes: info.diskTotalBytes,
      diskAvailableBytes: info.diskAvailableBytes,
      stateBytes: this.#size?.bytes ?? null,
      stateAtMs: this.#size?.atMs ?? null,
    };
  }
}
