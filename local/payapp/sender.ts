/**
 * Brings notices to the merchant: per request in order, again and again until SUCCESS.
 * Guarantees: at most ten calls a notice (one where the merchant did not ask for retries); the
 * next notice of a request waits for the one before; what is undelivered survives a restart.
 */
import { randomUUID } from 'node:crypto';
import type { DeliveryOptions } from './delivery.ts';
import { post, probe } from './delivery.ts';
import { dispatch, touches, withoutNoticeFaults } from './faults.ts';
import type { NoticeFields } from './notice.ts';
import type { PayRequest } from './request.ts';
import type { Notice, Store } from './store.ts';

/** PayApp says ten calls in all; whether the first counts is not published. Here it does. */
export const CALLS_LIMIT = 10;
const LOG_LIMIT = 500;

export interface SenderOptions {
  readonly now: () => number;
  /** Pause after the first failed call; doubles with each further one up to a minute. */
  readonly retryBaseMs: number;
  readonly timeoutMs: number;
  readonly connect?: string;
}

export interface DeliveryRecord {
  readonly at: string;
  readonly mulNo: string;
  readonly payState: string;
  readonly attempt: number;
  readonly status: number;
  readonly success: boolean;
  readonly failure: string;
}

const RETRY_CAP_MS = 60_000;

export function retryDelayMs(baseMs: number, attempts: number): number {
  return Math.min(baseMs * 2 ** Math.max(0, attempts - 1), RETRY_CAP_MS);
}

export class Sender {
  readonly log: DeliveryRecord[] = [];
  readonly #store: Store;
  readonly #options: SenderOptions;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #busy = new Map<string, Promise<void>>();
  readonly #ending = new AbortController();

  constructor(store: Store, options: SenderOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Takes up what an earlier run left undelivered. */
  resume(): void {
    for (const { mulNo } of this.#store.state.notices) this.#wake(mulNo, 0);
  }

  /** One call, awaited, outside the queue: the notice of a request that is being made. */
  async sendNow(request: PayRequest, fields: NoticeFields): Promise<boolean> {
    if (request.feedbackUrl === '') return true;
    const notice = this.#notice(request, fields);
    return this.#call(notice, fields);
  }

  /** Puts a notice, as the fault plan bends it, behind the others of its request. */
  enqueue(request: PayRequest, fields: NoticeFields): void {
    if (request.feedbackUrl === '') return;
    this.#store.together(() => this.#enqueue(request, fields));
  }

  #enqueue(request: PayRequest, fields: NoticeFields): void {
    const { state } = this.#store;
    const plan = dispatch(state.faults, fields);
    if (touches(state.faults, fields)) this.#countDown();
    if (plan.lost) {
      this.#record({ mulNo: request.mulNo, fields, attempt: 0, status: 0, failure: 'dropped' });
      return;
    }
    const { probe: probes, atOnce, delayMs } = plan;
    const first = this.#notice(request, plan.fields);
    this.#store.queue({
      ...first,
      probe: probes,
      atOnce: atOnce.map((copy) => ({ ...copy })),
      dueAtMs: first.dueAtMs + delayMs,
    });
    for (const copy of plan.copies) this.#store.queue(this.#notice(request, copy));
    this.#wake(request.mulNo, delayMs);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#ending.abort();
    await Promise.all(this.#busy.values());
  }

  #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  #notice(request: PayRequest, fields: NoticeFields): Notice {
    return {
      id: randomUUID(),
      mulNo: request.mulNo,
      url: request.feedbackUrl,
      fields: { ...fields },
      atOnce: [],
      probe: false,
      attempts: 0,
      attemptsLimit: request.retries ? CALLS_LIMIT : 1,
      dueAtMs: this.#options.now(),
    };
  }

  #countDown(): void {
    const { state } = this.#store;
    if (state.faults.times === 0) return;
    const times = state.faults.times - 1;
    state.faults = times === 0 ? withoutNoticeFaults(state.faults) : { ...state.faults, times };
  }

  #wake(mulNo: string, delayMs: number): void {
    if (this.#isEnding() || this.#timers.has(mulNo)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(mulNo);
      if (this.#busy.has(mulNo)) return;
      const work = this.#drain(mulNo).finally(() => this.#busy.delete(mulNo));
      this.#busy.set(mulNo, work);
    }, delayMs);
    this.#timers.set(mulNo, timer);
  }

  /** Delivers a request's notices until one has to wait or none is left. */
  async #drain(mulNo: string): Promise<void> {
    for (;;) {
      const notice = this.#store.state.notices.find((known) => known.mulNo === mulNo);
      if (notice === undefined || this.#isEnding()) return;
      const waitMs = notice.dueAtMs - this.#options.now();
      if (waitMs > 0) {
        this.#wake(mulNo, waitMs);
        return;
      }
      if (notice.probe && notice.attempts === 0) await probe(notice.url, this.#delivery());
      const copies = notice.atOnce.map(async (copy) => this.#call(notice, copy));
      const [delivered] = await Promise.all([this.#call(notice, notice.fields), ...copies]);
      if (this.#isEnding()) return;
      this.#settle(notice, delivered);
    }
  }

  #settle(notice: Notice, delivered: boolean): void {
    notice.attempts += 1;
    notice.atOnce = [];
    if (delivered || notice.attempts >= notice.attemptsLimit) {
      this.#store.drop(notice.id);
      return;
    }
    notice.dueAtMs = this.#options.now() + retryDelayMs(this.#options.retryBaseMs, notice.attempts);
    this.#store.save();
  }

  async #call(notice: Notice, fields: NoticeFields): Promise<boolean> {
    const result = await post(notice.url, fields, this.#delivery());
    if (this.#isEnding()) return false;
    this.#record({ mulNo: notice.mulNo, fields, attempt: notice.attempts + 1, ...result });
    return result.success;
  }

  #delivery(): DeliveryOptions {
    const { timeoutMs, connect } = this.#options;
    const signal = this.#ending.signal;
    return connect === undefined ? { timeoutMs, signal } : { timeoutMs, signal, connect };
  }

  #record(entry: {
    mulNo: string;
    fields: NoticeFields;
    attempt: number;
    status: number;
    success?: boolean;
    failure: string;
  }): void {
    this.log.push({
      at: new Date(this.#options.now()).toISOString(),
      mulNo: entry.mulNo,
      payState: entry.fields['pay_state'] ?? '',
      attempt: entry.attempt,
      status: entry.status,
      success: entry.success ?? false,
      failure: entry.failure,
    });
    if (this.log.length > LOG_LIMIT) this.log.shift();
  }
}
