/**
 * `res` as a function sees it, and what its return value becomes on the wire. A helper only
 * describes the answer: unless it is returned, the caller gets an empty 500.
 */
import { CONTROL_PREFIX } from './contract.ts';
import type { ExecutorStyle } from './contract.ts';
import { jsonText } from './lines.ts';

type HeaderBag = Record<string, unknown>;

export interface Output {
  readonly body: Buffer;
  readonly statusCode: number;
  readonly headers: HeaderBag;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer;
}

export interface FunctionResponse {
  text(body: unknown, statusCode?: number, headers?: HeaderBag): Output;
  send(body: unknown, statusCode?: number, headers?: HeaderBag): Output;
  json(value: unknown, statusCode?: number, headers?: HeaderBag): Output;
  binary(bytes: unknown, statusCode?: number, headers?: HeaderBag): Output;
  empty(): Output;
  redirect(url: string, statusCode?: number, headers?: HeaderBag): Output;
}

function toBytes(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  return body === undefined || body === null ? Buffer.alloc(0) : Buffer.from(describe(body));
}

function describe(value: unknown): string {
  return typeof value === 'object' ? jsonText(value) : (value as number).toString();
}

export function createResponse(): FunctionResponse {
  const answer = (body: unknown, statusCode = 200, headers: HeaderBag = {}): Output => ({
    body: toBytes(body),
    statusCode,
    headers,
  });
  return {
    text: answer,
    send: answer,
    binary: answer,
    json(value, statusCode = 200, headers = {}) {
      // The runtime writes into the bag it was given; functions that reuse a bag see it.
      headers['content-type'] = 'application/json';
      return answer(jsonText(value), statusCode, headers);
    },
    empty: () => answer('', 204, {}),
    redirect(url, statusCode = 301, headers = {}) {
      headers['location'] = url;
      return answer('', statusCode, headers);
    },
  };
}

/** Undefined for anything that is not an object: the function forgot its `return`. */
export function toOutput(returned: unknown): Output | undefined {
  if (typeof returned !== 'object' || returned === null) return undefined;
  const given = returned as Record<string, unknown>;
  const headers = given['headers'];
  return {
    body: toBytes(given['body']),
    statusCode: typeof given['statusCode'] === 'number' ? given['statusCode'] : 200,
    headers: typeof headers === 'object' && headers !== null ? (headers as HeaderBag) : {},
  };
}

function headerValue(value: unknown): string | string[] {
  return Array.isArray(value) ? value.map(describe) : describe(value);
}

function withCharset(contentType: string, style: ExecutorStyle): string {
  const lower = contentType.toLowerCase();
  const complete = lower.startsWith('multipart/') || lower.includes('charset=');
  return complete || style === 'recorded' ? lower : `${lower}; charset=utf-8`;
}

/** Node writes these itself; a wrong one from a function would garble the connection. */
const OWN_HEADERS: readonly string[] = [
  'connection',
  'content-length',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Only final answers: a 1xx would leave the caller waiting for the rest. */
function finalStatus(statusCode: number): number {
  return Number.isInteger(statusCode) && statusCode >= 200 && statusCode <= 599 ? statusCode : 500;
}

/** Header names go out in lower case, without control headers; a content type is always there. */
export function toWire(output: Output, style: ExecutorStyle): WireAnswer {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(output.headers)) {
    const lower = name.toLowerCase();
    if (lower.startsWith(CONTROL_PREFIX) || OWN_HEADERS.includes(lower)) continue;
    headers[lower] = headerValue(value);
  }
  const contentType = headers['content-type'];
  headers['content-type'] = withCharset(
    typeof contentType === 'string' ? contentType : 'text/plain',
    style,
  );
  return { status: finalStatus(output.statusCode), headers, body: output.body };
}
