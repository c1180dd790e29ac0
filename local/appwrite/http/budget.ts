/**
 * How much of request bodies may be in memory at once, whoever sends them: many callers that each
 * stay below the limit of one body must not exhaust the process together.
 */
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

/** All of a body, counted while it is being read; `tooLarge` is thrown beyond `maxBytes`. */
export async function readWithin(
  body: AsyncIterable<Buffer>,
  limits: { readonly maxBytes: number; readonly budget: BodyBudget },
  tooLarge: () => AppwriteError,
): Promise<Buffer> {
  const { maxBytes, budget } = limits;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      budget.take(chunk.length);
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
    const [only] = chunks;
    return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, bytes);
  } finally {
    budget.release(bytes);
  }
}
