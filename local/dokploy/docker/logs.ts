/** `docker logs`, both streams in one, bounded by the number of lines asked for. */
import type { LogQuery } from '../backend.ts';
import type { Docker } from './cli.ts';

const timeoutMs = 20_000;

/** Lines with Docker's timestamps, oldest first; empty when the engine says nothing. */
export async function readContainerLog(
  docker: Docker,
  containerId: string,
  query: LogQuery,
): Promise<string> {
  const since = query.sinceMs === undefined ? [] : ['--since', isoOf(query.sinceMs)];
  const lines: string[] = [];
  await docker({
    args: ['logs', '--timestamps', '--tail', String(query.tail), ...since, containerId],
    timeoutMs,
    onLine: (line) => lines.push(line),
  });
  return (
    lines
      .filter((line) => query.search === undefined || line.includes(query.search))
      // Two streams come interleaved by chance; every line begins with its time.
      .toSorted((left, right) => left.slice(0, 30).localeCompare(right.slice(0, 30)))
      .slice(-query.tail)
      .map((line) => `${line}\n`)
      .join('')
  );
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
