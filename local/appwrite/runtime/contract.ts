/**
 * What the server and a function's process say to each other besides HTTP. Parent and child import
 * this file and nothing else of each other; every limit of the runtime stands here with its unit.
 */

/**
 * Which executor is imitated where the two known ones differ (design note in `process.ts`):
 * `open-runtimes` is what production runs; `recorded` is the stand-in behind the parity recordings,
 * which decodes query values and adds no charset.
 */
export type ExecutorStyle = 'open-runtimes' | 'recorded';

export interface StartMessage {
  readonly kind: 'start';
  readonly folder: string;
  readonly entrypoint: string;
  /** All of it: what the process was started with is dropped. */
  readonly env: Readonly<Record<string, string>>;
  readonly secret: string;
  readonly style: ExecutorStyle;
}

export type LogStream = 'log' | 'error';

export type ChildMessage =
  | { readonly kind: 'listening'; readonly port: number }
  | {
      readonly kind: 'line';
      readonly id: string;
      readonly stream: LogStream;
      readonly text: string;
    }
  | { readonly kind: 'done'; readonly id: string };

/** Request body the runtime accepts. */
export const MAX_REQUEST_BYTES = 20 * 1024 * 1024;
/** Answer the server reads from a function; the reference passed 12 MB. */
export const MAX_RESPONSE_BYTES = 30 * 1024 * 1024;
/** One log line. */
export const MAX_LINE_CHARS = 8_000;
/** All lines of one stream of one execution. */
export const MAX_LOG_CHARS = 1_000_000;
/** Names that act on a process before its code does: it must be started with them. */
export const STARTING_NAMES = /^(NODE_|UV_|LD_|LC_|LANG|ICU_|MALLOC_|SSL_|OPENSSL_)/;
/** From spawn until the process listens; loading the code is not part of it. */
export const START_TIMEOUT_MS = 15_000;

/** Control headers; all of them are hidden from the function. */
export const CONTROL_PREFIX = 'x-open-runtimes-';
export const HEADER_SECRET = 'x-open-runtimes-secret';
export const HEADER_TIMEOUT = 'x-open-runtimes-timeout';
export const HEADER_LOGGING = 'x-open-runtimes-logging';
export const HEADER_LOG_ID = 'x-open-runtimes-log-id';
/** The path as the caller wrote it, percent-encoded, where it is no valid HTTP target (`abc`). */
export const HEADER_TARGET = 'x-open-runtimes-target';

const MESSAGE_KINDS: readonly string[] = ['listening', 'line', 'done'];

/** A function's code can send anything over the channel it shares, so the parent checks. */
export function isChildMessage(value: unknown): value is ChildMessage {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const message = value as Record<string, unknown>;
  if (!MESSAGE_KINDS.includes(String(message['kind']))) return false;
  if (message['kind'] === 'listening') return typeof message['port'] === 'number';
  if (typeof message['id'] !== 'string') return false;
  if (message['kind'] === 'done') return true;
  return (
    typeof message['text'] === 'string' &&
    (message['stream'] === 'log' || message['stream'] === 'error')
  );
}
