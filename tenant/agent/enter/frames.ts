/**
 * What the agent reads of the frames it relays: the first one of the browser, and the answer to it.
 * Guarantees: pure; only a Control UI that asks to be an operator is let through, anything else
 * (nodes, command lines, other clients, garbage) is refused before the gateway sees it.
 */
import { connectFrame, connectReply } from '#schemas/wire/openclaw-pairing.ts';

export const controlUiClient = 'openclaw-control-ui';
export const operatorRole = 'operator';
/** The gateway's own limit before it knows who is talking. */
export const maxFirstFrameBytes = 64 * 1024;

export interface Opening {
  /** Of the `connect` request; its answer carries the same. */
  readonly requestId: string;
  readonly deviceId: string;
}

/** Null when this is not how a Control UI begins. */
export function readOpening(text: string): Opening | null {
  const parsed = connectFrame.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { id, params } = parsed.data;
  if (params.role !== operatorRole || params.client.id !== controlUiClient) return null;
  // Without a device there is nothing to pair, and what the gateway then allows is not ours to know.
  if (params.device === undefined) return null;
  return { requestId: id, deviceId: params.device.id };
}

export type Reply =
  | { readonly kind: 'connected' }
  /** This device waits for a yes under this id. */
  | { readonly kind: 'unpaired'; readonly pairingId: string; readonly deviceId: string }
  | { readonly kind: 'refused'; readonly code: string };

/** Null when the frame is not the answer to that opening. */
export function readReply(text: string, opening: Opening): Reply | null {
  const parsed = connectReply.safeParse(parseJson(text));
  if (!parsed.success || parsed.data.id !== opening.requestId) return null;
  const { ok, error } = parsed.data;
  if (ok) return { kind: 'connected' };
  const { requestId, deviceId } = error?.details ?? {};
  if (error?.code === 'NOT_PAIRED' && requestId !== undefined && deviceId !== undefined) {
    return { kind: 'unpaired', pairingId: requestId, deviceId };
  }
  return { kind: 'refused', code: error?.code ?? 'UNKNOWN' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
