/**
 * Everything a browser context sent and was answered, so that a secret that went anywhere but to its
 * own tenant is found. Bodies are read at once: a page that has gone takes them with it.
 */
import type { BrowserContext, Request, Response } from 'playwright-core';

export interface Exchange {
  readonly host: string;
  readonly url: string;
  /** Head and body of the request, as text. */
  readonly sent: string;
  /** Filled when the answer has come; '' for what has no body (redirects). */
  received: string;
}

export interface NetworkRecord {
  readonly exchanges: readonly Exchange[];
  /** Waits for the bodies that are still being read. */
  settle(): Promise<void>;
}

const textOf = async (response: Response): Promise<string> => {
  const head = JSON.stringify(await response.allHeaders());
  const body = await response.body().catch(() => Buffer.alloc(0));
  return `${head}\n${body.toString('latin1')}`;
};

export const recordNetwork = (context: BrowserContext): NetworkRecord => {
  const exchanges: Exchange[] = [];
  const reading = new Set<Promise<unknown>>();
  const open = new Map<Request, Exchange>();
  const keep = (work: Promise<unknown>): void => {
    const settled = work.catch(() => undefined).finally(() => reading.delete(settled));
    reading.add(settled);
  };
  context.on('request', (request) => {
    const url = request.url();
    const { host } = new URL(url);
    const sent = `${JSON.stringify(request.headers())}\n${request.postData() ?? ''}`;
    const exchange = { host, url, sent, received: '' };
    exchanges.push(exchange);
    open.set(request, exchange);
  });
  context.on('response', (response) => {
    const exchange = open.get(response.request());
    if (exchange === undefined) return;
    keep(
      textOf(response).then((text) => {
        exchange.received = text;
      }),
    );
  });
  return {
    exchanges,
    settle: async () => {
      while (reading.size > 0) await Promise.all(reading);
    },
  };
};
