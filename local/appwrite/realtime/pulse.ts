/**
 * A socket that is sent one frame after the other gets them in pieces of a few milliseconds: a
 * system call for every frame is what bounds their number otherwise. A socket that has been quiet
 * gets its frame at once.
 */
import type { Duplex } from 'node:stream';

/** What a frame may wait at most. */
export const PULSE_MS = 8;

export class Pulse {
  /** Sockets that were sent something since the last pulse. */
  #recent = new Set<Duplex>();
  #held = new Set<Duplex>();
  #timer: NodeJS.Timeout | undefined;

  /** Before a frame is written to the socket. */
  hold(socket: Duplex): void {
    if (!this.#recent.has(socket)) {
      this.#recent.add(socket);
      this.#timer ??= setTimeout(() => this.#beat(), PULSE_MS);
    } else if (!this.#held.has(socket)) {
      this.#held.add(socket);
      socket.cork();
    }
  }

  #beat(): void {
    for (const socket of this.#held) socket.uncork();
    this.#recent = this.#held;
    this.#held = new Set();
    this.#timer = this.#recent.size > 0 ? setTimeout(() => this.#beat(), PULSE_MS) : undefined;
  }

  /** Lets go of everything. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const socket of this.#held) socket.uncork();
    this.#held.clear();
    this.#recent.clear();
  }
}
