/**
 * One call of Appwrite's REST API, bounded in time and size. The SDK's four services that we would
 * need weigh 370 kB in a bundle, offer no timeout, print every server warning, and give rows a null
 * prototype and BigInts; the dozen routes of this folder need none of that.
 * A refusal is a value with Appwrite's own code; anything that leaves the outcome unknown rejects
 * with `StoreUnavailable`.
 */
import { readBounded } from '#adapters/http/bounded.ts';
import { StoreUnavailable } from '#ports/store.ts';

export interface AppwriteSettings {
  /** `https://host/v1` */
  readonly endpoint: string;
  readonly projectId: string;
}

export type Credential = { readonly key: string } | { readonly jwt: string };

export type Answer =
  | { readonly ok: true; readonly body: unknown }
  | {
      readonly ok: false;
      readonly status: number;
      readonly type: string;
      /** May quote what was sent: never logged, never shown. */
      readonly message: string;
    };

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the endpoint; every id in it already encoded by `at`. */
  readonly path: string;
  readonly queries?: readonly string[];
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Transport = (request: Request) => Promise<Answer>;

/** A hundred rows of our widest table stay below this. */
const answerBytesAtMost = 4 * 1024 * 1024;
/** The format our parsing was written for; newer servers translate. */
const responseFormat = '1.9.5';
const defaultTimeoutMs = 8_000;

/** Path from parts; ids may hold dots, and are encoded so that they stay one part. */
export const at = (...parts: readonly string[]): string =>
  parts.map((part) => `/${encodeURIComponent(part)}`).join('');

export const appwriteTransport = (
  settings: AppwriteSettings,
  credential: Credential,
  timeoutMs = defaultTimeoutMs,
): Transport => {
  const identity: Record<string, string> =
    'key' in credential
      ? { 'x-appwrite-key': credential.key }
      : { 'x-appwrite-jwt': credential.jwt };
  const base = settings.endpoint.replace(/\/+$/, '');
  return async (request) => {
    const url = new URL(base + request.path);
    for (const [index, query] of (request.queries ?? []).entries()) {
      url.searchParams.append(`queries[${index}]`, query);
    }
    const name = `${request.method} ${request.path}`;
    try {
      const response = await fetch(url, {
        method: request.method,
        headers: {
          'x-appwrite-project': settings.projectId,
          'x-appwrite-response-format': responseFormat,
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...identity,
          ...request.headers,
        },
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      });
      return toAnswer(response.status, await readJson(response), name);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      const cause = error instanceof Error ? error.name : 'unknown';
      throw new StoreUnavailable(`${name}: ${cause}`);
    }
  };
};

const noContent = 204;

const toAnswer = (status: number, body: unknown, name: string): Answer => {
  const isObject = typeof body === 'object' && body !== null;
  if (status >= 200 && status < 300) {
    // A page of something in between must never pass for a row that was written.
    if (isObject || status === noContent) return { ok: true, body };
    throw new StoreUnavailable(`${name}: ${status} without an answer`);
  }
  const type = isObject && 'type' in body ? String(body.type) : '';
  const message = isObject && 'message' in body ? String(body.message) : '';
  // Our own key or scope, overload, or a broken server: nothing a use case could decide upon.
  const undecided = status >= 500 || status === 429 || status === 408 || type === '';
  if (undecided) throw new StoreUnavailable(`${name}: ${status} ${type}`);
  return { ok: false, status, type, message };
};

const readJson = async (response: Response): Promise<unknown> => {
  const text = await readBounded(response, answerBytesAtMost);
  if (text === null) throw new StoreUnavailable('answer too large');
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // An HTML error page; the status decides.
    return undefined;
  }
};

/** A refusal nobody expected here is as bad as no answer. */
export const unexpected = (
  what: string,
  answer: Extract<Answer, { ok: false }>,
): StoreUnavailable => new StoreUnavailable(`${what}: ${answer.status} ${answer.type}`);
