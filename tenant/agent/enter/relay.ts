/**
 * One Control UI's socket, passed on to the gateway. Guarantees: text is read on both sides before a
 * byte of it is passed on, without compression; the first frame is a Control UI's or nothing is; a
 * side that does not keep up holds the other one back; frames, silences and the number of sockets
 * are bounded; when one side ends, so does the other.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { RawData } from 'ws';
import type { AgentConfig } from '../config.ts';
import { uiBasePath } from '../bootstrap/document.ts';
import { ownerHeaders } from '../openclaw/identity.ts';
import { maxFirstFrameBytes, readOpening, readReply } from './frames.ts';
import type { Opening, Reply } from './frames.ts';

/** The gateway's own limit. */
const maxFrameBytes = 25 * 1024 * 1024;
const holdBackBytes = 1024 * 1024;
const handshakeTimeoutMs = 10_000;
const openingTimeoutMs = 15_000;
const heartbeatMs = 30_000;

/** Policy violation; the Control UI shows it and does not lose its device. */
const refusedCode = 1008;
const tooBigCode = 1009;

export interface RelayEvents {
  /** False: this device may not speak now. */
  readonly opening: (opening: Opening) => boolean;
  readonly reply: (reply: Reply, opening: Opening) => void;
  readonly activity: () => void;
  readonly ended: () => void;
}

export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

const door = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: maxFrameBytes,
});

/** Answers how to cut it. `events.ended` is called once, whatever happens. */
export function relay(upgrade: Upgrade, config: AgentConfig, events: RelayEvents): () => void {
  const { request, socket, head } = upgrade;
  const upstream = new WebSocket(`${config.gatewayUrl}${uiBasePath}`, {
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
    handshakeTimeout: handshakeTimeoutMs,
    followRedirects: false,
    headers: { host: config.publicHost, origin: config.publicOrigin, ...ownerHeaders(config) },
  });
  let isEnded = false;
  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    upstream.terminate();
    socket.destroy();
    events.ended();
  };
  upstream.on('error', () => {
    if (!socket.destroyed && upstream.readyState !== WebSocket.OPEN) answerUnavailable(socket);
    end();
  });
  upstream.once('close', end);
  socket.on('error', end);
  socket.once('close', end);
  upstream.once('open', () => {
    if (socket.destroyed) {
      end();
      return;
    }
    // Same turn: what the gateway says first finds somebody listening.
    door.handleUpgrade(request, socket, head, (browser) => {
      upstream.off('close', end);
      new Pair(browser, upstream, events).run(end);
    });
  });
  return end;
}

function answerUnavailable(socket: Duplex): void {
  socket.write(
    'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
  );
}

class Pair {
  readonly #browser: WebSocket;
  readonly #upstream: WebSocket;
  readonly #events: RelayEvents;
  #opening: Opening | null = null;
  #isAnswered = false;

  constructor(browser: WebSocket, upstream: WebSocket, events: RelayEvents) {
    this.#browser = browser;
    this.#upstream = upstream;
    this.#events = events;
  }

  run(end: () => void): void {
    const browser = this.#browser;
    const upstream = this.#upstream;
    const timers = [
      setTimeout(() => {
        if (this.#opening === null) this.#refuse(refusedCode, 'connect expected');
      }, openingTimeoutMs),
      heartbeat(browser, end),
      heartbeat(upstream, end),
    ];
    const finish = (): void => {
      timers.forEach((timer) => clearTimeout(timer));
      end();
    };
    browser.on('message', (data, isBinary) => this.#fromBrowser(bytesOf(data), isBinary));
    upstream.on('message', (data, isBinary) => this.#fromGateway(bytesOf(data), isBinary));
    browser.on('error', finish);
    browser.once('close', finish);
    // The browser is told why, and its socket ends when it has answered, or some seconds later.
    upstream.once('close', (code, reason) => passClose(browser, code, reason));
  }

  #fromBrowser(data: Buffer, isBinary: boolean): void {
    this.#events.activity();
    if (this.#opening === null) {
      if (data.length > maxFirstFrameBytes) {
        this.#refuse(tooBigCode, 'first frame too large');
        return;
      }
      const opening = isBinary ? null : readOpening(data.toString('utf8'));
      if (opening === null || !this.#events.opening(opening)) {
        this.#refuse(refusedCode, 'not allowed here');
        return;
      }
      this.#opening = opening;
    }
    passOn(data, isBinary, { from: this.#browser, to: this.#upstream });
  }

  #fromGateway(data: Buffer, isBinary: boolean): void {
    const opening = this.#opening;
    if (opening !== null && !this.#isAnswered && !isBinary) {
      const reply = readReply(data.toString('utf8'), opening);
      if (reply !== null) {
        this.#isAnswered = true;
        this.#events.reply(reply, opening);
      }
    }
    passOn(data, isBinary, { from: this.#upstream, to: this.#browser });
  }

  /** Said to the browser; the gateway is left without a word. */
  #refuse(code: number, reason: string): void {
    this.#browser.close(code, reason);
    this.#upstream.terminate();
  }
}

interface Direction {
  readonly from: WebSocket;
  readonly to: WebSocket;
}

function passOn(data: Buffer, binary: boolean, { from, to }: Direction): void {
  if (to.readyState !== WebSocket.OPEN) return;
  to.send(data, { binary }, () => {
    if (from.isPaused && to.bufferedAmount <= holdBackBytes) from.resume();
  });
  if (to.bufferedAmount > holdBackBytes) from.pause();
}

function passClose(to: WebSocket, code: number, reason: Buffer): void {
  // 1005 and 1006 say that no code came; they cannot be sent.
  const sendable = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 4999);
  to.close(sendable ? code : 1011, sendable ? reason : '');
}

/** Also ends a side that was held back for so long that its answer could not be heard. */
function heartbeat(socket: WebSocket, end: () => void): NodeJS.Timeout {
  let isAlive = true;
  socket.on('pong', () => (isAlive = true));
  return setInterval(() => {
    if (!isAlive) {
      end();
      return;
    }
    isAlive = false;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, heartbeatMs);
}

/** `ws` hands text over as one Buffer unless told otherwise. */
function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
