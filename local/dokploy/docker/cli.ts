/**
 * The `docker` program as a child process.
 * Guarantees: no shell; every call ends, by itself, by its time limit or by the signal, its whole
 * process group with it; output beyond the limit is thrown away, not kept; the child sees PATH,
 * HOME and where Docker is, nothing else of this process.
 */
import { type ChildProcess, spawn } from 'node:child_process';

export interface DockerCall {
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly timeoutMs?: number;
  /** Receives each line of both streams as it comes. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface DockerResult {
  /** 124: it did not end in time; 127: there is no such program. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Docker = (call: DockerCall) => Promise<DockerResult>;

const defaultTimeoutMs = 30_000;
/** Of each stream; an inspection of 300 containers fits. */
const maxOutputChars = 8 * 1024 * 1024;
const maxLineChars = 16_384;
/** From SIGTERM to SIGKILL: Compose ends its work on the first. */
const killAfterMs = 3_000;

/** What a client needs to find the engine; the rest of our environment is none of its business. */
const passedOn = ['PATH', 'HOME', 'DOCKER_HOST', 'DOCKER_CONFIG', 'DOCKER_CONTEXT', 'TMPDIR'];

export function dockerEnvironment(source: NodeJS.ProcessEnv): Record<string, string> {
  const given = passedOn.map((name) => [name, source[name]] as const);
  return Object.fromEntries(
    given.filter((each): each is [string, string] => each[1] !== undefined),
  );
}

export const createDocker =
  (environment: Readonly<Record<string, string>>): Docker =>
  async (call) =>
    run(call, environment);

async function run(
  call: DockerCall,
  environment: Readonly<Record<string, string>>,
): Promise<DockerResult> {
  if (call.signal?.aborted === true) return { exitCode: 124, stdout: '', stderr: 'canceled' };
  const child = spawn('docker', call.args, {
    ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    const lines = lineSplitter(call.onLine);
    child[stream].setEncoding('utf8');
    child[stream].on('data', (chunk: string) => {
      output[stream] += chunk.slice(0, maxOutputChars - output[stream].length);
      lines.push(chunk);
    });
    child[stream].once('end', () => lines.end());
  }
  const end = endOnDemand(child, call);
  try {
    const exitCode = await closed(child);
    return { ...output, exitCode: end.reason === undefined ? exitCode : 124 };
  } finally {
    end.clear();
  }
}

function closed(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (code) => resolve(code ?? 128));
  });
}

function endOnDemand(
  child: ChildProcess,
  call: DockerCall,
): { reason: 'time' | 'signal' | undefined; clear(): void } {
  let kill: NodeJS.Timeout | undefined;
  const end = (reason: 'time' | 'signal'): void => {
    if (state.reason !== undefined) return;
    state.reason = reason;
    signalGroup(child, 'SIGTERM');
    kill = setTimeout(() => signalGroup(child, 'SIGKILL'), killAfterMs);
  };
  const onAbort = (): void => end('signal');
  const deadline = setTimeout(() => end('time'), call.timeoutMs ?? defaultTimeoutMs);
  call.signal?.addEventListener('abort', onAbort, { once: true });
  const state: { reason: 'time' | 'signal' | undefined; clear(): void } = {
    reason: undefined,
    clear: () => {
      clearTimeout(deadline);
      clearTimeout(kill);
      call.signal?.removeEventListener('abort', onAbort);
    },
  };
  return state;
}

function signalGroup(child: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // It ended between the look and the signal.
  }
}

function lineSplitter(onLine: ((line: string) => void) | undefined): {
  push(chunk: string): void;
  end(): void;
} {
  let rest = '';
  const give = (line: string): void => onLine?.(line.slice(0, maxLineChars));
  return {
    push: (chunk) => {
      if (onLine === undefined) return;
      const pieces = (rest + chunk).split('\n');
      rest = (pieces.pop() ?? '').slice(0, maxLineChars);
      pieces.forEach(give);
    },
    end: () => {
      if (rest !== '') give(rest);
      rest = '';
    },
  };
}
