/**
 * A small document kept on the volume. Guarantees: writes follow one another, the newest content
 * wins, and `save` is answered when what stood in memory at its call is on the disk.
 */
import type * as z from 'zod/mini';
import { readOwnFile, replaceFile } from './files.ts';

export class SavedDocument {
  readonly #path: string;
  readonly #content: () => unknown;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(path: string, content: () => unknown) {
    this.#path = path;
    this.#content = content;
  }

  /** Null when there is none, or when it is not what this agent would have written. */
  async read<T>(shape: z.ZodMiniType<T>): Promise<T | null> {
    const text = await readOwnFile(this.#path);
    if (text === null) return null;
    try {
      const parsed = shape.safeParse(JSON.parse(text));
      return parsed.success ? parsed.data : null;
    } catch {
      return null;
    }
  }

  async save(): Promise<void> {
    if (this.#next !== null) return this.#next;
    const write = async (): Promise<void> => {
      this.#next = null;
      await replaceFile(this.#path, JSON.stringify(this.#content()));
    };
    this.#next = this.#writing.then(write, write);
    // A failed write is the caller's to handle; the next one starts anew.
    this.#writing = this.#next.catch(() => undefined);
    return this.#next;
  }
}
