/**
 * The server's side of one function process: started once, used for many executions at a time,
 * ended for good. A process that dies takes its own executions with it (each becomes a 500 with
 * the reason in its error log) and nothing else. Its environment is exactly what it was given plus
 * PATH and TZ; it is the leader of its own process group, so what it starts ends with it.
 *
 * Two executors are known: the real runtime, and the stand-in that was used while the parity
 * answers were recorded. They differ in the decoding of `req.query` and in the charset added to
 * content types; `style` chooses, and the real one is the default everywhere.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  HEADER_LOG_ID,
  HEADER_LOGGING,
  HEADER_SECRET,
  HEADER_TIMEOUT,
  MAX_LOG_CHARS,
  START_TIMEOUT_MS,
  isChildMessage,
} from './contract.ts';
import type { ExecutorStyle, LogStream, StartMessage } from './contract.ts';
import { GaveUp, exchange } from './wire.ts';
import type { HeaderPair, WireResult } from './wire.ts';

export interface ProcessStart {
  readonly env: Readonly<Record<string, string>>;
  /** Compiled code of earlier processes, so that later ones start faster. */
  readonly compileCache?: string;
}

export interface RuntimeSpec extends ProcessStart {
  readonly folder: string;
  readonly entrypoint: string;
  readonly style: ExecutorStyle;
}

export interface RuntimeCall {
  readonly id: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer;
  /** The function's own limit: after it the runtime answers 500. */
  readonly timeoutSeconds: number;
  /** After this the server stops waiting, whatever the runtime does. */
  readonly giveUpMs: number;
  readonly logging: boolean;
}

export interface RuntimeResult extends WireResult {
  readonly outcome: 'answered' | 'gave_up' | 'died';
  readonly logs: string;
  readonly errors: string;
}

/** Between the runtime's own timeout and the moment the process counts as stuck. */
const STUCK_AFTER_MS = 5_000;
const LAST_LINES_WITHIN_MS = 1_000;
const MAX_STDERR_CHARS = 8_000;
const OLD_SPACE_MB = 512;
const MAX_FREE_SOCKETS = 8;
const WARM_UP_MS = 5_000;
const CHILD_FILE = fileURLToPath(new URL('./child.ts', import.meta.url));

const OWN_ENV = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', TZ: 'UTC' };

class Transcript {
  readonly #lines: Record<LogStream, string[]> = { log: [], error: [] };
  readonly #chars: Record<LogStream, number> = { log: 0, error: 0 };
  readonly done: Promise<void>;
  finish: () => void = () => undefined;

  constructor() {
    this.done = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  add(stream: LogStream, text: string): void {
    if (this.#chars[stream] >= MAX_LOG_CHARS) return;
    this.#chars[stream] += text.length + 1;
    this.#lines[stream].push(text);
  }

  text(stream: LogStream): string {
    return this.#lines[stream].join('\n').slice(0, MAX_LOG_CHARS);
  }
}

async function settled(promise: Promise<void>, withinMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, withinMs);
  });
  await Promise.race([promise, limit]);
  clearTimeout(timer);
}

export class RuntimeProcess {
  readonly #child: ChildProcess;
  readonly #secret = randomBytes(24).toString('hex');
  readonly #transcripts = new Map<string, Transcript>();
  readonly #listening: Promise<number>;
  readonly #exited: Promise<void>;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: MAX_FREE_SOCKETS });
  #stderr = '';
  #alive = true;

