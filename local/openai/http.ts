/**
 * The small part of HTTP this stand-in needs: bounded bodies and answers as plain values.
 * Guarantees: no body above its limit is kept in memory, and every answer says `no-store`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Written one after another, so a list becomes the chunks of a stream. */
  readonly chunks: readonly string[];
}

export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** A Codex turn of the real gateway carries about 60 kB; attachments may add some. */
export const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_LIMIT_BYTES) throw new BodyTooLargeError('Body above the limit.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
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
