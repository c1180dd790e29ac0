/** Ways a call to the gateway ends badly. Their texts stay in the agent. */
import type { GatewayErrorShape } from '#schemas/wire/openclaw.ts';

/** `unreachable`: no socket. `lost`: the socket went away. `nonsense`: not the protocol. */
export type TransportReason = 'unreachable' | 'lost' | 'timeout' | 'nonsense' | 'busy';

export class GatewayTransportError extends Error {
  readonly reason: TransportReason;
  constructor(reason: TransportReason) {
    super(`gateway ${reason}`);
    this.reason = reason;
  }
}

/** The gateway answered, and said no. */
export class GatewayRefusal extends Error {
  readonly code: string;
  readonly detail: string;
  readonly retryable: boolean;
  /** The method was called too often (30 times a minute); it will be taken again by itself. */
  readonly isRateLimited: boolean;
  readonly upstreamText: string;
  constructor(error: GatewayErrorShape) {
    super(`gateway refused: ${error.code}`);
    this.code = error.code;
    this.detail = error.details?.code ?? '';
    this.retryable = error.retryable ?? false;
    this.isRateLimited = error.details?.limit !== undefined;
    this.upstreamText = error.message;
  }

  /** Booting or draining: the same call will be taken in a moment. */
  get isStarting(): boolean {
    const isBusy = this.isRateLimited || this.detail === 'SETUP_ADMISSION_BUSY';
    return this.code === 'UNAVAILABLE' && this.retryable && !isBusy;
  }
}