  /** Starts the process; what it runs is said by `begin`, at once or later. */
  constructor(from: ProcessStart) {
    this.#child = spawn(
      process.execPath,
      [`--max-old-space-size=${String(OLD_SPACE_MB)}`, CHILD_FILE],
      {
        cwd: tmpdir(),
        env: startEnv(from),
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        detached: true,
      },
    );
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-MAX_STDERR_CHARS);
    });
    this.#exited = this.#watchExit();
    this.#listening = this.#watchMessages();
    // The first caller awaits it too; without one a failed start must not end the server.
    this.#listening.catch(() => undefined);
  }

  /** Once, before the first execution. */
  begin(spec: RuntimeSpec): void {
    const { folder, entrypoint, style } = spec;
    const env = { ...spec.env, ...OWN_ENV };
    const start: StartMessage = {
      kind: 'start',
      folder,
      entrypoint,
      env,
      secret: this.#secret,
      style,
    };
    this.#child.send(start, () => undefined);
  }

  /**
   * One exchange that ends before any function: it opens the connection and compiles both ends,
   * two thirds of what a first call takes.
   */
  async warmUp(): Promise<void> {
    try {
      const port = await this.#listening;
      const message = { method: 'POST', target: '/', headers: [], body: Buffer.from('warm-up') };
      await exchange({ ...message, port, agent: this.#agent, timeoutMs: WARM_UP_MS });
    } catch {
      // Whoever calls it next will hear why.
    }
  }

  get alive(): boolean {
    return this.#alive;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  #watchExit(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#alive = false;
        this.#agent.destroy();
        for (const transcript of this.#transcripts.values()) transcript.finish();
        resolve();
      };
      this.#child.once('exit', end);
      this.#child.once('error', end);
    });
  }

  #watchMessages(): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('start timed out')), START_TIMEOUT_MS);
      void this.#exited.then(() => {
        clearTimeout(timer);
        reject(new Error('ended while starting'));
      });
      this.#child.on('message', (message: unknown) => {
        if (!isChildMessage(message)) return;
        if (message.kind === 'listening') {
          clearTimeout(timer);
          resolve(message.port);
          return;
        }
        const transcript = this.#transcripts.get(message.id);
        if (message.kind === 'done') transcript?.finish();
        else transcript?.add(message.stream, message.text);
      });
    });
  }

  async execute(call: RuntimeCall): Promise<RuntimeResult> {
    const transcript = new Transcript();
    this.#transcripts.set(call.id, transcript);
    try {
      const result = await this.#exchange(call);
      await settled(transcript.done, LAST_LINES_WITHIN_MS);
      return result.outcome === 'answered' ? this.#withLogs(result, transcript) : result;
    } catch (error) {
      return await this.#failed(call, transcript, error);
    } finally {
      this.#transcripts.delete(call.id);
    }
  }

  async #exchange(call: RuntimeCall): Promise<RuntimeResult> {
    const port = await this.#listening;
    const stuckMs = call.timeoutSeconds * 1000 + STUCK_AFTER_MS;
    const control: HeaderPair[] = [
      { name: HEADER_SECRET, value: this.#secret },
      { name: HEADER_LOG_ID, value: call.id },
      { name: HEADER_TIMEOUT, value: String(call.timeoutSeconds) },
      { name: HEADER_LOGGING, value: call.logging ? 'enabled' : 'disabled' },
    ];
    const result = await exchange({
      port,
      agent: this.#agent,
      method: call.method,
      target: call.target,
      headers: [...call.headers.filter(isForFunction), ...control],
      body: call.body,
      timeoutMs: Math.min(stuckMs, call.giveUpMs),
    });
    return { ...result, outcome: 'answered', logs: '', errors: '' };
  }

  #withLogs(result: RuntimeResult, transcript: Transcript): RuntimeResult {
    return { ...result, logs: transcript.text('log'), errors: transcript.text('error') };
  }

  async #failed(call: RuntimeCall, lines: Transcript, error: unknown): Promise<RuntimeResult> {
    const gaveUp = error instanceof GaveUp;
    // Past its own limit without a word: the event loop is blocked, nobody else is served either.
    if (gaveUp && call.giveUpMs > call.timeoutSeconds * 1000) await this.stop();
    if (!gaveUp) await settled(this.#exited, LAST_LINES_WITHIN_MS);
    const own = lines.text('error');
    const reason = gaveUp ? 'Execution timed out.' : this.#deathNote();
    return {
      outcome: gaveUp ? 'gave_up' : 'died',
      statusCode: 500,
      headers: [],
      body: Buffer.alloc(0),
      logs: lines.text('log'),
      errors: own === '' ? reason : `${own}\n${reason}`,
    };
  }

  #deathNote(): string {
    if (this.#alive) return 'The answer of the function could not be read.';
    const note = 'The runtime process ended while the function was running.';
    return this.#stderr === '' ? note : `${note}\n${this.#stderr.trim()}`;
  }

  /** Ends the process and whatever it started; resolves when it is gone. Safe to call twice. */
  async stop(): Promise<void> {
    const pid = this.#child.pid;
    if (this.#alive && pid !== undefined) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        this.#child.kill('SIGKILL');
      }
    }
    await this.#exited;
  }
}

function startEnv(from: ProcessStart): Record<string, string> {
  const env = { ...from.env, ...OWN_ENV };
  return from.compileCache === undefined ? env : { ...env, NODE_COMPILE_CACHE: from.compileCache };
}

function isForFunction(header: HeaderPair): boolean {
  return !header.name.toLowerCase().startsWith('x-open-runtimes-');
}
