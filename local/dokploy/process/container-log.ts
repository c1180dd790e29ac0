/**
 * stdout and stderr of one service, each line with Docker's timestamp.
 * Guarantees: at most two files of `fileLimitBytes`; a line longer than `lineLimit` is split.
 */
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LogQuery } from '../backend.ts';

const fileLimitBytes = 1024 * 1024;
const lineLimit = 16_384;

export class ContainerLog {
  readonly #path: string;
  readonly #partial = { stdout: '', stderr: '' };
  #sizeBytes: number;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#path = join(folder, 'log');
    this.#sizeBytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  write(stream: 'stdout' | 'stderr', chunk: string): void {
    const pieces = (this.#partial[stream] + chunk).split('\n');
    const rest = pieces.pop() ?? '';
    this.#append(pieces);
    this.#partial[stream] = rest;
    if (rest.length > lineLimit) this.flush();
  }

  /** Writes out lines that never got their end. */
  flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#partial[stream] !== '') this.#append([this.#partial[stream]]);
      this.#partial[stream] = '';
    }
  }

  read(query: LogQuery): string {
    const lines = [`${this.#path}.1`, this.#path].flatMap((path) => readLines(path));
    const wanted = lines.filter(
      (line) =>
        (query.sinceMs === undefined || Date.parse(line.slice(0, 30)) >= query.sinceMs) &&
        (query.search === undefined || line.includes(query.search)),
    );
    return wanted
      .slice(-query.tail)
      .map((line) => `${line}\n`)
      .join('');
  }

  remove(): void {
    rmSync(this.#path, { force: true });
    rmSync(`${this.#path}.1`, { force: true });
  }

  #append(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const stamp = new Date().toISOString().replace('Z', '000000Z');
    const text = lines
      .flatMap((line) => chunksOf(line).map((piece) => `${stamp} ${piece}\n`))
      .join('');
    if (this.#sizeBytes > fileLimitBytes) {
      renameSync(this.#path, `${this.#path}.1`);
      this.#sizeBytes = 0;
    }
    appendFileSync(this.#path, text, { mode: 0o600 });
    this.#sizeBytes += Buffer.byteLength(text);
  }
}

function chunksOf(line: string): string[] {
  const count = Math.max(1, Math.ceil(line.length / lineLimit));
  return Array.from({ length: count }, (_, index) =>
    line.slice(index * lineLimit, (index + 1) * lineLimit),
  );
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}
