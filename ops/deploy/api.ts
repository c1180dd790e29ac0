/**
 * Appwrite's REST API as an operator uses it: with a key, or with the console's session. Every call
 * has a time-out and a size limit; reads are tried again, writes never (a deploy is run again
 * instead). Answers are unknown until a schema has read them.
 */
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { SetupError } from './output.ts';

export type Query = Readonly<Record<string, unknown>>;

export interface Api {
  get(path: string, queries?: readonly Query[]): Promise<unknown>;
  send(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<unknown>;
  download(path: string): Promise<Buffer>;
}

/** An answer that is not 2xx. `type` is Appwrite's own word, such as `function_not_found`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly type: string;

  constructor(what: string, status: number, type: string, words: string) {
    super(
      `${what} answered ${String(status)} ${type}: ${words}`.trimEnd() + adviceOn(status, type),
    );
    this.status = status;
    this.type = type;
  }
}

/** What a person can do about it, where that is one thing. */
const adviceOn = (status: number, type: string): string => {
  if (type === 'project_not_found') return '\nCheck APPWRITE_PROJECT_ID.';
  if (status !== 401) return '';
  return '\nCheck APPWRITE_API_KEY: the project does not know it, or it lacks a scope of docs/deploy.md.';
};

export const isMissing = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 404;

const timeoutMs = 30_000;
const jsonBytesAtMost = 16 * 1024 * 1024;
const downloadBytesAtMost = 64 * 1024 * 1024;
const tries = 4;
const firstPauseMs = 250;
/** Pinned, so that servers of other versions answer in the one shape that is parsed here. */
const responseFormat = '1.9.5';

const isLocalName = (hostname: string): boolean => /(^|\.)localhost$/.test(hostname);

/** Names under `.localhost` are this machine (RFC 6761), though its resolver may not know. */
export const lookupHost: LookupFunction = (hostname, options, callback) => {
  if (!isLocalName(hostname)) {
    lookup(hostname, options, callback);
    return;
  }
  if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

const dispatcher = new Agent({
  keepAliveTimeout: 4_000,
  connect: { timeout: 10_000, lookup: lookupHost },
});

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface Sending {
  readonly method?: Dispatcher.HttpMethod;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bytesAtMost?: number;
  readonly timeoutMs?: number;
}

/** One bounded request; redirects are answers, not followed. Throws when there is no answer. */
export const reach = async (url: string, sending: Sending = {}): Promise<Answered> => {
  const response = await request(url, {
    method: sending.method ?? 'GET',
    headers: { ...sending.headers },
    body: sending.body ?? null,
    dispatcher,
    signal: AbortSignal.timeout(sending.timeoutMs ?? timeoutMs),
  });
  const limit = sending.bytesAtMost ?? jsonBytesAtMost;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    const piece = chunk as Buffer;
    bytes += piece.length;
    if (bytes > limit) throw new Error(`The answer is longer than ${String(limit)} bytes.`);
    chunks.push(piece);
  }
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
};

const isPassing = (status: number): boolean => status === 429 || status >= 500;

const parsed = (body: Buffer): unknown => {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return {};
  }
};

const errorOf = (what: string, { status, body }: Answered): ApiError => {
  const value = parsed(body) as { readonly type?: unknown; readonly message?: unknown };
  const word = (text: unknown): string => (typeof text === 'string' ? text.slice(0, 300) : '');
  return new ApiError(what, status, word(value.type), word(value.message));
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return code === 'TimeoutError' ? 'no answer in time' : code;
};

export interface ApiOptions {
  /** `https://host/v1` */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
}

const queryText = (queries: readonly Query[]): string =>
  queries
    .map((query, at) => `queries[${String(at)}]=${encodeURIComponent(JSON.stringify(query))}`)
    .join('&');

export const openApi = ({ endpoint, headers }: ApiOptions): Api => {
  const once = (path: string, sending: Sending): Promise<Answered> =>
    reach(endpoint + path, {
      ...sending,
      headers: { 'x-appwrite-response-format': responseFormat, ...headers, ...sending.headers },
    }).catch((error: unknown) => {
      throw new SetupError(`${endpoint} gave no answer to ${path} (${reasonOf(error)}).`);
    });
  const read = async (path: string, sending: Sending): Promise<Answered> => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await once(path, sending).catch((error: unknown) => {
        if (attempt >= tries) throw error;
        return null;
      });
      if (answer !== null && (attempt >= tries || !isPassing(answer.status))) return answer;
      await pause(Math.random() * firstPauseMs * 2 ** attempt);
    }
  };
  return {
    get: async (path, queries = []) => {
      const mark = path.includes('?') ? '&' : '?';
      const full = queries.length === 0 ? path : `${path}${mark}${queryText(queries)}`;
      const answer = await read(full, {});
      if (answer.status >= 300) throw errorOf(`GET ${path}`, answer);
      return parsed(answer.body);
    },
    send: async (method, path, body, extra = {}) => {
      const answer = await once(path, {
        method,
        headers: { 'content-type': 'application/json', ...extra },
        body: JSON.stringify(body ?? {}),
      });
      if (answer.status >= 300) throw errorOf(`${method} ${path}`, answer);
      return parsed(answer.body);
    },
    download: async (path) => {
      const answer = await read(path, { bytesAtMost: downloadBytesAtMost });
      if (answer.status >= 300) throw errorOf(`GET ${path}`, answer);
      return answer.body;
    },
  };
};
