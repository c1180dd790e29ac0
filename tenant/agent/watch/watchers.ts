/**
 * Browsers that read the log and what is used, live. Guarantees: a bounded number of them; each ends
 * after a quarter of an hour, when its user may no longer be inside, when it reads too slowly, or when
 * the agent ends; every line was masked on the way here; nothing is read while nobody watches.
 */
import type { ServerResponse } from 'node:http';
import type { WatchEvent } from '#schemas/contract/watch.ts';
import { maxWatchers } from '#schemas/contract/agent.ts';
import { AgentFailure } from '../failure.ts';
import type { Streamed } from '../http/server.ts';
import type { Log } from '../log.ts';
import type { Usage } from '../state/usage.ts';
import type { LogTail } from './tail.ts';

const lifeMs = 15 * 60_000;
const usageEveryMs = 15_000;
/** So much unread, and nobody reads. */
const unreadAtMost = 8 * 1024 * 1024;
const userIdPattern = /^[A-Za-z0-9._-]{1,64}$/;

type EndReason = Extract<WatchEvent, { kind: 'end' }>['reason'];

interface Watcher {
  readonly userId: string;
  readonly end: (reason: EndReason) => void;
}

export interface WatchersOptions {
  readonly tail: LogTail;
  readonly usage: Usage;
  readonly log: Log;
}

export class Watchers {
  readonly #options: WatchersOptions;
  readonly #all = new Set<Watcher>();

  constructor(options: WatchersOptions) {
    this.#options = options;
  }

  userIds(): readonly string[] {
    return [...new Set([...this.#all].map(({ userId }) => userId))];
  }

  /** One person's third window takes the place of the first, never that of somebody else. */
  admit(userId: string): Streamed {
    if (!userIdPattern.test(userId)) throw new AgentFailure('ticket_invalid');
    if (this.#all.size >= maxWatchers) {
      const own = [...this.#all].find((watcher) => watcher.userId === userId);
      if (own === undefined) throw new AgentFailure('watch_full');
      own.end('closing');
    }
    return { stream: (response) => this.#begin(userId, response) };
  }

  /** Ends those of everybody else; how many. */
  endAllBut(allowed: ReadonlySet<string>): number {
    const strangers = [...this.#all].filter(({ userId }) => !allowed.has(userId));
    for (const watcher of strangers) watcher.end('access');
    return strangers.length;
  }

  close(): void {
    for (const watcher of this.#all) watcher.end('closing');
  }

  #begin(userId: string, response: ServerResponse): void {
    const { tail, usage, log } = this.#options;
    response.writeHead(200, streamHeaders);
    const send = (event: WatchEvent): void => {
      if (response.writableEnded || response.destroyed) return;
      if (response.writableLength > unreadAtMost) response.destroy();
      else response.write(`${JSON.stringify(event)}\n`);
    };
    const measure = (): void => {
      void usage.read().then((report) => {
        if (report !== null) send({ kind: 'usage', usage: report });
      });
    };
    const leave = tail.listen((event) => {
      send(event.kind === 'lines' ? { ...event, lines: [...event.lines] } : event);
    });
    const measuring = setInterval(measure, usageEveryMs);
    const ending = setTimeout(() => watcher.end('time'), lifeMs);
    const watcher: Watcher = {
      userId,
      end: (reason) => {
        send({ kind: 'end', reason });
        // Not only asked to end: a browser out of its right hears nothing more from here on.
        response.end();
        release();
      },
    };
    const release = (): void => {
      clearInterval(measuring);
      clearTimeout(ending);
      leave();
      this.#all.delete(watcher);
    };
    response.on('close', release);
    this.#all.add(watcher);
    measure();
    log('watch_started', { watchers: this.#all.size });
  }
}

const streamHeaders = {
  'content-type': 'application/x-ndjson; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
