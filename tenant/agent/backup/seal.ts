/**
 * A folder as one sealed file, and back: tar, gzip, age (https://age-encryption.org/v1), so that
 * `age -d | tar xz` opens it anywhere. Guarantees: nothing readable is written by sealing; a file
 * that was changed by one byte does not open; unpacking writes below its target only.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import * as tar from 'tar';
import { readOwnFile, replaceFile } from '../vault/files.ts';
import { BackupFailure } from './failure.ts';

const storedIdentity = /^AGE-SECRET-KEY-1[0-9A-Z]{58}\n?$/;
/** Denser levels cost three times the time for a tenth of the size. */
const gzipLevel = 6;

/** The tenant's own key, made when first needed; it never leaves this folder. */
export async function identityAt(path: string): Promise<string> {
  const present = await readOwnFile(path);
  if (present !== null) {
    // A damaged key must not be replaced: it may still be repaired, and all backups hang on it.
    if (!storedIdentity.test(present)) throw new Error('the backup identity is damaged');
    return present.trimEnd();
  }
  const identity = await generateIdentity();
  await replaceFile(path, `${identity}\n`);
  return identity;
}

export interface Sealing {
  readonly folder: string;
  readonly file: string;
  readonly identity: string;
  readonly signal: AbortSignal;
}

/** Writes `file` (0600), which must not exist. `recovery`: who else can open it; null = nobody. */
export async function seal(
  { folder, file, identity, signal }: Sealing,
  recovery: string | null = null,
): Promise<void> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  if (recovery !== null) encrypter.addRecipient(recovery);
  const gzip = { level: gzipLevel };
  const packed = tar.create({ cwd: folder, gzip, portable: true, strict: true }, ['.']);
  const sealed = await encrypter.encrypt(streamOf(packed));
  const out = createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(sealed, out, { signal });
}

/** Unpacks into `folder`, which must be there and empty. Throws `archive_broken`. */
export async function unseal({ folder, file, identity, signal }: Sealing): Promise<void> {
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const opened = await decrypter.decrypt(streamOf(createReadStream(file)));
    const unpacking = tar.extract({ cwd: folder, strict: true, preserveOwner: false });
    await feed(unpacking, opened, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC'
      ? error
      : new BackupFailure('archive_broken', error);
  }
}

/**
 * By hand: tar's unpacker is no stream of Node's, and `pipeline` into it never ended for an archive
 * of more than 64 KiB.
 */
async function feed(
  unpacking: tar.Unpack,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const { promise: done, resolve, reject } = Promise.withResolvers<null>();
  done.catch(() => undefined);
  unpacking.once('close', () => resolve(null)).once('error', reject);
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  for await (const chunk of source) {
    signal.throwIfAborted();
    if (unpacking.write(Buffer.from(chunk))) continue;
    const drained = new Promise<void>((go) => unpacking.once('drain', () => go()));
    await Promise.race([drained, done]);
  }
  unpacking.end();
  await done;
}

function streamOf(source: AsyncIterable<Buffer>): ReadableStream<Uint8Array> {
  return ReadableStream.from<Uint8Array>(source);
}
