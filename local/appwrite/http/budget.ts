/**
 * How much of request bodies may be in memory at once, whoever sends them: many callers that each
 * stay below the limit of one body must not exhaust the process together.
 */
import type { Readable } from 'node:stream';
import { AppwriteError } from '../kernel/errors.ts';

export const MAX_BYTES_AT_ONCE = 256 * 1024 * 1024;

export class BodyBudget {
  readonly #maxBytes: number;
  #held = 0;

  constructor(maxBytes = MAX_BYTES_AT_ONCE) {
    this.#maxBytes = maxBytes;
  }

  /** Throws a 503 that may be tried again when there is no room. */
  take(bytes: number): void {
    if (this.#held + bytes > this.#maxBytes) {
      const message = 'The server is reading too many large requests. Try again in a moment.';
      throw new AppwriteError('general_rate_limit_exceeded', message, 503);
    }
    this.#held += bytes;
  }

  release(bytes: number): void {
    this.#held -= bytes;
  }
}

/**
 * All of a body, counted while it is being read; `tooLarge` is thrown beyond `maxBytes`. Listens
 * instead of iterating: an async iterator costs a write more than anything else around it.
 */
export function readWithin(
  body: Readable,
  limits: { readonly maxBytes: number; readonly budget: BodyBudget },
  tooLarge: () => AppwriteError,
): Promise<Buffer> {
  const { maxBytes, budget } = limits;
  const chunks: Buffer[] = [];
  let held = 0;
  let refused = false;
  return new Promise((resolve, reject) => {
    const giveBack = (): void => {
      budget.release(held);
      held = 0;
    };
    // The rest runs past unheld: to cut the connection would cut off the refusal.
    const refuse = (error: unknown): void => {
      refused = true;
      chunks.length = 0;
      giveBack();
      reject(error instanceof Error ? error : new Error('the body could not be read'));
    };
    body.on('data', (chunk: Buffer) => {
      if (refused) return;
      try {
        budget.take(chunk.length);
        held += chunk.length;
        if (held > maxBytes) throw tooLarge();
        chunks.push(chunk);
      } catch (error) {
        refuse(error);
      }
    });
    body.once('end', () => {
      giveBack();
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
    });
    body.once('error', refuse);
  });
}
