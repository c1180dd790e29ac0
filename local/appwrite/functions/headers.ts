/**
 * Headers of an execution: what a caller may add, what the server injects after them, and the
 * few of each that are kept with the execution. The caller's check is case-sensitive as on the
 * real server, so `X-Appwrite-User-Id` passes and reaches the function beside the real one.
 */
import { AppwriteError } from '../kernel/errors.ts';
import type { Json } from '../kernel/types.ts';
import { isJsonObject, parseJson } from '../kernel/params.ts';
import { jsonText } from '../runtime/lines.ts';
import type { HeaderPair } from '../runtime/wire.ts';
import type { Trigger } from './model.ts';

const MAX_HEADERS = 100;
const MAX_HEADER_BYTES = 16_384;
const NAME = /^[A-Za-z0-9-]+$/;
const KEPT_REQUEST = [
  'content-type',
  'user-agent',
  'content-length',
  'host',
  'x-appwrite-client-ip',
];
const KEPT_RESPONSE = ['content-type', 'content-length'];

/** Anything but an object counts as no headers at all. */
export function readCallerHeaders(body: Json): HeaderPair[] {
  const given = body['headers'];
  const parsed = typeof given === 'string' ? parseJson(given) : given;
  if (!isJsonObject(parsed)) return [];
  const pairs = Object.entries(parsed).map(([name, value]) => ({ name, value: asText(value) }));
  const bytes = pairs.reduce((sum, pair) => sum + pair.name.length + pair.value.length, 0);
  const fits = pairs.length <= MAX_HEADERS && bytes < MAX_HEADER_BYTES;
  if (!fits || !pairs.every(({ name }) => NAME.test(name) && !name.startsWith('x-appwrite-'))) {
    throw new AppwriteError(
      'general_argument_invalid',
      'Invalid headers: Alphanumeric characters or hyphens only, cannot start with "x-appwrite", ' +
        `maximum ${String(MAX_HEADERS)} keys, and total size ${String(MAX_HEADER_BYTES)}.`,
    );
  }
  return pairs;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : jsonText(value);
}

export interface Injected {
  readonly executionId: string;
  readonly key: string;
  readonly trigger: Trigger;
  readonly userId: string;
  readonly userJwt: string;
  /** Only for calls over HTTP. */
  readonly clientIp?: string;
  /** Only for executions the worker runs; '' unless an event is the reason. */
  readonly event?: string;
}

/** No look-up of places is done here: the values are those of an unknown address. */
export function injectedHeaders(from: Injected): HeaderPair[] {
  const pairs: HeaderPair[] = [
    { name: 'x-appwrite-execution-id', value: from.executionId },
    { name: 'x-appwrite-key', value: from.key },
    { name: 'x-appwrite-trigger', value: from.trigger },
    { name: 'x-appwrite-user-id', value: from.userId },
    { name: 'x-appwrite-user-jwt', value: from.userJwt },
    { name: 'x-appwrite-country-code', value: '' },
    { name: 'x-appwrite-continent-code', value: '' },
    { name: 'x-appwrite-continent-eu', value: 'false' },
  ];
  if (from.clientIp !== undefined) {
    pairs.push({ name: 'x-appwrite-client-ip', value: from.clientIp });
  }
  if (from.event !== undefined) pairs.push({ name: 'x-appwrite-event', value: from.event });
  return pairs;
}

/** The caller's spelling is kept; only a lower-case name gives way to the server's own. */
export function mergeHeaders(
  caller: readonly HeaderPair[],
  injected: readonly HeaderPair[],
): HeaderPair[] {
  const own = new Set(injected.map((pair) => pair.name));
  return [...caller.filter((pair) => !own.has(pair.name)), ...injected];
}

function kept(pairs: readonly HeaderPair[], names: readonly string[]): HeaderPair[] {
  return pairs
    .map(({ name, value }) => ({ name: name.toLowerCase(), value }))
    .filter(({ name }) => names.includes(name));
}

export const keptRequestHeaders = (pairs: readonly HeaderPair[]): HeaderPair[] =>
  kept(pairs, KEPT_REQUEST);
export const keptResponseHeaders = (pairs: readonly HeaderPair[]): HeaderPair[] =>
  kept(pairs, KEPT_RESPONSE);
