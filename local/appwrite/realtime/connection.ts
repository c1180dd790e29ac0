/**
 * One socket: answers its messages and passes it the changes its user may see. Roles are those of
 * the moment; a socket that does not read is dropped instead of being remembered for.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { meets } from '../kernel/permissions.ts';
import type { Json, Services } from '../kernel/types.ts';
import type { Announcement, Frame } from './announcement.ts';
import type { Pulse } from './pulse.ts';
import { QueryRefused } from './queries.ts';
import { Subscriptions, TooMany, readRequests } from './subscriptions.ts';
import type { SubscriptionRequest } from './subscriptions.ts';

export const INVALID = 1003;
export const POLICY = 1008;
export const OVERLOADED = 1013;

const MAX_MESSAGES = 32;
const WINDOW_MS = 60_000;
/** What may wait for a slow reader. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

export function errorFrame(code: number, message: string): Json {
  return { type: 'error', data: { code, message } };
}

function parseMessage(text: string): { type: string; data: unknown } | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value !== 'object' || value === null) return undefined;
    const { type, data } = value as Json;
    return typeof type === 'string' ? { type, data } : undefined;
  } catch {
    return undefined;
  }
}

export interface ConnectionOptions {
  readonly socket: WebSocket;
  /** What carries the socket's frames. */
  readonly wire: Duplex;
  readonly services: Services;
  readonly projectId: string;
  readonly userId: string;
}

export class Connection {
  readonly projectId: string;
  readonly #socket: WebSocket;
  readonly #wire: Duplex;
  readonly #services: Services;
  readonly #subscriptions = new Subscriptions();
  #userId: string;
  #roles: readonly string[] | undefined;
  #windowEndsMs = 0;
  #messages = 0;

  constructor(options: ConnectionOptions) {
    this.#socket = options.socket;
    this.#wire = options.wire;
    this.#services = options.services;
    this.projectId = options.projectId;
    this.#userId = options.userId;
    this.#subscriptions.bind(options.userId);
    this.#socket.on('message', (bytes, isBinary) => {
      this.#receive(isBinary ? '' : Buffer.isBuffer(bytes) ? bytes.toString() : '');
    });
  }

  send(frame: Json): void {
    if (this.#writable()) this.#socket.send(JSON.stringify(frame));
  }

  #writable(): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    if (this.#socket.bufferedAmount <= MAX_BUFFERED_BYTES) return true;
    this.#socket.terminate();
    return false;
  }

  /** Beside the library, which would copy the frame for every socket; it writes at once, too. */
  #put({ start, rest }: Frame): void {
    if (!this.#writable()) return;
    this.#wire.cork();
    this.#wire.write(start);
    this.#wire.write(rest);
    this.#wire.uncork();
  }

  /** Says why, then cuts the connection without a closing frame, as the server does. */
  refuse(code: number, message: string): void {
    this.#socket.send(JSON.stringify(errorFrame(code, message)), () => this.#socket.terminate());
  }

  /** The first frame; subscriptions named in the address come with it. */
  greet(requests: readonly SubscriptionRequest[]): void {
    try {
      const made = this.#subscriptions.add(requests);
      this.send({
        type: 'connected',
        data: {
          channels: [...new Set(made.flatMap((one) => one.channels))],
          subscriptions: made.map((one) => one.subscriptionId),
          user: this.#account(),
        },
      });
    } catch (error) {
      const message = error instanceof QueryRefused ? error.message : 'Too many subscriptions.';
      this.refuse(POLICY, message);
    }
  }

  #account(): Json | null {
    if (this.#userId === '') return null;
    return this.#services.identity.account(this.projectId, this.#userId) ?? null;
  }

  #receive(text: string): void {
    if (this.#overLimit()) {
      this.send(errorFrame(OVERLOADED, 'Too many messages.'));
      return;
    }
    const message = parseMessage(text);
    if (message === undefined) {
      this.send(errorFrame(INVALID, 'Message format is not valid.'));
      return;
    }
    switch (message.type) {
      case 'ping':
        this.send({ type: 'pong' });
        return;
      case 'authentication':
        this.#authenticate(message.data);
        return;
      case 'subscribe':
        this.#subscribe(message.data);
        return;
      case 'unsubscribe':
        this.#unsubscribe(message.data);
        return;
      default:
        this.send(errorFrame(INVALID, 'Message type is not valid.'));
    }
  }

  /** A fixed minute from the first message in it. */
  #overLimit(): boolean {
    const nowMs = this.#services.clock.now();
    if (nowMs >= this.#windowEndsMs) {
      this.#windowEndsMs = nowMs + WINDOW_MS;
      this.#messages = 0;
    }
    this.#messages += 1;
    return this.#messages > MAX_MESSAGES;
  }

  #authenticate(data: unknown): void {
    const secret = typeof data === 'object' && data !== null ? (data as Json)['session'] : '';
    const found =
      typeof secret === 'string' && secret !== ''
        ? this.#services.identity.session(this.projectId, secret)
        : undefined;
    if (found === undefined) {
      this.send(errorFrame(INVALID, 'Session is not valid.'));
      return;
    }
    this.#userId = found.userId;
    this.#roles = undefined;
    this.#subscriptions.bind(found.userId);
    this.#respond('authentication', { user: this.#account() });
  }

  #subscribe(data: unknown): void {
    const requests = readRequests(data);
    if (requests === undefined) {
      this.send(errorFrame(INVALID, 'Payload is not valid.'));
      return;
    }
    try {
      this.#respond('subscribe', { subscriptions: this.#subscriptions.add(requests) });
    } catch (error) {
      if (error instanceof QueryRefused) this.send(errorFrame(INVALID, error.message));
      else if (error instanceof TooMany) this.send(errorFrame(INVALID, 'Too many subscriptions.'));
      else throw error;
    }
  }

  #unsubscribe(data: unknown): void {
    const ids = Array.isArray(data)
      ? (data as unknown[]).map((one) => ((one ?? {}) as Json)['subscriptionId'])
      : [];
    if (ids.length === 0 || !ids.every((id) => typeof id === 'string')) {
      this.send(errorFrame(INVALID, 'Payload is not valid.'));
      return;
    }
    const subscriptions = ids.map((subscriptionId) => ({
      subscriptionId,
      removed: this.#subscriptions.remove(subscriptionId),
    }));
    this.#respond('unsubscribe', { subscriptions });
  }

  #respond(to: string, more: Json): void {
    this.send({ type: 'response', data: { to, success: true, ...more } });
  }

  /** Passes the change on if this socket asked for it and its user may see it. */
  hear(announcement: Announcement, pulse: Pulse): void {
    const { change } = announcement;
    if (change.rolesChangedFor !== undefined && change.rolesChangedFor === this.#userId) {
      this.#roles = undefined;
    }
    if (this.#subscriptions.size === 0) return;
    const subscriptions = this.#subscriptions.matching(announcement);
    if (subscriptions.length === 0) return;
    this.#roles ??= this.#services.identity.rolesOf(this.projectId, this.#userId);
    if (!meets(this.#roles, change.roles)) return;
    pulse.hold(this.#wire);
    this.#put(announcement.frame(subscriptions));
  }

  end(): void {
    this.#socket.terminate();
  }
}
