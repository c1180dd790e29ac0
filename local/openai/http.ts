/**
 * The small part of HTTP this stand-in needs: bounded bodies and answers as plain values.
 * Guarantees: no body above its limit is kept in memory, and every answer says `no-store`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Written one after another, so a list becomes the chunks of a stream. */
  readonly chunks: readonly string[];
}

/** A body that is not read any further, with the status to say so. */
export class BodyRefusedError extends Error {
  override readonly name = 'BodyRefusedError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A Codex turn of the real gateway carries about 60 kB; attachments may add some. */
export const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

/** Codex clients send their turns as zstd. */
const DECODERS = {
  br: brotliDecompressSync,
  deflate: inflateSync,
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
} as const;

/** The body as text, unpacked; the limit holds before and after unpacking. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_LIMIT_BYTES) throw new BodyRefusedError(413, 'The body is too large.');
    parts.push(part);
  }
  return unpack(Buffer.concat(parts), request.headers['content-encoding']);
}

export function unpack(body: Buffer, encoding: string | undefined): string {
  if (encoding === undefined || encoding === 'identity') return body.toString('utf8');
  if (!Object.hasOwn(DECODERS, encoding)) {
    throw new BodyRefusedError(415, 'The content encoding is not known.');
  }
  const decode = DECODERS[encoding as keyof typeof DECODERS];
  try {
    return decode(body, { maxOutputLength: BODY_LIMIT_BYTES }).toString('utf8');
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw tooLarge
      ? new BodyRefusedError(413, 'The body is too large.')
      : new BodyRefusedError(400, 'The body does not unpack.');
  }
}

/** `undefined` for anything that is not JSON; the caller's schema decides about the rest. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function json(status: number, value: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    chunks: [JSON.stringify(value)],
  };
}

/** Pages run no script and load nothing; a form may end at the loopback callback of Codex. */
const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "form-action 'self' http://localhost:1455 http://127.0.0.1:1455",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function page(status: number, html: string): Answer {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': PAGE_POLICY,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    chunks: [html],
  };
}

export function redirect(location: string): Answer {
  return { status: 302, headers: { location, 'referrer-policy': 'no-referrer' }, chunks: [] };
}

export function eventStream(chunks: readonly string[]): Answer {
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, chunks };
}

export function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { 'cache-control': 'no-store', ...answer.headers });
  for (const chunk of answer.chunks) response.write(chunk);
  response.end();
}
