/**
 * The scratch runtime: a second container of the same OpenClaw image that starts a gateway on what
 * is put into its folder when it is told to, and ends it when told so. It has no way to the internet
 * and opens no channel, or a restored login would be refreshed there and the customer's messages
 * answered twice. Guarantees: its folder is empty before and after each use; every wait is bounded.
 *
 * Told by two files, since the agent has no Docker socket: `.order` is ours, `.running` is its
 * answer (functions/core/runtime/scratch-service.ts).
 */
import { access, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentConfig } from '../config.ts';
import { pause } from '../deadline.ts';
import type { OpenedGateway } from '../openclaw/gateway.ts';
import { Gateway } from '../openclaw/gateway.ts';
import { isObject } from '../bootstrap/document.ts';
import type { Json } from '../bootstrap/document.ts';
import { readOwnFile, replaceFile } from '../vault/files.ts';
import { BackupFailure } from './failure.ts';

const orderName = '.order';
const runningName = '.running';
const lookEveryMs = 250;
/** It looks for an order every two seconds. */
const takenWithinMs = 20_000;
/** A cold start takes 15–45 s on two shared cores. It gives up by itself after 300 s. */
const startedWithinMs = 240_000;
/** OpenClaw ends within 2 s when idle. */
const endedWithinMs = 60_000;

export class ScratchRuntime {
  readonly #config: AgentConfig;

  constructor(config: AgentConfig) {
    this.#config = config;
  }

  get folder(): string {
    return this.#config.scratchDir;
  }

  /** Nothing runs on it and nothing is in it. Throws `proof_unavailable` when it does not let go. */
  async clear(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await rm(join(this.folder, orderName), { force: true });
    const isIdle = await this.#until(async () => !(await this.#isRunning()), endedWithinMs);
    if (!isIdle) throw new BackupFailure('proof_unavailable');
    for (const name of await readdir(this.folder)) {
      await rm(join(this.folder, name), { recursive: true, force: true });
    }
  }

  /**
   * Starts a gateway on what lies in the folder and hands its connection to `probe`. Throws
   * `proof_unavailable`, `proof_not_started`.
   */
  async run<T>(probe: (opened: OpenedGateway) => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#keepLogsHere();
    await writeFile(join(this.folder, orderName), '', { mode: 0o600 });
    const isTaken = await this.#until(async () => this.#isRunning(), takenWithinMs);
    if (!isTaken) throw new BackupFailure('proof_unavailable');
    const opened = await this.#connect(signal);
    try {
      return await probe(opened);
    } finally {
      opened.connection.close();
    }
  }

  async #connect(signal: AbortSignal): Promise<OpenedGateway> {
    const gateway = new Gateway({ ...this.#config, gatewayUrl: this.#config.scratchUrl });
    const deadlineMs = performance.now() + startedWithinMs;
    for (;;) {
      signal.throwIfAborted();
      try {
        return await gateway.openOwn();
      } catch (error) {
        const isOver = performance.now() > deadlineMs || !(await this.#isRunning());
        if (isOver) throw new BackupFailure('proof_not_started', error);
        await pause(lookEveryMs);
      }
    }
  }

  /** Where gateways are processes of one machine, the running one's log file is within reach. */
  async #keepLogsHere(): Promise<void> {
    const path = join(this.folder, 'openclaw.json');
    const text = await readOwnFile(path);
    const settings = text === null ? null : (JSON.parse(text) as Json);
    if (settings === null || !isObject(settings)) throw new BackupFailure('proof_not_started');
    const logging = isObject(settings['logging']) ? settings['logging'] : {};
    const file = `${this.#config.scratchStateDir}/logs/gateway.log`;
    await replaceFile(path, JSON.stringify({ ...settings, logging: { ...logging, file } }));
  }

  async #isRunning(): Promise<boolean> {
    return access(join(this.folder, runningName)).then(
      () => true,
      () => false,
    );
  }

  async #until(holds: () => Promise<boolean>, withinMs: number): Promise<boolean> {
    const deadlineMs = performance.now() + withinMs;
    for (;;) {
      if (await holds()) return true;
      if (performance.now() > deadlineMs) return false;
      await pause(lookEveryMs);
    }
  }
}
