/**
 * A page of the site with the button "Open my runtime", for the tests in a real browser. Guarantees:
 * loopback only, ended by `close`; a ticket stands in a page's form and in no address.
 */
import { createServer } from 'node:http';

export type ReferrerPolicy = 'no-referrer' | 'strict-origin';

export interface Offer {
  readonly endpoint: string;
  readonly ticket: string;
  /** Of the page; the site's own is `strict-origin`. */
  readonly policy: ReferrerPolicy;
}

export interface Site {
  /** Address of a page with that button. */
  offer(offer: Offer): string;
  close(): Promise<void>;
}

export async function createSite(origin: string): Promise<Site> {
  const offers = new Map<string, Offer>();
  const server = createServer((request, response) => {
    const offer = offers.get(request.url ?? '');
    response.writeHead(offer === undefined ? 404 : 200, {
      'content-type': 'text/html; charset=utf-8',
    });
    response.end(offer === undefined ? '' : page(offer));
  });
  await new Promise<void>((resolve) => {
    server.listen(Number(new URL(origin).port), '127.0.0.1', resolve);
  });
  return {
    offer(offer) {
      const path = `/open/${offers.size}`;
      offers.set(path, offer);
      return `${origin}${path}`;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function page({ endpoint, ticket, policy }: Offer): string {
  return `<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><meta name="referrer" content="${policy}"></head>
<body><form method="post" action="${endpoint}">
<input type="hidden" name="ticket" value="${ticket}">
<button>런타임 열기</button></form></body></html>`;
}
