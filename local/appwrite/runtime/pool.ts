/**
 * The running function processes: at most one per deployment, started on demand, kept warm while
 * used, ended after an idle time, replaced when dead or when its variables changed. After
 * `stop()` nothing runs and nothing starts. One process without a function may wait for the next
 * deployment that is called: starting it is nine tenths of a first call.
 */
import type { ServerClock } from '../kernel/types.ts';
import { STARTING_NAMES } from './contract.ts';
import { RuntimeProcess } from './process.ts';
import type { RuntimeCall, RuntimeResult, RuntimeSpec } from './process.ts';

export const DEFAULT_IDLE_MS = 60_000;
/** From the use of the waiting process to its replacement. */
const SPARE_AFTER_MS = 1_000;

interface Entry {
  readonly process: RuntimeProcess;
  readonly fingerprint: string;
  active: number;
  retired: boolean;
  cancelIdle: () => void;
}

export interface RuntimePool {
  /** Runs one call in the deployment's process; never rejects for what the function did. */
  execute(deploymentId: string, spec: RuntimeSpec, call: RuntimeCall): Promise<RuntimeResult>;
  /** Ends the deployment's process; executions in it fail. */
  drop(deploymentId: string): Promise<void>;
  /** Starts a process for whatever deployment is called first next; at most one waits. */
  prepare(): void;
  stop(): Promise<void>;
  /** Process ids of deployments now alive, for tests and the status page. */
  pids(): readonly number[];
}

export interface PoolOptions {
  readonly clock: ServerClock;
  readonly idleMs?: number;
  readonly compileCache?: string;
}

class Pool implements RuntimePool {
  readonly #entries = new Map<string, Entry>();
  readonly #all = new Set<Entry>();
  readonly #clock: ServerClock;
  readonly #idleMs: number;
  readonly #compileCache: string | undefined;
  #spare: RuntimeProcess | undefined;
  #cancelSpare: () => void = () => undefined;
  #stopped = false;

  constructor(options: PoolOptions) {
    this.#clock = options.clock;
    this.#idleMs = options.idleMs ?? DEFAULT_IDLE_MS;
    this.#compileCache = options.compileCache;
  }

  async execute(id: string, spec: RuntimeSpec, call: RuntimeCall): Promise<RuntimeResult> {
    if (this.#stopped) return notRunning();
    const entry = this.#entryFor(id, spec);
    entry.cancelIdle();
    entry.active += 1;
    try {
      return await entry.process.execute(call);
    } finally {
      entry.active -= 1;
      if (entry.active === 0) this.#rest(id, entry);
    }
  }

  #entryFor(id: string, spec: RuntimeSpec): Entry {
    const fingerprint = JSON.stringify(spec);
    const present = this.#entries.get(id);
    if (present?.process.alive === true && present.fingerprint === fingerprint) return present;
    if (present !== undefined) this.#retire(id, present);
    const entry: Entry = {
      process: this.#begun(spec),
      fingerprint,
      active: 0,
      retired: false,
      cancelIdle: () => undefined,
    };
    this.#entries.set(id, entry);
    this.#all.add(entry);
    return entry;
  }

  #begun(spec: RuntimeSpec): RuntimeProcess {
    const spare = this.#spare;
    const early = Object.keys(spec.env).some((name) => STARTING_NAMES.test(name));
    if (spare?.alive !== true || early || spec.compileCache !== this.#compileCache) {
      const made = new RuntimeProcess(spec);
      made.begin(spec);
      return made;
    }
    this.#spare = undefined;
    spare.begin(spec);
    // Not now: what is about to run wants the processor.
    this.#cancelSpare = this.#clock.after(SPARE_AFTER_MS, () => this.prepare());
    return spare;
  }

  prepare(): void {
    if (this.#stopped || this.#spare?.alive === true) return;
    const cache = this.#compileCache;
    this.#spare = new RuntimeProcess({
      env: {},
      ...(cache === undefined ? {} : { compileCache: cache }),
    });
    void this.#spare.warmUp();
  }

  /** A replaced process finishes what it has and then ends. */
  #retire(id: string, entry: Entry): void {
    if (this.#entries.get(id) === entry) this.#entries.delete(id);
    entry.retired = true;
    if (entry.active === 0 || !entry.process.alive) void this.#end(entry);
  }

  #rest(id: string, entry: Entry): void {
    if (entry.retired || !entry.process.alive) this.#retire(id, entry);
    else entry.cancelIdle = this.#clock.after(this.#idleMs, () => this.#retire(id, entry));
  }

  async #end(entry: Entry): Promise<void> {
    entry.cancelIdle();
    await entry.process.stop();
    this.#all.delete(entry);
  }

  async drop(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    if (entry !== undefined) await this.#end(entry);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#entries.clear();
    this.#cancelSpare();
    await this.#spare?.stop();
    await Promise.all([...this.#all].map((entry) => this.#end(entry)));
  }

  pids(): readonly number[] {
    return [...this.#all].flatMap((entry) =>
      entry.process.alive && entry.process.pid !== undefined ? [entry.process.pid] : [],
    );
  }
}

function notRunning(): RuntimeResult {
  return {
    outcome: 'died',
    statusCode: 500,
    headers: [],
    body: Buffer.alloc(0),
    logs: '',
    errors: 'The server is stopping.',
  };
}

export function createPool(options: PoolOptions): RuntimePool {
  return new Pool(options);
}
