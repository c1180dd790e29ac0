/**
 * HTTP as a browser would do it, but for names under `.localhost`: those do not resolve in Node, so
 * the connection goes to loopback and the name stays in the Host header. Redirects are not followed.
 */
import { request } from 'undici';

export interface Exchange {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Send {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const timeoutMs = 35_000;

export const send = async (input: Send): Promise<Exchange> => {
  const url = new URL(input.url);
  const { host } = url;
  if (url.hostname.endsWith('.localhost')) url.hostname = '127.0.0.1';
  const response = await request(url, {
    method: input.method,
    headers: { ...input.headers, host },
    body: input.body ?? null,
    signal: AbortSignal.timeout(timeoutMs),
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    text: await response.body.text(),
  };
};

/** First value of a header, or ''. */
export const headerOf = (exchange: Exchange, name: string): string => {
  const value = exchange.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
};

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
