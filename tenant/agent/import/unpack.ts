/**
 * The state in an uploaded archive, written into an empty folder: the `state/` of an export, or what an
 * opened backup holds, which is the state and nothing around it. Guarantees: only plain files,
 * folders and links that stay inside, each name a file of its own; each path once; bounded in entries, depth and bytes, those that
 * are skipped and those that only come out of the compression included; links are made last, so that
 * nothing is written through one.
 */
import { constants, createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { copyFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import * as tar from 'tar';
import { BackupFailure, problemOf } from '../backup/failure.ts';
import { maxBytes, maxDepth, maxEntries, staysInside } from '../backup/tree.ts';

const maxPathChars = 1_024;
const maxNameBytes = 255;
/** Of an entry's own form: its head, its long name, the padding after it. */
const overheadBytes = 3 * 1_024;

export interface Unpacking {
  readonly file: string;
  /** Must be there and empty. */
  readonly folder: string;
  /** Relative to the state: whether it is unpacked at all. */
  readonly wanted: (path: string) => boolean;
  /** What may be written; more is `storage_full`. */
  readonly roomBytes: number;
  readonly signal: AbortSignal;
}

/** Throws `import_malformed`, `too_large`, `storage_full`. */
export async function unpackState(unpacking: Unpacking): Promise<void> {
  const root = await rootIn(unpacking);
  const writer = new Writer(unpacking, root);
  await readThrough(unpacking, writer);
}

interface Taker {
  /** Rejects with the first thing that is wrong; resolves never. */
  readonly broken: Promise<never>;
  readonly problem: Error | null;
  take(entry: tar.ReadEntry): void;
  /** What is left to do at the end. */
  finish(): Promise<void>;
}

async function readThrough(
  { file, signal }: Pick<Unpacking, 'file' | 'signal'>,
  taker: Taker,
): Promise<void> {
  const source = createReadStream(file);
  const plain = createGunzip();
  source.once('error', (error) => plain.destroy(error));
  try {
    await feed(source.pipe(plain), taker, signal);
    await taker.finish();
  } catch (error) {
    signal.throwIfAborted();
    // What was wrong first, not what came of it.
    const cause = taker.problem ?? error;
    throw new BackupFailure(problemOf(cause, 'import_malformed'), cause);
  } finally {
    source.destroy();
  }
}

/** By hand, as in `backup/seal.ts`: tar's parser is no stream of Node's. */
async function feed(
  plain: AsyncIterable<Buffer>,
  taker: Taker,
  signal: AbortSignal,
): Promise<void> {
  const parser = new tar.Parser({
    ...{ strict: true, brotli: false, zstd: false },
    onReadEntry: (entry) => taker.take(entry),
  });
  const { promise: ended, resolve, reject } = Promise.withResolvers<null>();
  ended.catch(() => undefined);
  parser.once('end', () => resolve(null)).once('error', reject);
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  let bytes = 0;
  for await (const chunk of plain) {
    signal.throwIfAborted();
    if (taker.problem !== null) throw taker.problem;
    // The parser would open a second compression, whose bytes nobody counts.
    if (bytes === 0 && chunk[0] === 0x1f) throw new BackupFailure('import_malformed');
    bytes += chunk.length;
    if (bytes > maxBytes + maxEntries * overheadBytes) throw new BackupFailure('too_large');
    if (parser.write(chunk)) continue;
    const drained = new Promise<void>((go) => parser.once('drain', () => go()));
    await Promise.race([drained, ended, taker.broken]);
  }
  parser.end();
  await Promise.race([ended, taker.broken]);
}

interface Link {
  readonly path: string;
  readonly target: string;
}

/** A second name of a file that came before, as `tar` packs those: here it becomes a file of its own. */
interface SecondName {
  readonly path: string;
  readonly first: string;
}

/** Takes every entry by the same function, until one of them is wrong. */
class Reading implements Taker {
  readonly broken: Promise<never>;
  problem: Error | null = null;
  readonly #take: (entry: tar.ReadEntry) => void;
  readonly #reject: (error: Error) => void;

  constructor(take: (entry: tar.ReadEntry) => void) {
    this.#take = take;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined);
    this.broken = promise;
    this.#reject = reject;
  }

  take(entry: tar.ReadEntry): void {
    try {
      this.#take(entry);
    } catch (error) {
      this.break(error as Error);
      entry.resume();
    }
  }

  break(error: Error): void {
    this.problem ??= error;
    this.#reject(error);
  }

  finish(): Promise<void> {
    return this.problem === null ? Promise.resolve() : Promise.reject(this.problem);
  }
}

/** What an archive claims to hold. Throws `too_large`, `storage_full`. */
class Count {
  readonly #roomBytes: number;
  #entries = 0;
  #bytes = 0;

  constructor(roomBytes: number) {
    this.#roomBytes = roomBytes;
  }

  take(size: number): void {
    this.#entries += 1;
    this.#bytes += size;
    if (this.#entries > maxEntries || this.#bytes > maxBytes) throw new BackupFailure('too_large');
    if (this.#bytes > this.#roomBytes) throw new BackupFailure('storage_full');
  }
}

class Writer extends Reading {
  readonly #unpacking: Unpacking;
  readonly #root: Root;
  readonly #count: Count;
  readonly #links: Link[] = [];
  readonly #seconds: SecondName[] = [];
  /** Bytes of each file that was written. */
  readonly #files = new Map<string, number>();
  readonly #writing = new Set<Promise<void>>();

  constructor(unpacking: Unpacking, root: Root) {
    super((entry) => this.#place(entry));
    this.#unpacking = unpacking;
    this.#root = root;
    this.#count = new Count(unpacking.roomBytes);
  }

  /** What is still being written, then the links. */
  override async finish(): Promise<void> {
    await Promise.all(this.#writing);
    await super.finish();
    for (const { path, first } of this.#seconds) {
      const at = join(this.#unpacking.folder, path);
      mkdirSync(dirname(at), { recursive: true, mode: 0o700 });
      await copyFile(join(this.#unpacking.folder, first), at, constants.COPYFILE_EXCL);
    }
    for (const { path, target } of this.#links) {
      const at = join(this.#unpacking.folder, path);
      mkdirSync(dirname(at), { recursive: true, mode: 0o700 });
      await symlink(target, at);
    }
  }

  #place(entry: tar.ReadEntry): void {
    this.#count.take(entry.size);
    const path = statePathOf(entry.path, this.#root);
    const isSkipped = path === null || path === '' || !this.#unpacking.wanted(path);
    if (!kinds.has(entry.type)) throw new BackupFailure('import_malformed');
    if (isSkipped) {
      entry.resume();
      return;
    }
    const at = join(this.#unpacking.folder, path);
    if (entry.type === 'Directory') {
      mkdirSync(at, { recursive: true, mode: 0o700 });
      entry.resume();
    } else if (entry.type === 'SymbolicLink') {
      const target = entry.linkpath ?? '';
      if (target === '' || !staysInside(path, target)) throw new BackupFailure('import_malformed');
      this.#links.push({ path, target });
      entry.resume();
    } else if (entry.type === 'Link') {
      this.#second(path, statePathOf(entry.linkpath ?? '', this.#root));
      entry.resume();
    } else {
      mkdirSync(dirname(at), { recursive: true, mode: 0o700 });
      this.#files.set(path, entry.size);
      this.#write(entry, at);
    }
  }

  /** Its bytes are counted again, for they are written again. */
  #second(path: string, first: string | null): void {
    const bytes = first === null ? undefined : this.#files.get(first);
    if (first === null || bytes === undefined) throw new BackupFailure('import_malformed');
    this.#count.take(bytes);
    this.#files.set(path, bytes);
    this.#seconds.push({ path, first });
  }

  #write(entry: tar.ReadEntry, at: string): void {
    // Whoever may run it there may run it here; the owner can always read and write it.
    const mode = ((entry.mode ?? 0) & 0o777) | 0o600;
    const out = createWriteStream(at, { flags: 'wx', mode });
    const written = finished(out)
      .catch((error: unknown) => this.break(error as Error))
      .finally(() => this.#writing.delete(written));
    this.#writing.add(written);
    entry.pipe(out);
  }
}

const kinds: ReadonlySet<string> = new Set([
  ...['File', 'OldFile', 'ContiguousFile', 'Directory', 'SymbolicLink', 'Link'],
]);

/** Folders above the state, and whether it is in one that is called so. */
export type Root = 'export' | 'state' | 'state_in_folder';
const configName = 'openclaw.json';

/** Where the state begins is told by its configuration, which may come last. */
async function rootIn(unpacking: Unpacking): Promise<Root> {
  const depths = new Set<number>();
  const count = new Count(unpacking.roomBytes);
  await readThrough(
    unpacking,
    new Reading((entry) => {
      count.take(entry.size);
      const segments = entry.path.split('/').filter((segment) => segment !== '.');
      const [first] = segments;
      if (segments.at(-1) === configName && first !== 'state') depths.add(segments.length - 1);
      entry.resume();
    }),
  );
  if (depths.has(0)) return 'state';
  return depths.has(1) ? 'state_in_folder' : 'export';
}

/**
 * Below the state: `state/` at the top of an export or in the archive's only folder, or what is there
 * itself. Null: something else. Throws `import_malformed` for a path that nobody honest would pack.
 */
export function statePathOf(path: string, root: Root = 'export'): string | null {
  const segments = path.split('/');
  if (segments.at(-1) === '') segments.pop();
  const plain = segments.filter((segment) => segment !== '.');
  const isWell =
    path.length <= maxPathChars &&
    plain.length <= maxDepth &&
    plain.every((one) => one !== '' && one !== '..' && !one.includes('\0')) &&
    plain.every((one) => Buffer.byteLength(one) <= maxNameBytes);
  if (!isWell) throw new BackupFailure('import_malformed');
  if (root === 'state') return plain.join('/');
  if (root === 'state_in_folder') return plain.slice(1).join('/');
  const start = plain.indexOf('state');
  return start === 0 || start === 1 ? plain.slice(start + 1).join('/') : null;
}
