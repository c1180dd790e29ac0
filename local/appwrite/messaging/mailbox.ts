/**
 * `/_mail` for people, `/_ctl` for tests: not Appwrite's own, so on this machine only, and never for
 * a web page of another origin.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { House } from '../account/house.ts';
import { isLoopback } from '../http/request.ts';
import { parseJson } from '../kernel/params.ts';
import type { FaultBox } from './faults.ts';
import type { MailRow, MessageStore } from './message-store.ts';
import { inFrame, mailPage, mailsPage, missingPage, type ShownMail } from './pages.ts';

export interface Mailbox {
  /** False: the path is not ours. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

interface Parts {
  readonly house: House;
  readonly messages: MessageStore;
  readonly faults: FaultBox;
}

const SHOWN_AT_MOST = 200;
const BODY_LIMIT_BYTES = 16 * 1024;

const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'none'; " +
  "base-uri 'none'; frame-ancestors 'none'";
const FRAME_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; " +
  "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

interface Shown {
  readonly status: number;
  readonly type: 'text/html' | 'application/json';
  readonly body: string;
  readonly policy?: string;
}

const html = (status: number, body: string, policy = PAGE_POLICY): Shown => ({
  status,
  type: 'text/html',
  body,
  policy,
});
const json = (status: number, value: unknown): Shown => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
});

/** What the SMTP provider makes of HTML for readers of plain text (`strip_tags`, no decoding). */
const textOf = (content: string): string =>
  content
    .replaceAll(/<style\b[^>]*>[\s\S]*?<\/style>/gi, '')
    .replaceAll(/<[^>]*>/g, '')
    .trim();

function shown({ house }: Parts, row: MailRow): ShownMail {
  const isHtml = row.is_html === 1;
  return {
    seq: row.seq,
    to: house.users.find(row.project_id, row.user_id)?.email ?? null,
    subject: row.subject,
    text: isHtml ? textOf(row.content) : row.content,
    html: isHtml ? row.content : null,
    at: row.at,
  };
}

function readMail(parts: Parts, path: string): Shown | undefined {
  if (path === '/_mail' || path === '/_mail/') {
    const mails = parts.messages.mails(SHOWN_AT_MOST).map((row) => shown(parts, row));
    return html(200, mailsPage(mails));
  }
  const [, number = '', isFrame] = /^\/_mail\/(\d{1,15})(\/html)?$/.exec(path) ?? [];
  if (number === '') return undefined;
  const row = parts.messages.mail(Number(number));
  if (row === undefined) return html(404, missingPage());
  const mail = shown(parts, row);
  if (isFrame === undefined) return html(200, mailPage(mail));
  return mail.html === null
    ? html(404, missingPage())
    : html(200, inFrame(mail.html), FRAME_POLICY);
}

function control(parts: Parts, route: string, body: string): Shown | undefined {
  switch (route) {
    case 'GET /_ctl/mail':
      return json(200, {
        mails: parts.messages.mails(SHOWN_AT_MOST).map((row) => shown(parts, row)),
      });
    case 'GET /_ctl/faults':
      return json(200, parts.faults.now);
    case 'PUT /_ctl/faults': {
      const refusal = parts.faults.change(parseJson(body));
      return refusal === undefined ? json(200, parts.faults.now) : json(400, { error: refusal });
    }
    case 'DELETE /_ctl/faults':
      parts.faults.change({});
      return json(200, parts.faults.now);
    default:
      return undefined;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { status, type, body, policy }: Shown): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(policy === undefined ? {} : { 'content-security-policy': policy }),
  });
  response.end(body);
}

async function answer(parts: Parts, request: IncomingMessage, path: string): Promise<Shown> {
  const { method = 'GET', headers, socket } = request;
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  if (!isLoopback(peer)) return json(403, { error: 'On the machine itself only.' });
  const missing = json(404, { error: 'Not found.' });
  if (path.startsWith('/_mail')) {
    return method === 'GET' ? (readMail(parts, path) ?? missing) : missing;
  }
  // Browsers name the origin of whatever changes something; tests are no browser.
  if (headers.origin !== undefined) return json(403, { error: 'Not from a web page.' });
  const body = await bodyOf(request);
  if (body === undefined) return json(413, { error: 'Too large.' });
  return control(parts, `${method} ${path}`, body) ?? missing;
}

export function createMailbox(parts: Parts): Mailbox {
  return {
    async handle(request, response) {
      const [path = ''] = (request.url ?? '').split('?', 1);
      if (!/^\/_(mail|ctl)(\/|$)/.test(path)) return false;
      send(response, await answer(parts, request, path));
      request.resume();
      return true;
    },
  };
}
