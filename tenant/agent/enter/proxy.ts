/**
 * Passes one request of a Control UI on to the gateway. Guarantees: reading only (GET, HEAD, no
 * body); the answer streams, is never collected, and is cut when the gateway falls silent, when it
 * takes too long, or when the session ends; no connection is left behind.
 */
import { Agent, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import type { AgentConfig } from '../config.ts';
import { AgentFailure } from '../failure.ts';
import { toBrowser, toGateway } from './headers.ts';

const maxGatewaySockets = 32;
const silenceMs = 30_000;
/** The largest of the Control UI's files takes a slow phone less. */
const answerTimeoutMs = 120_000;
const maxGatewayHeadBytes = 16 * 1024;

export interface Passage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: string;
}

export class UiProxy {
  readonly #config: AgentConfig;
  /** A connection a request: one kept open may be closed by the gateway just as it is used again. */
  readonly #agent = new Agent({ keepAlive: false, maxSockets: maxGatewaySockets });

  constructor(config: AgentConfig) {
    this.#config = config;
  }

  /** Throws `AgentFailure` while nothing has been answered yet; afterwards the answer is cut. */
  async pass({ request, response, target }: Passage): Promise<void> {
    guardReading(request);
    const call = httpRequest(`${this.#config.gatewayUrl.replace(/^ws:/, 'http:')}${target}`, {
      agent: this.#agent,
      method: request.method,
      maxHeaderSize: maxGatewayHeadBytes,
      // With a bound on its sockets, Node would use one again for what waits.
      headers: { ...toGateway(request.headers, this.#config), connection: 'close' },
      timeout: silenceMs,
    });
    const timer = setTimeout(() => call.destroy(), answerTimeoutMs);
    const abandon = (): void => void call.destroy();
    response.once('close', abandon);
    call.on('timeout', abandon);
    try {
      await this.#stream(call, response);
    } finally {
      clearTimeout(timer);
      response.off('close', abandon);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #stream(
    call: ReturnType<typeof httpRequest>,
    response: ServerResponse,
  ): Promise<undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    call.on('error', () => {
      if (!response.headersSent && !response.destroyed) {
        reject(new AgentFailure('gateway_unreachable'));
        return;
      }
      response.destroy();
      resolve(undefined);
    });
    // Also what remains of an answer that was none, such as an upgrade nobody asked for.
    call.once('close', () => reject(new AgentFailure('gateway_unreachable')));
    call.on('response', (answer) => {
      const { statusCode = 0 } = answer;
      if (statusCode < 200 || statusCode > 599) {
        call.destroy();
        return;
      }
      response.writeHead(statusCode, toBrowser(answer.headers, this.#config));
      answer.pipe(response);
      answer.once('close', () => {
        // Cut short by the gateway: the browser must not take it for the whole.
        if (!answer.complete) response.destroy();
      });
      resolve(ended(response));
    });
    call.end();
    return promise;
  }
}

async function ended(response: ServerResponse): Promise<undefined> {
  await finished(response).catch(() => undefined);
}

function guardReading(request: IncomingMessage): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') throw new AgentFailure('not_found');
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding !== undefined || (length !== undefined && length !== '0')) {
    throw new AgentFailure('body_invalid');
  }
}
