/**
 * One change on its way to many sockets: what all of them are told is put into words, and into
 * bytes, once, and only when one wants to hear it. The frames differ in the ids of the
 * subscriptions alone, so two hundred sockets that wait share one copy.
 */
import { formatTime } from '../kernel/time.ts';
import type { Change, Json } from '../kernel/types.ts';

/** A whole text message of the WebSocket protocol, from the server: not masked. */
const TEXT_FRAME = 0x81;
const SHORT_MAX = 125;
const MEDIUM_MAX = 0xffff;

/** The start of a frame: its header before the bytes all sockets share. */
function startOfFrame(shared: Buffer, restBytes: number): Buffer {
  const bytes = shared.length + restBytes;
  if (bytes <= SHORT_MAX) return Buffer.concat([Buffer.of(TEXT_FRAME, bytes), shared]);
  const medium = bytes <= MEDIUM_MAX;
  const header = Buffer.alloc(medium ? 4 : 10);
  header[0] = TEXT_FRAME;
  header[1] = medium ? 126 : 127;
  if (medium) header.writeUInt16BE(bytes, 2);
  else header.writeBigUInt64BE(BigInt(bytes), 2);
  return Buffer.concat([header, shared]);
}

export interface Frame {
  /** The same object for every socket whose rest has the same length. */
  readonly start: Buffer;
  readonly rest: Buffer;
}

export class Announcement {
  readonly change: Change;
  readonly #nowMs: number;
  readonly #starts = new Map<number, Buffer>();
  #channels: ReadonlySet<string> | undefined;
  #shared: Buffer | undefined;

  constructor(change: Change, nowMs: number) {
    this.change = change;
    this.#nowMs = nowMs;
  }

  get channels(): ReadonlySet<string> {
    return (this.#channels ??= new Set(this.change.channels));
  }

  get payload(): Json {
    return this.change.payload;
  }

  /** The frame for a socket that hears of it under these subscriptions. */
  frame(subscriptions: readonly string[]): Frame {
    const rest = Buffer.from(`,"subscriptions":${JSON.stringify(subscriptions)}}}`);
    let start = this.#starts.get(rest.length);
    if (start === undefined) {
      this.#shared ??= Buffer.from(this.#said());
      start = startOfFrame(this.#shared, rest.length);
      this.#starts.set(rest.length, start);
    }
    return { start, rest };
  }

  #said(): string {
    const { json, payload } = this.change;
    const events = json?.events ?? JSON.stringify(this.change.events);
    const channels = json?.channels ?? JSON.stringify(this.change.channels);
    return (
      `{"type":"event","data":{"events":${events},"channels":${channels},` +
      `"timestamp":"${formatTime(this.#nowMs)}","payload":${JSON.stringify(payload)}`
    );
  }
}
