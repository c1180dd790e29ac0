/** Refusals as S3 words them, and the page a person sees first. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { World } from './bucket.ts';

/** Expected refusals: status and S3's code. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export function answerXml(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code }: RefusedError,
): void {
  if (response.headersSent || response.destroyed) return;
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  // What is left of an unread body is not worth reading.
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(request.method === 'HEAD' ? undefined : xml);
}

const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

export function frontPage({ options, shelf }: World, response: ServerResponse): void {
  const { name, keys } = options;
  const rows = shelf.list().map(({ key, bytes, at }) => {
    const link = `/_ctl/object?key=${encodeURIComponent(key)}`;
    return `<li><a href="${escaped(link)}" download>${escaped(key)}</a> ${bytes} B, ${at}</li>`;
  });
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Bucket stand-in</title>
<style>body{font:16px/1.5 system-ui;max-width:48rem;margin:2rem auto;padding:0 1rem}</style>
<h1>Bucket stand-in</h1>
<p>Keeps single objects on this machine for signed requests. It lists nothing over S3, and knows no
parts, versions, access lists, presigned addresses or virtual hosts.</p>
<dl><dt>Bucket</dt><dd><code>${escaped(name)}</code></dd>
<dt>Region</dt><dd><code>${escaped(keys.region)}</code></dd>
<dt>Access key id</dt><dd><code>${escaped(keys.accessKeyId)}</code></dd>
<dt>Secret access key</dt><dd><code>bucketSecretKey</code> in <code>.local/secrets.json</code></dd></dl>
<h2>${rows.length} objects</h2><ul>${rows.join('')}</ul></html>`;
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': pagePolicy,
  });
  response.end(html);
}

const signs: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' },
};
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => signs[sign] ?? '');
