/**
 * One WebSocket to the gateway, protocol 4.
 * Guarantees: every frame is parsed before use, frames and open calls are bounded, every call ends
 * (answer, timeout or loss of the socket), and after `close` nothing is left behind.
 */
import type * as z from 'zod/mini';
import type { GatewayResponse, HelloOk } from '#schemas/wire/openclaw.ts';
import {
  connectChallenge,
  gatewayFrame,
  gatewayProtocol,
  helloOk,
} from '#schemas/wire/openclaw.ts';
import { agentVersion } from '../version.ts';
import { GatewayRefusal, GatewayTransportError } from './failures.ts';
import type { TransportReason } from './failures.ts';
import { agentGatewayScopes } from './identity.ts';
import type { HeaderMap } from './identity.ts';

/** The hello of 2026.9.6 is about 60 kB; nothing the agent asks for comes near this. */
const maxFrameChars = 8 * 1024 * 1024;
const maxOpenCalls = 32;

interface OpenCall {
  /** Answers for which this is false are waited over (`accepted` before the end of a turn). */
  readonly isFinal: (response: GatewayResponse) => boolean;
  readonly resolve: (response: GatewayResponse) => void;
  readonly reject: (error: Error) => void;
}

export interface CallOptions {
  readonly timeoutMs: number;
  readonly isFinal?: (response: GatewayResponse) => boolean;
}

export class GatewayConnection {
  readonly #socket: WebSocket;
  readonly #calls = new Map<string, OpenCall>();
  readonly #challenge = Promise.withResolvers<undefined>();
  readonly #closed = Promise.withResolvers<undefined>();
  #nextId = 1;
  #open = true;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#challenge.promise.catch(() => undefined);
    socket.addEventListener('message', (message) => this.#receive(message.data));
    socket.addEventListener('error', () => this.#end('unreachable'));
    socket.addEventListener('close', () => this.#end('lost'));
  }

  /** Connects and says hello. Throws `GatewayTransportError` or `GatewayRefusal`. */
  static async open(
    url: string,
    headers: HeaderMap,
    timeoutMs: number,
  ): Promise<{ connection: GatewayConnection; hello: HelloOk }> {
    const connection = new GatewayConnection(new WebSocket(url, { headers: { ...headers } }));
    const timer = setTimeout(() => connection.#end('timeout'), timeoutMs);
    try {
      await connection.#challenge.promise;
      const hello = await connection.call('connect', connectParams(), helloOk, { timeoutMs });
      return { connection, hello };
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Settles when the socket has gone, for whatever reason. */
  get closed(): Promise<undefined> {
    return this.#closed.promise;
  }

  /** The parsed payload of an `ok` answer; a refusal is thrown as `GatewayRefusal`. */
  async call<T extends z.core.$ZodType>(
    method: string,
    params: unknown,
    shape: T,
    options: CallOptions,
  ): Promise<z.core.output<T>> {
    const response = await this.exchange(method, params, options);
    if (!response.ok) throw refusalOf(response);
    const parsed = (shape as unknown as z.ZodMiniType).safeParse(response.payload);
    if (!parsed.success) throw new GatewayTransportError('nonsense');
    return parsed.data as z.core.output<T>;
  }

  /** The raw answer, refused or not. */
  async exchange(method: string, params: unknown, options: CallOptions): Promise<GatewayResponse> {
    if (!this.#open) throw new GatewayTransportError('lost');
    if (this.#calls.size >= maxOpenCalls) throw new GatewayTransportError('busy');
    const id = String(this.#nextId++);
    const { promise, resolve, reject } = Promise.withResolvers<GatewayResponse>();
    const expire = (): void => reject(new GatewayTransportError('timeout'));
    const timer = setTimeout(expire, options.timeoutMs);
    this.#calls.set(id, { isFinal: options.isFinal ?? always, resolve, reject });
    try {
      this.#socket.send(JSON.stringify({ type: 'req', id, method, params }));
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#calls.delete(id);
    }
  }

  close(): void {
    this.#end('lost');
  }

  #receive(data: unknown): void {
    if (typeof data !== 'string' || data.length > maxFrameChars) {
      this.#end('nonsense');
      return;
    }
    const frame = parseFrame(data);
    if (frame === null) {
      this.#end('nonsense');
      return;
    }
    if (frame.type === 'event') {
      if (frame.event !== 'connect.challenge') return;
      if (!connectChallenge.safeParse(frame.payload).success) {
        this.#end('nonsense');
        return;
      }
      this.#challenge.resolve(undefined);
      return;
    }
    const call = this.#calls.get(frame.id);
    if (call?.isFinal(frame) === true) call.resolve(frame);
  }

  #end(reason: TransportReason): void {
    if (!this.#open) return;
    this.#open = false;
    const error = new GatewayTransportError(reason);
    this.#challenge.reject(error);
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
    this.#socket.close();
    this.#closed.resolve(undefined);
  }
}

function always(): boolean {
  return true;
}

function parseFrame(data: string): ReturnType<typeof gatewayFrame.parse> | null {
  try {
    const parsed = gatewayFrame.safeParse(JSON.parse(data));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export function refusalOf(response: GatewayResponse): GatewayRefusal {
  return new GatewayRefusal(response.error ?? { code: 'UNKNOWN', message: '' });
}

/** Client id and mode are closed lists in the gateway; these two name a backend. */
function connectParams(): object {
  return {
    minProtocol: gatewayProtocol,
    maxProtocol: gatewayProtocol,
    client: {
      id: 'gateway-client',
      version: agentVersion,
      platform: 'linux',
      mode: 'backend',
    },
    role: 'operator',
    scopes: agentGatewayScopes,
  };
}
