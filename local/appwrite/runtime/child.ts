/**
 * The process one deployment runs in: a loopback HTTP server that turns a request into the
 * `context` of the function and its return value into an answer. It starts only from the server
 * (it waits for a start message) and ends with it (the channel closing ends the process).
 * A handler that outlives its timeout goes on running; an unhandled rejection ends this process.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer } from 'node:http';
import { flushCompileCache } from 'node:module';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { collect } from './collect.ts';
import {
  HEADER_LOG_ID,
  HEADER_LOGGING,
  HEADER_SECRET,
  HEADER_TIMEOUT,
  MAX_REQUEST_BYTES,
} from './contract.ts';
import type { ChildMessage, StartMessage } from './contract.ts';
import { createLineSink } from './lines.ts';
import type { LineSink } from './lines.ts';
import { LoadError, loadHandler } from './load.ts';
import type { Handler } from './load.ts';
import { createRequest } from './request.ts';
import { createResponse, toOutput, toWire } from './response.ts';
import type { Output, WireAnswer } from './response.ts';

const executions = new AsyncLocalStorage<LineSink>();
const UNAUTHORIZED = Buffer.from('Unauthorized.');
const TIMED_OUT = Symbol('timed out');
// Kept before the function's code runs, which may replace either.
const tell = (message: ChildMessage): void => {
  if (process.connected) process.send?.(message);
};
const exit = process.exit.bind(process);

function captureConsole(): void {
  for (const name of ['log', 'info', 'debug', 'warn', 'error'] as const) {
    console[name] = (...parts: unknown[]) => executions.getStore()?.native(parts);
  }
}

/** The handler's value, or TIMED_OUT after `seconds` (0 = no limit) while it goes on running. */
async function within(seconds: number, work: Promise<unknown>): Promise<unknown> {
  if (seconds <= 0) return work;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<typeof TIMED_OUT>((resolve) => {
    timer = setTimeout(() => resolve(TIMED_OUT), seconds * 1000);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

class FunctionHost {
  readonly #start: StartMessage;
  #handler: Handler | undefined;

  constructor(start: StartMessage) {
    this.#start = start;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers[HEADER_SECRET] !== this.#start.secret) {
      await refuse(request, response);
      return;
    }
    const id = String(request.headers[HEADER_LOG_ID] ?? '');
    const enabled = request.headers[HEADER_LOGGING] !== 'disabled';
    const sink = createLineSink(enabled, (stream, text) =>
      tell({ kind: 'line', id, stream, text }),
    );
    const answer = await executions.run(sink, () => this.#answer(request, sink));
    sink.end();
    tell({ kind: 'done', id });
    send(response, answer);
  }

  async #answer(request: IncomingMessage, sink: LineSink): Promise<WireAnswer> {
    const style = this.#start.style;
    try {
      const body = await collect(request, MAX_REQUEST_BYTES);
      if (body === undefined) return toWire(empty(413), style);
      return toWire(await this.#run(request, body, sink), style);
    } catch (error) {
      sink.write('error', error);
      return toWire(empty(error instanceof LoadError ? 503 : 500), style);
    }
  }

  #load(): Handler {
    const handler = loadHandler(this.#start.folder, this.#start.entrypoint);
    // Processes are ended without notice, so what was compiled is kept now or never.
    flushCompileCache();
    return handler;
  }

  async #run(request: IncomingMessage, body: Buffer, sink: LineSink): Promise<Output> {
    this.#handler ??= this.#load();
    const handler = this.#handler;
    const context = {
      req: createRequest({
        method: request.method ?? 'GET',
        target: request.url ?? '/',
        headers: request.headers,
        body,
        style: this.#start.style,
      }),
      res: createResponse(),
      log: (message: unknown) => sink.write('log', message),
      error: (message: unknown) => sink.write('error', message),
    };
    const seconds = Number(request.headers[HEADER_TIMEOUT] ?? 0);
    const returned = await within(seconds, (async () => handler(context))());
    if (returned === TIMED_OUT) {
      sink.write('error', 'Execution timed out.');
      return empty(500);
    }
    const output = toOutput(returned);
    if (output !== undefined) return output;
    sink.write('error', 'Return statement missing. Use return res.empty() if none is expected.');
    return empty(500);
  }
}

function empty(statusCode: number): Output {
  return { body: Buffer.alloc(0), statusCode, headers: {} };
}

/** Read first: this is also the request that warms up a process without a function. */
async function refuse(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await collect(request, MAX_REQUEST_BYTES).catch(() => undefined);
  send(response, toWire({ body: UNAUTHORIZED, statusCode: 500, headers: {} }, 'open-runtimes'));
  // What the first request compiled is there at once in the next process.
  setImmediate(flushCompileCache);
}

function send(response: ServerResponse, answer: WireAnswer): void {
  response.sendDate = false;
  try {
    response.writeHead(answer.status, answer.headers).end(answer.body);
  } catch {
    // A status or header no HTTP answer can carry: the caller sees what a throw would give.
    if (!response.headersSent) response.writeHead(500);
    response.end();
  }
}

/** Who waits for its function is a spare process; all of its start-up is then done already. */
function listen(started: Promise<FunctionHost>): void {
  // The server closes the connections it keeps; a limit here would cut one it is about to use.
  const limits = { requestTimeout: 0, keepAliveTimeout: 0 };
  const server = createServer(limits, (request, response) => {
    response.on('error', () => undefined);
    if (request.headers[HEADER_SECRET] === undefined) void refuse(request, response);
    else void started.then((host) => host.serve(request, response));
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address !== null) {
      tell({ kind: 'listening', port: address.port });
    }
  });
}

/** A function's environment and folder are what it was given, and nothing else. */
function settle(message: StartMessage): void {
  for (const name of Object.keys(process.env)) {
    if (message.env[name] === undefined) Reflect.deleteProperty(process.env, name);
  }
  Object.assign(process.env, message.env);
  process.chdir(message.folder);
}

process.once('disconnect', () => exit(0));
listen(
  new Promise((resolve) => {
    process.once('message', (message: StartMessage) => {
      settle(message);
      captureConsole();
      resolve(new FunctionHost(message));
    });
  }),
);
