/**
 * The listening side of the sustained load, as a process of its own: opens sockets, notes how old
 * each event is when it arrives, and answers with the ages when told to stop. Ages are taken from
 * the time the writer put into the row; both processes read the same clock. Sockets are read into
 * one buffer that is only searched: a client that took 200,000 frames a second apart would measure
 * itself.
 */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { AgeCounter, LoopDelay, type Times } from './measure.ts';

export interface SubscribersStart {
  readonly port: number;
  /** Path and query of the WebSocket, without the channel. */
  readonly path: string;
  /** One for each socket. */
  readonly channels: readonly string[];
}

export interface SubscribersResult extends Times {
  readonly events: number;
  readonly loopDelay: Pick<Times, 'p50Ms' | 'p99Ms'>;
}

/** A note is `t<milliseconds since 1970, with a fraction>;`. */
const mark = '"note":"t';
const semicolon = ';'.charCodeAt(0);
const longestNote = 64;
const greeting = '"type":"connected"';
const shared = Buffer.alloc(256 * 1024);
const nowMs = (): number => performance.timeOrigin + performance.now();

const ages = new AgeCounter();
let delay = new LoopDelay();
let firstAtMs = 0;

function count(sentAt: string): void {
  const now = nowMs();
  if (firstAtMs === 0) firstAtMs = now;
  ages.add(now - Number(sentAt));
}

/** Finds the notes in what one socket receives, also where one lies across two reads. */
class Ear {
  #tail = '';

  hear(bytes: Buffer): void {
    this.#hearCut(bytes);
    let at = bytes.indexOf(mark);
    while (at >= 0) {
      const end = bytes.indexOf(semicolon, at);
      if (end < 0) break;
      count(bytes.toString('latin1', at + mark.length, end));
      at = bytes.indexOf(mark, end);
    }
    const from = at >= 0 ? at : Math.max(0, bytes.length - mark.length + 1);
    this.#tail = bytes.toString('latin1', from);
  }

  #hearCut(bytes: Buffer): void {
    const text = this.#tail + bytes.toString('latin1', 0, longestNote);
    const at = text.indexOf(mark);
    const end = text.indexOf(';', at);
    if (at >= 0 && at < this.#tail.length && end > 0) count(text.slice(at + mark.length, end));
  }
}

function open({ port, path }: SubscribersStart, channel: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const ear = new Ear();
    const callback = (length: number): boolean => {
      const bytes = shared.subarray(0, length);
      if (bytes.includes(greeting)) resolve();
      ear.hear(bytes);
      return true;
    };
    const socket = connect({ host: '127.0.0.1', port, onread: { buffer: shared, callback } });
    socket.once('error', reject);
    socket.write(
      `GET ${path}&channels[]=${encodeURIComponent(channel)} HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
        'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    );
  });
}

process.on('message', (message: SubscribersStart | 'warm' | 'stop') => {
  if (message === 'warm') {
    ages.clear();
    firstAtMs = 0;
    delay = new LoopDelay();
  } else if (message === 'stop') {
    const times = ages.times(nowMs() - firstAtMs);
    const result = { ...times, events: ages.count, loopDelay: delay.stop() };
    process.send?.(result satisfies SubscribersResult);
  } else {
    void Promise.all(message.channels.map((channel) => open(message, channel))).then(() =>
      process.send?.('ready'),
    );
  }
});
process.once('disconnect', () => process.exit(0));
