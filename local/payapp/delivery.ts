/**
 * One POST to a merchant's address.
 * Guarantees: redirects are not followed, the answer is read up to a limit and a deadline, names
 * under `.localhost` are reached on loopback with the right Host header (Node does not resolve
 * them). Only a body that says SUCCESS counts, whatever the status.
 */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { NoticeFields } from './notice.ts';

export interface DeliveryOptions {
  readonly timeoutMs: number;
  /** `host:port` that every delivery connects to, instead of what the address names. */
  readonly connect?: string;
  readonly signal: AbortSignal;
}

export interface DeliveryResult {
  /** 0 when no answer came. */
  readonly status: number;
  readonly success: boolean;
  /** Why no answer came; empty otherwise. */
  readonly failure: string;
}

const ANSWER_LIMIT_BYTES = 4096;

export async function post(
  url: string,
  fields: NoticeFields,
  options: DeliveryOptions,
): Promise<DeliveryResult> {
  const body = new URLSearchParams(fields).toString();
  return exchange(url, { method: 'POST', body }, options);
}

/** A console's check whether the address answers at all. */
export async function probe(url: string, options: DeliveryOptions): Promise<void> {
  await exchange(url, { method: 'GET', body: '' }, options);
  await exchange(url, { method: 'POST', body: '' }, options);
}

interface Message {
  readonly method: 'GET' | 'POST';
  readonly body: string;
}

async function exchange(
  address: string,
  message: Message,
  options: DeliveryOptions,
): Promise<DeliveryResult> {
  const url = new URL(address);
  const target = connectTarget(url, options.connect);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const fail = (error: Error): void =>
      resolve({
        status: 0,
        success: false,
        failure: (error as NodeJS.ErrnoException).code ?? error.name,
      });
    const outgoing = send({
      ...target,
      servername: url.hostname,
      method: message.method,
      path: `${url.pathname}${url.search}`,
      agent: false,
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]),
      headers: {
        host: url.host,
        'user-agent': 'PayApp-Sandbox',
        ...(message.method === 'POST' ? formHeaders(message.body) : {}),
      },
    });
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        answer += part;
        if (answer.length > ANSWER_LIMIT_BYTES) outgoing.destroy(new Error('answer too long'));
      });
      response.on('error', fail);
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        const redirects = status >= 300 && status < 400;
        resolve({ status, success: !redirects && answer.trim() === 'SUCCESS', failure: '' });
      });
    });
    outgoing.end(message.body);
  });
}

function formHeaders(body: string): Record<string, string | number> {
  return {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'content-length': Buffer.byteLength(body),
  };
}

export interface Target {
  readonly host: string;
  readonly port: number;
}

export function connectTarget(url: URL, connect: string | undefined): Target {
  if (connect !== undefined) {
    const [host = '', port = ''] = connect.split(':');
    return { host, port: Number(port) };
  }
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const onLoopback = url.hostname === 'localhost' || url.hostname.endsWith('.localhost');
  return { host: onLoopback ? '127.0.0.1' : url.hostname.replace(/^\[(.*)\]$/, '$1'), port };
}
