/** The HTML page a browser sees where a function or site cannot answer: code, type, sentence. */
import type { ServerResponse } from 'node:http';
import type { AppwriteError } from '../kernel/errors.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

const escape = (text: string): string => text.replace(/[&<>"]/g, (char) => ESCAPES[char] ?? '');

export function errorPage(code: number, type: string, message: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Error ${String(code)}</title>
<body style="font:16px/1.5 system-ui;max-width:40rem;margin:15vh auto;padding:0 1.5rem">
<h1>${String(code)}</h1>
<p>${escape(message)}</p>
<p><code>${escape(type)}</code></p>
</body>
</html>
`;
}

export function sendErrorPage(response: ServerResponse, error: AppwriteError): void {
  if (response.headersSent) return;
  const html = errorPage(error.code, error.type, error.message);
  response.writeHead(error.code, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store, no-cache, must-revalidate, max-age=0',
  });
  response.end(html);
}
