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
const LOG_LIMIT = 2000;

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
  readonly #timers = new Map<string, { timer: NodeJS.Timeout; dueAtMs: number }>();
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
    const faults = this.#store.faultsFor(request.recvphone);
    const plan = dispatch(faults, fields, this.#anotherOf(request));
    if (touches(faults, fields)) this.#countDown(request.recvphone);
    if (plan.lost) {
      this.#record({ mulNo: request.mulNo, fields, attempt: 0, status: 0, failure: 'dropped' });
      return;
    }
    const { probe: probes, atOnce, delayMs, mayBeOvertaken } = plan;
    for (const earlier of plan.before) this.#store.queue(this.#notice(request, earlier));
    const first = this.#notice(request, plan.fields);
    this.#store.queue({
      ...first,
      probe: probes,
      mayBeOvertaken,
      atOnce: atOnce.map((copy) => ({ ...copy })),
      dueAtMs: first.dueAtMs + delayMs,
    });
    for (const copy of plan.copies) this.#store.queue(this.#notice(request, copy));
    this.#wake(request.mulNo, plan.before.length > 0 ? 0 : delayMs);
  }

  /** What a notice of another request would call its request and order. */
  #anotherOf(request: PayRequest): NoticeFields {
    const other = this.#store.state.requests.findLast(({ mulNo }) => mulNo !== request.mulNo);
    if (other !== undefined) return { mul_no: other.mulNo, var1: other.var1 };
    return { mul_no: String(BigInt(request.mulNo) - 1n), var1: 'another-order' };
  }

  /** What waits for its time goes out now; how many notices that were. */
  release(mulNo: string): number {
    const now = this.#options.now();
    const held = this.#store.state.notices.filter(
      (notice) => notice.mulNo === mulNo && notice.dueAtMs > now,
    );
    for (const notice of held) notice.dueAtMs = now;
    this.#store.save();
    this.#wake(mulNo, 0);
    return held.length;
  }

  async close(): Promise<void> {
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
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
      mayBeOvertaken: false,
    };
  }

  #countDown(phone: string): void {
    const { times } = this.#store.faultsFor(phone);
    if (times === 0) return;
    this.#store.changeFaults(phone, (plan) =>
      times === 1 ? withoutNoticeFaults(plan) : { ...plan, times: times - 1 },
    );
  }

  #wake(mulNo: string, delayMs: number): void {
    if (this.#isEnding()) return;
    const dueAtMs = this.#options.now() + delayMs;
    const present = this.#timers.get(mulNo);
    if (present !== undefined && present.dueAtMs <= dueAtMs) return;
    clearTimeout(present?.timer);
    const timer = setTimeout(() => {
      this.#timers.delete(mulNo);
      if (this.#busy.has(mulNo)) return;
      const work = this.#drain(mulNo).finally(() => this.#busy.delete(mulNo));
      this.#busy.set(mulNo, work);
    }, delayMs);
    this.#timers.set(mulNo, { timer, dueAtMs });
  }

  /** Delivers a request's notices until one has to wait or none is left. */
  async #drain(mulNo: string): Promise<void> {
    for (;;) {
      const notice = this.#next(mulNo);
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

  /** The first in line, or one behind it that is due while all before it may be overtaken. */
  #next(mulNo: string): Notice | undefined {
    let soonest: Notice | undefined;
    for (const notice of this.#store.state.notices) {
      if (notice.mulNo !== mulNo) continue;
      if (soonest === undefined || notice.dueAtMs < soonest.dueAtMs) soonest = notice;
      if (soonest.dueAtMs <= this.#options.now() || !notice.mayBeOvertaken) break;
    }
    return soonest;
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
