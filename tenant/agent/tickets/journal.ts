/**
 * Burnt ticket ids. Guarantees: of any number of simultaneous uses of one id exactly one wins; a
 * burnt id stays burnt across restarts for as long as its ticket could be accepted; the memory and
 * the file are bounded by the number of tickets alive.
 */
import { appendDurably, readOwnFile, replaceFile } from '../vault/files.ts';

/** Tickets live three minutes at most; only the control plane can fill this. */
const maxAlive = 10_000;
const defaultCompactAfterLines = 2_000;

export class BurntTickets {
  readonly #path: string;
  readonly #now: () => number;
  readonly #compactAfterLines: number;
  readonly #aliveUntilMs = new Map<string, number>();
  #lines = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, now: () => number, compactAfterLines = defaultCompactAfterLines) {
    this.#path = path;
    this.#compactAfterLines = compactAfterLines;
    this.#now = now;
  }

  async load(): Promise<void> {
    const content = (await readOwnFile(this.#path)) ?? '';
    for (const line of content.split('\n')) {
      const [until, id] = line.split(' ');
      const untilMs = Number(until);
      if (id === undefined || id === '' || !Number.isFinite(untilMs)) continue;
      if (untilMs > this.#now()) this.#aliveUntilMs.set(id, untilMs);
    }
    // Without room on the disk nothing can be burnt either; what is known still counts.
    await this.#compact().catch(() => undefined);
  }

  /** False when the id was burnt before. True only after the burn is on the disk. */
  async burn(id: string, aliveUntilMs: number): Promise<boolean> {
    if (this.#aliveUntilMs.has(id)) return false;
    if (this.#aliveUntilMs.size >= maxAlive) this.#forgetDead();
    if (this.#aliveUntilMs.size >= maxAlive) throw new Error('too many tickets alive');
    this.#aliveUntilMs.set(id, aliveUntilMs);
    const written = this.#writing.then(() => this.#append(id, aliveUntilMs));
    this.#writing = written.catch(() => undefined);
    await written;
    return true;
  }

  async #append(id: string, aliveUntilMs: number): Promise<void> {
    // A line that a full disk cut off must not take this one with it.
    await appendDurably(this.#path, `\n${aliveUntilMs} ${id}`);
    this.#lines += 1;
    if (this.#lines > this.#compactAfterLines) await this.#compact();
  }

  async #compact(): Promise<void> {
    this.#forgetDead();
    const lines = [...this.#aliveUntilMs].map(([id, untilMs]) => `${untilMs} ${id}\n`);
    await replaceFile(this.#path, lines.join(''));
    this.#lines = lines.length;
  }

  #forgetDead(): void {
    const nowMs = this.#now();
    for (const [id, untilMs] of this.#aliveUntilMs) {
      if (untilMs <= nowMs) this.#aliveUntilMs.delete(id);
    }
  }
}
