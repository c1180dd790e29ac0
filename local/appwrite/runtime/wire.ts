/**
 * One HTTP exchange with a function's process: header order and spelling kept (forged spellings
 * must arrive as they do in production), the answer bounded in bytes and time.
 */
import { request as httpRequest } from 'node:http';
import type { Agent, IncomingMessage } from 'node:http';
import { collect } from './collect.ts';
import { HEADER_TARGET, MAX_RESPONSE_BYTES } from './contract.ts';

export interface HeaderPair {
  readonly name: string;
  readonly value: string;
}

export interface WireCall {
  readonly port: number;
  /** Keeps the connections to the process. */
  readonly agent: Agent;
  readonly method: string;
  /** Path and query as the caller wrote them. */
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer;
  readonly timeoutMs: number;
}

export interface WireResult {
  readonly statusCode: number;
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer;
}

/** The server stopped waiting; the handler may still be at work. */
export class GaveUp extends Error {}

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'proxy-connection',
  'content-length',
]);

const VALID_TARGET = /^\/[\x21-\x7e]*$/;
const VALID_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What a header line can carry: bytes. Text beyond Latin-1 goes out as UTF-8, as from PHP. */
function headerText(value: string): string {
  const line = value.replace(/[\x00-\x08\x0a-\x1f\x7f]/g, ' ');
  return /[^\x20-\xff\t]/.test(line) ? Buffer.from(line, 'utf8').toString('latin1') : line;
}

function rawHeaders(call: WireCall): string[] {
  const flat: string[] = [];
  const names = new Set<string>();
  for (const { name, value } of call.headers) {
    if (HOP_BY_HOP.has(name.toLowerCase()) || !VALID_NAME.test(name)) continue;
    names.add(name.toLowerCase());
    flat.push(name, headerText(value));
  }
  if (!names.has('host')) flat.push('host', `127.0.0.1:${String(call.port)}`);
  if (call.body.length > 0) flat.push('content-length', String(call.body.length));
  if (!VALID_TARGET.test(call.target)) flat.push(HEADER_TARGET, encodeURIComponent(call.target));
  return flat;
}

export function answerHeaders(raw: readonly string[]): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    if (!HOP_BY_HOP.has(name)) pairs.push({ name, value: raw[at + 1] ?? '' });
  }
  return pairs;
}

async function resultOf(response: IncomingMessage): Promise<WireResult> {
  const body = await collect(response, MAX_RESPONSE_BYTES);
  if (body === undefined) {
    response.destroy();
    throw new Error('The function answered too much.');
  }
  return {
    statusCode: response.statusCode ?? 500,
    headers: answerHeaders(response.rawHeaders),
    body,
  };
}

export function exchange(call: WireCall): Promise<WireResult> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port: call.port,
      method: call.method,
      path: VALID_TARGET.test(call.target) ? call.target : '/',
      headers: rawHeaders(call),
      agent: call.agent,
    });
    const timer = setTimeout(() => outgoing.destroy(new GaveUp()), call.timeoutMs);
    const settle = (work: () => void): void => {
      clearTimeout(timer);
      work();
    };
    outgoing.on('error', (error) => settle(() => reject(error)));
    outgoing.on('response', (response) => {
      resultOf(response).then(
        (result) => settle(() => resolve(result)),
        (error: unknown) => settle(() => reject(error instanceof Error ? error : new Error())),
      );
    });
    outgoing.end(call.body);
  });
}
