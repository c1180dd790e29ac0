/**
 * Log lines of one execution: every line cut at 8,000 characters, every stream at 1,000,000, so a
 * chatty function costs a bounded amount of memory on both sides of the channel.
 */
import { MAX_LINE_CHARS, MAX_LOG_CHARS } from './contract.ts';
import type { LogStream } from './contract.ts';

export const NATIVE_LOG_NOTE =
  'Native logs detected. Use context.log() or context.error() for better experience.';

export function formatLine(message: unknown): string {
  const text =
    message instanceof Error
      ? (message.stack ?? String(message))
      : typeof message === 'object' && message !== null
        ? stringify(message)
        : String(message);
  return text.length > MAX_LINE_CHARS ? `${text.slice(0, MAX_LINE_CHARS)}…` : text;
}

/** `JSON.stringify` has no text for undefined, functions and symbols, whatever its type says. */
export function jsonText(value: unknown): string {
  const text: unknown = JSON.stringify(value);
  return typeof text === 'string' ? text : '';
}

function stringify(value: object): string {
  try {
    return jsonText(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

export interface LineSink {
  write(stream: LogStream, message: unknown): void;
  /** console.* of the function: kept as log, announced once. */
  native(parts: readonly unknown[]): void;
  /** Lines written later (a handler that outlived its timeout) are dropped. */
  end(): void;
}

export function createLineSink(
  enabled: boolean,
  emit: (stream: LogStream, text: string) => void,
): LineSink {
  let open = enabled;
  let announced = false;
  const left: Record<LogStream, number> = { log: MAX_LOG_CHARS, error: MAX_LOG_CHARS };
  const write = (stream: LogStream, message: unknown): void => {
    if (!open || left[stream] <= 0) return;
    const text = formatLine(message).slice(0, left[stream]);
    left[stream] -= text.length + 1;
    emit(stream, text);
  };
  return {
    write,
    native(parts) {
      if (!announced) write('log', NATIVE_LOG_NOTE);
      announced = true;
      write('log', parts.map((part) => formatLine(part)).join(' '));
    },
    end() {
      open = false;
    },
  };
}
