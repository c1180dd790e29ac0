/**
 * Takes an uploaded archive in and has it proven as a backup. Guarantees: refused in words before a
 * byte is written where it can be (busy, too large, no room); bounded in bytes and time; what was
 * received in part is removed at once, after a kill by the next start.
 */
import { open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Decrypter } from 'age-encryption';
import type { BackupReport } from '#schemas/contract/agent-backup.ts';
import {
  archiveType,
  importBudgetMs,
  maxImportBytes,
  recoveryKeyHeader,
  sealedType,
} from '#schemas/contract/agent-export.ts';
import { identityPattern } from '#schemas/contract/agent-offsite.ts';
import type { AgentErrorCode } from '#schemas/contract/agent.ts';
import type { BackupProblem } from '../backup/failure.ts';
import { BackupFailure, problemOf } from '../backup/failure.ts';
import { demandRoom } from '../backup/room.ts';
import type { Backups } from '../backup/run.ts';
import type { AgentConfig } from '../config.ts';
import { AgentFailure } from '../failure.ts';

/** Nothing sent for so long, and nobody sends. */
const stallMs = 60_000;
/** age's own word when none of the keys opens a file. */
const noMatch = 'no identity matched';
const gzipMagic = [0x1f, 0x8b] as const;

export interface ImportsOptions {
  readonly config: AgentConfig;
  readonly backups: Backups;
  /** Others in tests alone. */
  readonly stallAfterMs?: number;
  readonly demand?: typeof demandRoom;
}

export class Imports {
  readonly #options: ImportsOptions;

  constructor(options: ImportsOptions) {
    this.#options = options;
  }

  /** Answered once the whole archive is there; what becomes of it is told by the report. */
  async take(request: IncomingMessage): Promise<BackupReport> {
    const { backups, config } = this.#options;
    const bytes = lengthOf(request);
    const opening = openingOf(request);
    if (backups.isBusy()) throw new AgentFailure('backup_busy');
    await (this.#options.demand ?? demandRoom)(config.backupDir, bytes).catch(refuse);
    const receive = async (file: string, ending: AbortSignal): Promise<void> =>
      this.#receive(request, { file, bytes, opening, ending });
    return backups.beginImport(receive).catch(refuse);
  }

  async #receive(request: IncomingMessage, receiving: Receiving): Promise<void> {
    const { file, bytes, opening, ending } = receiving;
    const end = (): void => void request.destroy();
    const stall = setTimeout(end, this.#options.stallAfterMs ?? stallMs);
    const limit = AbortSignal.any([ending, AbortSignal.timeout(importBudgetMs)]);
    limit.addEventListener('abort', end, { once: true });
    const out = await open(file, 'wx', 0o600);
    const arrival = new Arrival(request, () => stall.refresh());
    try {
      let written = 0;
      for await (const chunk of opening === null ? arrival.chunks() : opened(arrival, opening)) {
        if (written === 0 && !startsAsGzip(chunk)) throw new BackupFailure('import_malformed');
        written += chunk.length;
        await out.appendFile(chunk);
      }
      await out.sync();
    } catch (error) {
      if (ending.aborted || problemOf(error) === 'storage_full') throw error;
      if (error instanceof BackupFailure || error instanceof AgentFailure) throw error;
      throw new BackupFailure('import_cut_off', error);
    } finally {
      clearTimeout(stall);
      limit.removeEventListener('abort', end);
      await out.close();
    }
    if (arrival.bytes !== bytes) throw new BackupFailure('import_cut_off');
  }
}

/** The body of a request, counted as it comes. */
class Arrival {
  readonly #request: IncomingMessage;
  readonly #onChunk: () => void;
  bytes = 0;

  constructor(request: IncomingMessage, onChunk: () => void) {
    this.#request = request;
    this.#onChunk = onChunk;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    // Not destroyed when this ends early: the refusal goes out by the same connection.
    for await (const read of this.#request.iterator({ destroyOnReturn: false })) {
      const chunk = read as Buffer;
      this.bytes += chunk.length;
      this.#onChunk();
      yield chunk;
    }
  }
}

/** What a sealed backup holds, opened as it comes. Throws `import_key_wrong`. */
async function* opened(arrival: Arrival, identity: string): AsyncGenerator<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const sealed = ReadableStream.from<Uint8Array>(arrival.chunks());
  const plain = await decrypter.decrypt(sealed).catch((error: unknown) => {
    // Cut off, or no age file, or sealed to somebody else.
    const isOtherKey = error instanceof Error && error.message.includes(noMatch);
    if (isOtherKey) throw new AgentFailure('import_key_wrong');
    throw new BackupFailure('import_malformed', error);
  });
  yield* plain;
}

interface Receiving {
  readonly file: string;
  readonly bytes: number;
  /** The key that opens it; null = it is not sealed. */
  readonly opening: string | null;
  readonly ending: AbortSignal;
}

/** A browser says the length of a file, and so room can be asked for before a byte is written. */
function lengthOf({ headers }: IncomingMessage): number {
  const type = headers['content-type'];
  if (type !== archiveType && type !== sealedType) throw new AgentFailure('body_invalid');
  const length = headers['content-length'] ?? '';
  if (!/^[1-9]\d{0,15}$/.test(length)) throw new AgentFailure('import_malformed');
  const bytes = Number(length);
  if (bytes > maxImportBytes) throw new AgentFailure('import_too_large');
  return bytes;
}

function openingOf({ headers }: IncomingMessage): string | null {
  if (headers['content-type'] !== sealedType) return null;
  const identity = headers[recoveryKeyHeader];
  if (typeof identity === 'string' && identityPattern.test(identity)) return identity;
  throw new AgentFailure('import_key_wrong');
}

/** The first chunk of a body is longer than this, or the body is no archive. */
const startsAsGzip = (chunk: Uint8Array): boolean =>
  gzipMagic.every((byte, index) => chunk[index] === byte);

const refusals: Partial<Record<BackupProblem, AgentErrorCode>> = {
  storage_full: 'storage_full',
  import_malformed: 'import_malformed',
  import_cut_off: 'import_malformed',
};

function refuse(error: unknown): never {
  if (error instanceof AgentFailure) throw error;
  throw new AgentFailure(refusals[problemOf(error)] ?? 'internal');
}
