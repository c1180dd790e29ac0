/**
 * Exports as a member's browser asks for them. Guarantees: one at a time; refused in words before
 * anything is answered, cut off visibly after; bounded in bytes and time; no readable copy of the
 * state is left however it ends, after a kill from the next start on.
 */
import { rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ExportReport } from '#schemas/contract/agent-export.ts';
import {
  archiveType,
  exportBudgetMs,
  exportCodes,
  exportReport,
} from '#schemas/contract/agent-export.ts';
import type { AgentErrorCode } from '#schemas/contract/agent.ts';
import { measureState } from '../backup/copy.ts';
import type { BackupProblem } from '../backup/failure.ts';
import { problemOf } from '../backup/failure.ts';
import { demandRoom } from '../backup/room.ts';
import type { AgentConfig } from '../config.ts';
import { within } from '../deadline.ts';
import { AgentFailure } from '../failure.ts';
import type { Log } from '../log.ts';
import { errorKind } from '../log.ts';
import { ReportFile } from '../smoke/report-file.ts';
import { archiveOf } from './archive.ts';
import { layOut } from './lay-out.ts';

/** On the volume of the backups, which nothing but the agent sees. */
const gzipLevel = 6;
const folderName = 'export.part';
/** Nothing taken for so long, and nobody reads. */
const stallMs = 60_000;
/** The stack gives the agent 10 s to end; what is left then is cleared by the next start. */
const closeWithinMs = 5_000;

export interface ExportsOptions {
  readonly config: AgentConfig;
  readonly now: () => number;
  readonly log: Log;
  /** Others in tests alone. */
  readonly stallAfterMs?: number;
  readonly demand?: typeof demandRoom;
}

type Headers = Readonly<Record<string, string>>;

export class Exports {
  readonly #options: ExportsOptions;
  readonly #file: ReportFile<ExportReport>;
  readonly #ending = new AbortController();
  #last: ExportReport | null = null;
  #running: Promise<unknown> | null = null;

  constructor(options: ExportsOptions) {
    this.#options = options;
    this.#file = new ReportFile(join(options.config.dataDir, 'export.json'), exportReport);
  }

  async load(): Promise<void> {
    this.#last = await this.#file.load(this.#options.now());
    await this.#clear();
  }

  report(): ExportReport | null {
    return this.#last;
  }

  /** Answers with the archive. Throws `AgentFailure` as long as nothing was answered. */
  async answer(response: ServerResponse, headers: Headers): Promise<void> {
    if (this.#running !== null) throw new AgentFailure('export_busy');
    const exporting = this.#export(response, headers);
    this.#running = exporting.catch(() => undefined).then(() => undefined);
    const { report, trouble } = await exporting.finally(() => {
      this.#running = null;
    });
    await this.#end(report);
    if (trouble === null) return;
    if (!response.headersSent && !response.destroyed) refuse(trouble);
    response.destroy();
  }

  /** Cuts off what is sent; its report reads `interrupted` after the next start. */
  async close(): Promise<void> {
    this.#ending.abort();
    await within(this.#running ?? Promise.resolve(), closeWithinMs, 'export').catch(
      () => undefined,
    );
  }

  async #export(response: ServerResponse, headers: Headers): Promise<Ending> {
    const { config, now, log } = this.#options;
    const bytes = (await this.#measure()).reduce((sum, entry) => sum + entry.bytes, 0);
    await (this.#options.demand ?? demandRoom)(config.backupDir, bytes).catch(refuse);
    const started = { code: 'running', startedAtMs: now(), finishedAtMs: null } as const;
    this.#last = { ...started, sizeBytes: 0 };
    await this.#file.store(this.#last);
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const limits = [this.#ending.signal, gone.signal, AbortSignal.timeout(exportBudgetMs)];
    const sending: Sending = { response, headers, gone, signal: AbortSignal.any(limits), bytes: 0 };
    let code: ExportReport['code'] = 'sent';
    let trouble: unknown = null;
    try {
      await this.#send(sending);
    } catch (error) {
      trouble = error;
      code = gone.signal.aborted ? 'aborted' : endOf(problemOf(error));
      log('export_broke', { code, kind: errorKind(error) });
    }
    await this.#clear().catch((error: unknown) => {
      log('export_not_cleared', { kind: errorKind(error) });
    });
    const report = { ...started, code, finishedAtMs: now(), sizeBytes: sending.bytes };
    return { report, trouble };
  }

  async #measure() {
    return measureState(this.#options.config.openclawStateDir).catch(refuse);
  }

  async #send(sending: Sending): Promise<void> {
    const { config, now, stallAfterMs = stallMs } = this.#options;
    const { response, headers, signal, gone } = sending;
    const day = new Date(now()).toISOString().slice(0, 10);
    const name = `${labelOf(config.publicHost)}-${day}`;
    const parent = join(config.backupDir, folderName);
    await layOut({ config, folder: join(parent, name), day, signal });
    response.writeHead(200, {
      ...headers,
      'content-type': archiveType,
      'content-disposition': `attachment; filename="${name}.tar.gz"`,
      'cache-control': 'no-store',
    });
    const stall = setTimeout(() => gone.abort(), stallAfterMs);
    const count = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of source) {
        sending.bytes += chunk.length;
        stall.refresh();
        yield chunk;
      }
    };
    try {
      const gzip = createGzip({ level: gzipLevel });
      await pipeline(archiveOf(parent, name), gzip, count, response, { signal });
    } finally {
      clearTimeout(stall);
    }
  }

  async #end(report: ExportReport): Promise<void> {
    if (this.#ending.signal.aborted) return;
    this.#last = report;
    this.#options.log('export_ended', { code: report.code, bytes: report.sizeBytes });
    await this.#file.store(report).catch((error: unknown) => {
      this.#options.log('export_not_stored', { kind: errorKind(error) });
    });
  }

  async #clear(): Promise<void> {
    await rm(join(this.#options.config.backupDir, folderName), { recursive: true, force: true });
  }
}

interface Sending {
  readonly response: ServerResponse;
  readonly headers: Headers;
  /** The browser went away, or takes nothing. */
  readonly gone: AbortController;
  readonly signal: AbortSignal;
  bytes: number;
}

interface Ending {
  readonly report: ExportReport;
  readonly trouble: unknown;
}

/** `acme` of `acme.runtimes.example:8443`. */
const labelOf = (host: string): string => /^[a-z0-9-]+/.exec(host)?.[0] ?? 'runtime';

const refusals: Partial<Record<BackupProblem, AgentErrorCode>> = {
  storage_full: 'storage_full',
  too_large: 'export_too_large',
  state_unreadable: 'export_unreadable',
};

function refuse(error: unknown): never {
  throw new AgentFailure(refusals[problemOf(error)] ?? 'internal');
}

function endOf(problem: BackupProblem): ExportReport['code'] {
  const known = exportCodes.find((code) => code === problem);
  return known ?? 'unknown';
}
