/**
 * The subscriptions of one socket: what it asked for, under which names its user hears of it, and
 * which of them an event is for. `account` also means `account.<own id>`; the account of somebody
 * else cannot be asked for.
 */
import { newId } from '../kernel/ids.ts';
import type { Json } from '../kernel/types.ts';
import type { Announcement } from './announcement.ts';
import { holds, parseFilter } from './queries.ts';
import type { Filter } from './queries.ts';

export interface SubscriptionRequest {
  readonly subscriptionId?: string;
  readonly channels: readonly string[];
  readonly queries: readonly string[];
}

export interface SubscriptionView {
  readonly subscriptionId: string;
  readonly channels: readonly string[];
  readonly queries: readonly string[];
}

interface Subscription extends SubscriptionView {
  readonly asked: readonly string[];
  readonly filters: readonly Filter[];
}

/** Per socket; the site uses fewer than ten. */
export const MAX_SUBSCRIPTIONS = 100;
export const MAX_CHANNELS = 100;

export class TooMany extends Error {}

export function channelsFor(asked: readonly string[], userId: string): readonly string[] {
  const own = `account.${userId}`;
  const named = asked.filter(
    (channel) => !channel.startsWith('account.') || isOwn(channel, userId),
  );
  if (userId === '' || !asked.includes('account')) return [...new Set(named)];
  return [...new Set([...named, own])];
}

const ACCOUNT_ACTIONS = ['create', 'update', 'delete'];

function isOwn(channel: string, userId: string): boolean {
  const rest = channel.slice('account.'.length);
  if (ACCOUNT_ACTIONS.includes(rest)) return true;
  return userId !== '' && (rest === userId || rest.startsWith(`${userId}.`));
}

export class Subscriptions {
  readonly #held = new Map<string, Subscription>();
  #userId = '';

  /** Existing subscriptions follow the new user. */
  bind(userId: string): void {
    this.#userId = userId;
    for (const [id, held] of this.#held) {
      this.#held.set(id, { ...held, channels: channelsFor(held.asked, userId) });
    }
  }

  /** All or nothing; throws QueryRefused or TooMany. An id in use is replaced. */
  add(requests: readonly SubscriptionRequest[]): readonly SubscriptionView[] {
    const made = requests.map((request): Subscription => {
      if (request.channels.length > MAX_CHANNELS) throw new TooMany();
      return {
        subscriptionId: request.subscriptionId ?? newId(),
        asked: request.channels,
        channels: channelsFor(request.channels, this.#userId),
        queries: request.queries,
        filters: request.queries.map((query) => parseFilter(query)),
      };
    });
    const ids = new Set([...this.#held.keys(), ...made.map((one) => one.subscriptionId)]);
    if (ids.size > MAX_SUBSCRIPTIONS) throw new TooMany();
    for (const one of made) this.#held.set(one.subscriptionId, one);
    return made.map(({ subscriptionId, channels, queries }) => ({
      subscriptionId,
      channels,
      queries,
    }));
  }

  remove(subscriptionId: string): boolean {
    return this.#held.delete(subscriptionId);
  }

  get size(): number {
    return this.#held.size;
  }

  /** Ids of the subscriptions this change is for, whoever may see it. */
  matching(change: Pick<Announcement, 'channels' | 'payload'>): readonly string[] {
    const ids: string[] = [];
    for (const { subscriptionId, channels, filters } of this.#held.values()) {
      if (!channels.some((channel) => change.channels.has(channel))) continue;
      if (filters.every((filter) => holds(filter, change.payload))) ids.push(subscriptionId);
    }
    return ids;
  }
}

/**
 * Subscriptions named in the address: all channels without queries make one, and every slot of
 * queries (`<channel, . as _>[slot][]=…`) another.
 */
export function fromAddress(search: URLSearchParams): readonly SubscriptionRequest[] {
  const channels: string[] = [];
  for (const [name, value] of search) {
    if (/^channels\[\d*\]$/.test(name) && value !== '') channels.push(value);
  }
  const slots = new Map<string, { channels: string[]; queries: string[] }>();
  const plain: string[] = [];
  for (const channel of new Set(channels)) {
    const prefix = `${channel.replaceAll('.', '_')}[`;
    const named = [...search].filter(([name]) => name.startsWith(prefix));
    if (named.length === 0) plain.push(channel);
    for (const [name, value] of named) {
      const slot = /^\[([^\]]*)\]/.exec(name.slice(prefix.length - 1))?.[1] ?? '0';
      const held = slots.get(slot) ?? { channels: [], queries: [] };
      if (!held.channels.includes(channel)) held.channels.push(channel);
      held.queries.push(value);
      slots.set(slot, held);
    }
  }
  return [...(plain.length === 0 ? [] : [{ channels: plain, queries: [] }]), ...slots.values()];
}

/** `data` of a subscribe message, or undefined where it has another shape. */
export function readRequests(data: unknown): readonly SubscriptionRequest[] | undefined {
  if (!Array.isArray(data) || data.length === 0) return undefined;
  const requests: SubscriptionRequest[] = [];
  for (const one of data as unknown[]) {
    const { subscriptionId, channels, queries = [] } = (one ?? {}) as Json;
    if (!isTexts(channels) || !isTexts(queries)) return undefined;
    if (subscriptionId !== undefined && typeof subscriptionId !== 'string') return undefined;
    requests.push({ ...(subscriptionId ? { subscriptionId } : {}), channels, queries });
  }
  return requests;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
