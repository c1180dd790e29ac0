/**
 * The last report of a run that is read later. Guarantees: a report is on the disk before its run
 * is acknowledged; one that was cut off by the end of the process reads `interrupted`.
 */
import type * as z from 'zod/mini';
import type { SmokeCode } from '#schemas/contract/agent.ts';
import type { BackupCode } from '#schemas/contract/agent-backup.ts';
import type { ExportReport } from '#schemas/contract/agent-export.ts';
import { readOwnFile, replaceFile } from '../vault/files.ts';

interface Report {
  readonly code: SmokeCode | BackupCode | ExportReport['code'];
  readonly finishedAtMs: number | null;
}

export class ReportFile<T extends Report> {
  readonly #path: string;
  readonly #shape: z.ZodMiniType<T>;

  constructor(path: string, shape: z.ZodMiniType<T>) {
    this.#path = path;
    this.#shape = shape;
  }

  /** Null when there is none that can be read. */
  async load(nowMs: number): Promise<T | null> {
    const stored = this.#parse(await readOwnFile(this.#path));
    if (stored === null || stored.finishedAtMs !== null) return stored;
    const cutOff: T = { ...stored, code: 'interrupted', finishedAtMs: nowMs };
    await this.store(cutOff);
    return cutOff;
  }

  async store(report: T): Promise<void> {
    await replaceFile(this.#path, JSON.stringify(report));
  }

  #parse(content: string | null): T | null {
    if (content === null) return null;
    try {
      const parsed = this.#shape.safeParse(JSON.parse(content));
      return parsed.success ? parsed.data : null;
    } catch {
      return null;
    }
  }
}
