/**
 * Under load, frames of a few milliseconds leave a socket in one piece: a system call for every
 * frame and socket is what bounds their number otherwise. The first change after a quiet moment
 * goes out at once.
 */
import type { Duplex } from 'node:stream';

/** What a change may wait at most; a tenth of what nobody notices. */
export const PULSE_MS = 8;

export class Pulse {
  readonly #held = new Set<Duplex>();
  #timer: NodeJS.Timeout | undefined;

  /** True if sockets are to be held from now on; asked once for a change. */
  beat(): boolean {
    if (this.#timer !== undefined) return true;
    this.#timer = setTimeout(() => this.#release(), PULSE_MS);
    return false;
  }

  hold(socket: Duplex): void {
    if (this.#held.has(socket)) return;
    this.#held.add(socket);
    socket.cork();
  }

  #release(): void {
    this.#timer = undefined;
    const busy = this.#held.size > 0;
    for (const socket of this.#held) socket.uncork();
    this.#held.clear();
    if (busy) this.beat();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#release();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
