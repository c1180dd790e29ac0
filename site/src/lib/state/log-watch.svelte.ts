/**
 * A runtime's log and what it uses, live, as long as somebody looks. Asks for a pass, reads the
 * stream, and goes on with a new pass when it ends; pauses grow while the runtime does not answer.
 * Lines are held in memory only. While it is paused, what comes waits beside what is read.
 */
import { watchRuntime } from '#schemas/contract/runtimes.ts';
import type { AgentErrorCode } from '#schemas/contract/agent.ts';
import type { UsageReport } from '#schemas/contract/usage.ts';
import type { WatchEvent } from '#schemas/contract/watch.ts';
import type { Failure } from '../api/failure.ts';
import { followWatch } from '../api/watch.ts';
import type { StreamEnd } from '../api/watch.ts';
import { addLines } from '../flow/log-lines.ts';
import type { KeptLine, WatchState } from '../flow/log-lines.ts';
import type { App } from './app.svelte.ts';

const firstPauseMs = 2_000;
const longestPauseMs = 40_000;

export class LogWatch {
  state = $state<WatchState>('idle');
  lines = $state.raw<readonly KeptLine[]>([]);
  /** What is shown while it is paused; null: everything. */
  held = $state.raw<readonly KeptLine[] | null>(null);
  skipped = $state(0);
  usage = $state.raw<UsageReport | null>(null);
  failure = $state.raw<Failure | null>(null);
  refusal = $state<AgentErrorCode | null>(null);

  readonly #app: App;
  readonly #runtimeId: string;
  #stop: AbortController | null = null;
  #pauseMs = firstPauseMs;

  constructor(app: App, runtimeId: string) {
    this.#app = app;
    this.#runtimeId = runtimeId;
  }

  get waiting(): number {
    if (this.held === null) return 0;
    // After a new stream all that is kept counts as new.
    return Math.min(this.lines.length, this.#lastId() - (this.held.at(-1)?.id ?? 0));
  }

  hold(): void {
    this.held = this.lines;
  }

  goOn(): void {
    this.held = null;
  }

  start(): void {
    if (this.#stop !== null) return;
    this.#stop = new AbortController();
    this.#pauseMs = firstPauseMs;
    void this.#run(this.#stop.signal);
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = null;
    this.state = 'idle';
  }

  async #run(signal: AbortSignal): Promise<void> {
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      if (this.state !== 'waiting') this.state = 'connecting';
      const goesOn = await this.#once(signal);
      if (isOver()) return;
      if (!goesOn) {
        this.#stop = null;
        return;
      }
      const pauseMs = this.#pauseMs;
      this.#pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** One pass and its stream; false: a person has to do something first. */
  async #once(signal: AbortSignal): Promise<boolean> {
    const body = { runtimeId: this.#runtimeId };
    const given = await this.#app.with((gateway) => gateway.call(watchRuntime, body));
    if (signal.aborted) return false;
    this.failure = given.ok ? null : given.error;
    this.refusal = null;
    if (!given.ok) {
      this.state = given.error.retryable ? 'waiting' : 'refused';
      return given.error.retryable;
    }
    const pass = { endpoint: given.value.watchEndpoint, ticket: given.value.watchTicket };
    const take = (event: WatchEvent): void => this.take(event);
    return this.#judge(await followWatch(pass, take, signal));
  }

  #judge(end: StreamEnd): boolean {
    if (this.state === 'ended') return false;
    if (end.kind === 'refused' && end.code !== null) {
      this.refusal = end.code;
      this.state = 'refused';
      return false;
    }
    if (end.kind !== 'ended') {
      this.state = 'waiting';
      this.usage = null;
    }
    return true;
  }

  /** Also what a gallery feeds it with. */
  take(event: WatchEvent): void {
    switch (event.kind) {
      case 'lines':
        // The stream begins anew with all there is: what was read before is in it, or too old.
        this.lines = addLines(event.first ? [] : this.lines, event.lines, this.#lastId());
        if (event.first) this.skipped = 0;
        this.skipped += event.skipped;
        this.#works('live');
        return;
      case 'usage':
        this.usage = event.usage;
        return;
      case 'gateway':
        this.#works(event.answers ? 'live' : 'away');
        if (!event.answers) this.usage = null;
        return;
      case 'end':
        if (event.reason === 'access') this.state = 'ended';
        return;
    }
  }

  #works(state: 'live' | 'away'): void {
    this.state = state;
    this.#pauseMs = firstPauseMs;
  }

  #lastId(): number {
    return this.lines.at(-1)?.id ?? 0;
  }
}
