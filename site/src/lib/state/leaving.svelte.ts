/** Taking a runtime along and bringing one in: asks for passes, which are held nowhere. */
import { maxImportBytes } from '#schemas/contract/agent-export.ts';
import type { BackupReport } from '#schemas/contract/agent-backup.ts';
import { exportRuntime, importRuntime, refreshRuntime } from '#schemas/contract/runtimes.ts';
import type { AgentRefusal } from '../api/agent.ts';
import { goHere } from '../api/enter.ts';
import { sendArchive } from '../api/upload.ts';
import { identityIn } from '../api/recovery-key.ts';
import { fileProblem, isSealed } from '../flow/export.ts';
import type { FileProblem } from '../flow/export.ts';
import { Action } from './action.svelte.ts';
import type { App } from './app.svelte.ts';

/** A key file has a handful of lines. */
const maxKeyFileBytes = 16_384;

const readKey = async (file: File | null): Promise<string | null> =>
  file === null || file.size > maxKeyFileBytes ? null : identityIn(await file.text());

export class Leaving {
  readonly exporting = new Action();
  /** The download was handed to the browser, which says itself how far it is. */
  downloading = $state(false);
  readonly importing = new Action();
  /** 0–1 while a file is on its way; null = none is. */
  share = $state<number | null>(null);
  problem = $state<FileProblem | null>(null);
  /** What the runtime's own server said to the file. */
  refusal = $state.raw<AgentRefusal | null>(null);
  /** It has arrived there; how it is proven the row tells. */
  arrived = $state.raw<BackupReport | null>(null);
  #sending = new AbortController();
  readonly #app: App;
  readonly #runtimeId: string;
  readonly #onchanged: () => void;

  constructor(app: App, runtimeId: string, onchanged: () => void) {
    this.#app = app;
    this.#runtimeId = runtimeId;
    this.#onchanged = onchanged;
  }

  /** Goes to the download, or has it prepared where the runtime is stopped. */
  async take(): Promise<void> {
    const body = { runtimeId: this.#runtimeId };
    this.downloading = false;
    const done = await this.exporting.run(() =>
      this.#app.with((gateway) => gateway.call(exportRuntime, body)),
    );
    const answer = done?.value;
    if (answer?.state === 'open') {
      goHere({ endpoint: answer.exportEndpoint, ticket: answer.exportTicket });
      this.downloading = true;
    }
    this.#onchanged();
  }

  /** `keyFile`: what opens a sealed one; read here, sent with it, kept nowhere. */
  async bring(file: File, keyFile: File | null = null): Promise<void> {
    if (this.share !== null || this.importing.busy) return;
    this.arrived = null;
    this.refusal = null;
    this.problem = fileProblem(file, maxImportBytes);
    if (this.problem !== null) return;
    const identity = isSealed(file) ? await readKey(keyFile) : null;
    if (identity === null && isSealed(file)) this.problem = 'no_key';
    if (this.problem !== null) return;
    const body = { runtimeId: this.#runtimeId };
    const done = await this.importing.run(() =>
      this.#app.with((gateway) => gateway.call(importRuntime, body)),
    );
    if (done === null) return;
    const { importEndpoint: endpoint, importTicket: ticket } = done.value;
    this.#sending = new AbortController();
    const { signal } = this.#sending;
    this.share = 0;
    const onprogress = (share: number): void => {
      this.share = share;
    };
    const ended = await sendArchive({ endpoint, ticket, file, identity, onprogress, signal });
    this.share = null;
    if (ended.kind === 'done') this.arrived = ended.value;
    else if (!signal.aborted) this.refusal = ended;
    await this.#app.with((gateway) => gateway.call(refreshRuntime, body));
    this.#onchanged();
  }

  /** Nothing of it is kept there. */
  stop(): void {
    this.#sending.abort();
  }
}
