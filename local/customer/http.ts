/**
 * HTTP as a browser would do it, but for names under `.localhost`: those do not resolve in Node, so
 * the connection goes to loopback and the name stays in the Host header. Redirects are not followed.
 */
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

export interface Exchange {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Send {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const timeoutMs = 35_000;

export const send = (input: Send): Promise<Exchange> =>
  new Promise((resolve, reject) => {
    const url = new URL(input.url);
    const outgoing = request(
      {
        hostname: url.hostname.endsWith('.localhost') ? '127.0.0.1' : url.hostname,
        port: url.port,
        path: `${url.pathname}${url.search}`,
        method: input.method,
        headers: {
          ...input.headers,
          host: url.host,
          ...(input.body === undefined ? {} : { 'content-length': Buffer.byteLength(input.body) }),
        },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
        response.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(input.body);
  });

export const postForm = (url: string, form: Readonly<Record<string, string>>): Promise<Exchange> =>
  send({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      // The forms refuse other sites' pages; a browser sends the page's own origin.
      origin: new URL(url).origin,
    },
    body: new URLSearchParams(form).toString(),
  });
