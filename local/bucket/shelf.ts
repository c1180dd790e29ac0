/**
 * The objects: one file each. Guarantees: an object is there whole or not at all; what came with
 * another sum than it says is not there; never more bytes than the limits.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, readdirSync, statSync } from 'node:fs';
import type { ReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export const maxObjectBytes = 512 * 1024 ** 2;
const maxTotalBytes = 4 * 1024 ** 3;
const maxNameChars = 200;
const partSuffix = '.part';

export interface Kept {
  readonly key: string;
  readonly bytes: number;
  readonly at: string;
}

export class TooMuchError extends Error {
  override readonly name = 'TooMuchError';
}

export class ObjectShelf {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** By name. */
  list(): readonly Kept[] {
    return readdirSync(this.#folder)
      .filter((name) => !name.endsWith(partSuffix))
      .map((name) => {
        const { size: bytes, mtime } = statSync(join(this.#folder, name));
        return { key: decodeURIComponent(name), bytes, at: mtime.toISOString() };
      })
      .toSorted((one, other) => (one.key < other.key ? -1 : 1));
  }

  find(key: string): Kept | null {
    return this.list().find((one) => one.key === key) ?? null;
  }

  read(key: string): ReadStream {
    return createReadStream(this.#pathOf(key));
  }

  /** `sum`: SHA-256, hex; null = not said. False: what came has another. Throws `TooMuchError`. */
  async put(key: string, body: Readable, sum: string | null): Promise<boolean> {
    const part = join(this.#folder, `${randomBytes(8).toString('hex')}${partSuffix}`);
    const hash = createHash('sha256');
    const others = this.list().reduce((total, { bytes }) => total + bytes, 0);
    let bytes = 0;
    const counted = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length;
        hash.update(chunk);
        const isTooMuch = bytes > maxObjectBytes || others + bytes > maxTotalBytes;
        done(isTooMuch ? new TooMuchError() : null, chunk);
      },
    });
    try {
      await pipeline(body, counted, createWriteStream(part, { flags: 'wx', mode: 0o600 }));
      if (sum !== null && hash.digest('hex') !== sum) return false;
      await rename(part, this.#pathOf(key));
      return true;
    } finally {
      await rm(part, { force: true });
    }
  }

  async remove(key: string): Promise<void> {
    await rm(this.#pathOf(key), { force: true });
  }

  isName(key: string): boolean {
    return key !== '' && encodeURIComponent(key).length <= maxNameChars;
  }

  #pathOf(key: string): string {
    return join(this.#folder, encodeURIComponent(key).replaceAll('.', '%2E'));
  }
}
