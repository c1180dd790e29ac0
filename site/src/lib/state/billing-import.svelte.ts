/** One run over a file of legacy documents: piece by piece, with what was refused and how far it came. */
import { importBilling } from '#schemas/contract/operator-billing.ts';
import type { ImportRefusal } from '#schemas/contract/operator-billing.ts';
import type { Failure } from '../api/failure.ts';
import type { ImportFormat } from '../flow/import-file.ts';
import { ImportTooLarge, importFormatOf, piecesOf } from '../flow/import-file.ts';
import type { App } from './app.svelte.ts';

export interface RefusedRecord {
  readonly record: number;
  readonly documentId: string | null;
  readonly code: ImportRefusal;
}

export interface ImportReport {
  readonly dryRun: boolean;
  readonly records: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: readonly RefusedRecord[];
}

export const importBytesAtMost = 5 * 1024 * 1024;

export class BillingImport {
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);
  tooLarge = $state(false);
  report = $state.raw<ImportReport | null>(null);
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  async run(file: File, dryRun: boolean): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = null;
    this.tooLarge = file.size > importBytesAtMost;
    this.report = { dryRun, records: 0, added: 0, changed: 0, unchanged: 0, refused: [] };
    try {
      if (!this.tooLarge) await this.#pieces(file, importFormatOf(file.name), dryRun);
    } catch (error) {
      if (!(error instanceof ImportTooLarge)) throw error;
      this.tooLarge = true;
    } finally {
      this.busy = false;
    }
  }

  async #pieces(file: File, format: ImportFormat, dryRun: boolean): Promise<void> {
    for await (const piece of piecesOf(textOf(file), format)) {
      const body = { format, text: piece.text, dryRun };
      const done = await this.#app.with((gateway) => gateway.call(importBilling, body));
      if (!done.ok) {
        this.failure = done.error;
        return;
      }
      this.#add(done.value, piece);
    }
  }

  #add(
    told: Omit<ImportReport, 'records'>,
    piece: { readonly firstRecord: number; readonly records: number },
  ): void {
    const before = this.report;
    if (before === null) return;
    this.report = {
      dryRun: told.dryRun,
      records: before.records + piece.records,
      added: before.added + told.added,
      changed: before.changed + told.changed,
      unchanged: before.unchanged + told.unchanged,
      refused: [
        ...before.refused,
        ...told.refused.map((refused) => ({
          ...refused,
          record: piece.firstRecord + refused.record - 1,
        })),
      ],
    };
  }
}

async function* textOf(file: File): AsyncGenerator<string> {
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
