/**
 * The proven backups on their own volume: `<id>.age` and, beside it, `<id>.json` that says what it
 * is. Guarantees: listed is only what has both, in full; an interrupted put or removal leaves nothing
 * that is listed; nothing is deleted but drafts and what the retention lets go of.
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptBackup } from '#schemas/contract/agent-backup.ts';
import { keptBackup } from '#schemas/contract/agent-backup.ts';
import { readOwnFile, replaceFile } from '../vault/files.ts';
import { keptOf } from './retention.ts';

const entryName = /^([a-zA-Z0-9_-]{4,64})\.json$/;
const draftSuffix = '.draft';
const archiveSuffix = '.age';
const entrySuffix = '.json';

export class Shelf {
  readonly #folder: string;
  #backups: readonly KeptBackup[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  async load(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.dropDrafts();
    const found: KeptBackup[] = [];
    for (const name of await readdir(this.#folder)) {
      const backupId = entryName.exec(name)?.[1];
      const backup = backupId === undefined ? null : await this.#entryOf(backupId);
      if (backup !== null) found.push(backup);
    }
    this.#backups = newestFirst(found);
  }

  /** Newest first. */
  kept(): readonly KeptBackup[] {
    return this.#backups;
  }

  /** Where a file or folder stands while a backup is being made. */
  draftOf(name: string): string {
    return join(this.#folder, `${name}${draftSuffix}`);
  }

  archiveOf(backupId: string): string {
    return join(this.#folder, `${backupId}${archiveSuffix}`);
  }

  /** Takes the draft in as proven, and lets go of what the retention no longer keeps. */
  async put(backup: KeptBackup): Promise<void> {
    const { backupId } = backup;
    await replaceFile(this.#entryPath(backupId), JSON.stringify(backup));
    await rename(this.draftOf(backupId), this.archiveOf(backupId));
    const all = [...this.#backups, backup];
    const keep = keptOf(all);
    this.#backups = newestFirst(all.filter((one) => keep.has(one.backupId)));
    for (const one of all) if (!keep.has(one.backupId)) await this.#remove(one.backupId);
  }

  async dropDrafts(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      if (!name.endsWith(draftSuffix)) continue;
      await rm(join(this.#folder, name), { recursive: true, force: true });
    }
  }

  /** The archive first: an entry without one is not listed. */
  async #remove(backupId: string): Promise<void> {
    await rm(this.archiveOf(backupId), { force: true });
    await rm(this.#entryPath(backupId), { force: true });
  }

  /** Null when the archive is missing or cut short, or the entry is not ours to read. */
  async #entryOf(backupId: string): Promise<KeptBackup | null> {
    const text = await readOwnFile(this.#entryPath(backupId));
    const seen = await stat(this.archiveOf(backupId)).catch(() => null);
    const parsed = keptBackup.safeParse(parseJson(text));
    if (!parsed.success || parsed.data.backupId !== backupId) return null;
    return seen?.isFile() === true && seen.size === parsed.data.sizeBytes ? parsed.data : null;
  }

  #entryPath(backupId: string): string {
    return join(this.#folder, `${backupId}${entrySuffix}`);
  }
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : (JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}

function newestFirst(backups: readonly KeptBackup[]): readonly KeptBackup[] {
  return backups.toSorted((one, other) => other.madeAtMs - one.madeAtMs);
}
