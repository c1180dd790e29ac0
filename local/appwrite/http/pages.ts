/** The HTML pages the server shows where no JSON is expected: unknown routes and domains. */

export function notFoundPage(title: string, detail: string): string {
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    `<title>${title}</title></head><body><h1>${title}</h1><p>${detail}</p></body></html>`
  );
}

export const HTML_TYPE = 'text/html; charset=UTF-8';
