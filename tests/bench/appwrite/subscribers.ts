/**
 * The listening side of the sustained load, as a process of its own: opens sockets, notes how old
 * each event is when it arrives, and answers with the ages when told to stop. Ages are taken from
 * the time the writer put into the row; both processes read the same clock.
 */
import { WebSocket } from 'ws';
import { timesOf, type Times } from './measure.ts';

export interface SubscribersStart {
  readonly address: string;
  /** One for each socket. */
  readonly channels: readonly string[];
}

export interface SubscribersResult extends Times {
  readonly events: number;
}

/** A note is `t<milliseconds since 1970, with a fraction>;`. */
const mark = '"note":"t';
const nowMs = (): number => performance.timeOrigin + performance.now();
const agesMs: number[] = [];
let firstAtMs = 0;

/** Not parsed: 200 sockets would measure the parser of this process. */
function hear(bytes: Buffer): void {
  const at = bytes.indexOf(mark);
  if (at < 0) return;
  const from = at + mark.length;
  const sentAtMs = Number(bytes.toString('latin1', from, bytes.indexOf(';', from)));
  if (firstAtMs === 0) firstAtMs = nowMs();
  agesMs.push(nowMs() - sentAtMs);
}

function open(address: string, channel: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${address}&channels[]=${encodeURIComponent(channel)}`);
    socket.once('error', reject);
    socket.once('message', () => {
      socket.on('message', hear);
      resolve();
    });
  });
}

process.on('message', (message: SubscribersStart | 'stop') => {
  if (message === 'stop') {
    const times = timesOf(agesMs, nowMs() - firstAtMs);
    process.send?.({ ...times, events: agesMs.length } satisfies SubscribersResult);
    agesMs.length = 0;
    firstAtMs = 0;
    return;
  }
  void (async () => {
    for (const channel of message.channels) await open(message.address, channel);
    process.send?.('ready');
  })();
});
process.once('disconnect', () => process.exit(0));
