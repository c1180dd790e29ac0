/** One JSON line a decision, through the execution's own log; values are scalars, cut to length. */
import type { Log } from '#ports/system.ts';

interface Sink {
  readonly log: (line: string) => void;
  readonly error: (line: string) => void;
}

const valueLengthAtMost = 200;

export const jsonLog = (sink: Sink, correlationId: string): Log => {
  const write =
    (level: 'info' | 'warn' | 'error'): Log['info'] =>
    (event, fields = {}) => {
      const line: Record<string, string | number | boolean | null> = {
        level,
        event,
        correlationId,
      };
      for (const [name, value] of Object.entries(fields)) {
        line[name] = typeof value === 'string' ? value.slice(0, valueLengthAtMost) : value;
      }
      (level === 'error' ? sink.error : sink.log)(JSON.stringify(line));
    };
  return { info: write('info'), warn: write('warn'), error: write('error') };
};
