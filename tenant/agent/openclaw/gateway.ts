/**
 * The gateway as the rest of the agent sees it. Guarantees: one shared connection, made when first
 * needed and again after a loss, by one attempt at a time; gateway words become codes of the
 * contract here.
 */
import type * as z from 'zod/mini';
import type { HelloOk } from '#schemas/wire/openclaw.ts';
import type { AgentConfig } from '../config.ts';
import { AgentFailure } from '../failure.ts';
import { GatewayConnection } from './connection.ts';
import type { CallOptions } from './connection.ts';
import { GatewayRefusal, GatewayTransportError } from './failures.ts';
import { identityHeaders } from './identity.ts';

/** 20 ms when idle; a gateway busy with its first turn took seconds. */
const connectTimeoutMs = 10_000;

export interface OpenedGateway {
  readonly connection: GatewayConnection;
  readonly hello: HelloOk;
}

export class Gateway {
  readonly #config: AgentConfig;
  #shared: Promise<OpenedGateway> | null = null;

  constructor(config: AgentConfig) {
    this.#config = config;
  }

  /** A connection of the caller's own; the caller closes it. */
  async openOwn(): Promise<OpenedGateway> {
    const { gatewayUrl } = this.#config;
    return GatewayConnection.open(gatewayUrl, identityHeaders(this.#config), connectTimeoutMs);
  }

  async shared(): Promise<OpenedGateway> {
    const current = this.#shared;
    if (current !== null) {
      const opened = await current;
      if (opened.connection.isOpen) return opened;
      if (this.#shared === current) this.#shared = null;
    }
    return (this.#shared ??= this.#openShared());
  }

  async call<T extends z.core.$ZodType>(
    method: string,
    params: unknown,
    shape: T,
    options: CallOptions,
  ): Promise<z.core.output<T>> {
    const { connection } = await this.shared();
    try {
      return await connection.call(method, params, shape, options);
    } catch (error) {
      // A host that vanished leaves a socket that looks open for hours: the next call gets a new one.
      if (error instanceof GatewayTransportError) connection.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = await this.#shared?.catch(() => null);
    opened?.connection.close();
  }

  async #openShared(): Promise<OpenedGateway> {
    try {
      return await this.openOwn();
    } catch (error) {
      this.#shared = null;
      throw error;
    }
  }
}

/** What a failed call to the gateway means to the caller of the agent. */
export function asAgentFailure(error: unknown): unknown {
  if (error instanceof GatewayRefusal) {
    return new AgentFailure(error.isStarting ? 'gateway_starting' : 'gateway_refused');
  }
  if (error instanceof GatewayTransportError) {
    const broken = error.reason === 'nonsense';
    return new AgentFailure(broken ? 'gateway_refused' : 'gateway_unreachable');
  }
  return error;
}
