/**
 * The PayApp sandbox as one object: listens on loopback, keeps its memory on disk, closes whole.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readPayAppPairs } from '#schemas/wire/payapp.ts';
import { runCommand } from './commands.ts';
import { runControl } from './control.ts';
import type { Faults } from './faults.ts';
import type { Answer } from './http.ts';
import { comesFromElsewhere, json, listen, page, readBody, send, stop } from './http.ts';
import type { Seller } from './notice.ts';
import { missingPage } from './pages.ts';
import { answerRebillPayer } from './rebill-pages.ts';
import { answerPayer, showFront } from './payer.ts';
import type { ReplyFields } from './reply.ts';
import { toLine } from './reply.ts';
import { Sender } from './sender.ts';
import { Store } from './store.ts';
import type { World } from './world.ts';

export interface PayAppOptions {
  /** 0 picks a free port. */
  readonly port: number;
  /** Keeps requests, undelivered notices and keys; made when missing. */
  readonly stateFile: string;
  /** Base of pay links; the listening address when absent. */
  readonly publicUrl?: string;
  /** Parts of the seller that are given; the rest is kept or made. */
  readonly seller?: Partial<Seller>;
  /** `host:port` every notice connects to, whatever its address names. */
  readonly feedbackConnect?: string;
  /** Pause after a notice's first failed call; doubles up to a minute. */
  readonly retryBaseMs?: number;
  readonly feedbackTimeoutMs?: number;
  /** Replaces the plan that was kept. */
  readonly faults?: Faults;
  readonly now?: () => number;
  /** The seller's contract for recurring payments; absent: as it was kept, at first none. */
  readonly recurring?: boolean;
}

export interface PayApp {
  readonly listening: string;
  /** The merchant's side of the contract, for whoever configures it. Never printed. */
  readonly seller: Seller;
  readonly close: () => Promise<void>;
}

const API_PATH = '/oapi/apiLoad.html';
const DEFAULT_RETRY_BASE_MS = 1000;
/** Nobody publishes PayApp's own patience; this is generous for a function that starts cold. */
const DEFAULT_FEEDBACK_TIMEOUT_MS = 15_000;

export async function createPayApp(options: PayAppOptions): Promise<PayApp> {
  const realNow = options.now ?? Date.now;
  const store = new Store(options.stateFile, options.seller ?? {});
  if (options.faults !== undefined) {
    store.state.faults = options.faults;
    store.save();
  }
  if (options.recurring !== undefined) {
    store.state.recurring = options.recurring;
    store.save();
  }
  const sender = new Sender(store, {
    now: realNow,
    retryBaseMs: options.retryBaseMs ?? DEFAULT_RETRY_BASE_MS,
    timeoutMs: options.feedbackTimeoutMs ?? DEFAULT_FEEDBACK_TIMEOUT_MS,
    ...(options.feedbackConnect === undefined ? {} : { connect: options.feedbackConnect }),
  });
  const now = (): number => realNow() + store.state.clockShiftSeconds * 1000;
  const world: World = { store, sender, now, publicUrl: '' };
  const server = createServer((request, response) => {
    void serve(world, request, response).catch((error: unknown) => {
      process.stderr.write(`payapp sandbox failed: ${String(error)}\n`);
      response.destroy();
    });
  });
  const listening = await listen(server, options.port);
  world.publicUrl = (options.publicUrl ?? listening).replace(/\/+$/, '');
  sender.resume();
  return {
    listening,
    seller: store.state.seller,
    close: async () => {
      await stop(server);
      await sender.close();
    },
  };
}

async function serve(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://sandbox.invalid').pathname;
  const body = await readBody(request);
  if (body === undefined) {
    send(response, json(413, { error: 'Body too large.' }));
    return;
  }
  if (path !== API_PATH) {
    send(response, answer(world, request, path, body));
    return;
  }
  if (request.method !== 'POST') {
    send(response, json(405, { error: 'POST only.' }));
    return;
  }
  const reply = await runCommand(world, body);
  await sendReply(world.store.faultsFor(payerOf(world, body)), response, reply);
}

function answer(world: World, request: IncomingMessage, path: string, body: string): Answer {
  const method = request.method ?? '';
  if (path.startsWith('/_ctl')) {
    const fromPage = request.headers.origin !== undefined || comesFromElsewhere(request);
    if (fromPage) return json(403, { error: 'Not from a web page.' });
    return runControl(world, `${method} ${path}`, body) ?? json(404, { error: 'Not found.' });
  }
  if (method === 'POST' && comesFromElsewhere(request)) return page(403, missingPage());
  if (method === 'GET' && path === '/') return showFront(world);
  return (
    answerPayer(world, method, path, body) ??
    answerRebillPayer(world, method, path, body) ??
    page(404, missingPage())
  );
}

/** The phone number a command is about; empty when it names none. */
function payerOf(world: World, body: string): string {
  const form = readPayAppPairs(body) ?? {};
  const known =
    world.store.find(form['mul_no'] ?? '') ?? world.store.findRebill(form['rebill_no'] ?? '');
  return form['recvphone'] ?? known?.recvphone ?? '';
}

/** The reply line, as the fault plan lets it through. */
async function sendReply(
  faults: Faults,
  response: ServerResponse,
  reply: ReplyFields,
): Promise<void> {
  if (faults.replyDelayMs > 0) await pause(response, faults.replyDelayMs);
  if (faults.replyLost) {
    response.destroy();
    return;
  }
  const headers = { 'content-type': 'text/html; charset=UTF-8' };
  if (faults.replyHtml500) {
    send(response, { status: 500, headers, body: '<html><h1>Internal Server Error</h1></html>' });
    return;
  }
  if (faults.replyHtml200) {
    send(response, { status: 200, headers, body: '<html><h1>시스템 점검 중입니다</h1></html>' });
    return;
  }
  const line = `${faults.replyLeadingNewline ? '\n' : ''}${toLine(reply)}`;
  send(response, { status: 200, headers, body: line });
}

/** Ends early when the caller hangs up, so that a slow fault holds nothing open. */
async function pause(response: ServerResponse, durationMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(finish, durationMs);
    response.once('close', finish);
  });
}
