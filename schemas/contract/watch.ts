/** What the tenant's agent streams to a browser that watches its runtime: the log, masked, and what is used. */
import * as z from 'zod/mini';
import { usageReport } from './usage.ts';

/** Lines of the log that are kept and sent, newest; longer ones are cut. */
export const logLinesAtMost = 1_000;
export const logTextAtMost = 2_000;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** One line of the gateway's log, masked on the tenant. */
export const logLine = z.object({
  /** ISO 8601, by the tenant's clock; null = the line does not say. */
  at: z.nullable(z.string().check(z.maxLength(40))),
  level: z.nullable(z.enum(logLevels)),
  /** The part of the gateway that says it; '' = not told. */
  source: z.string().check(z.maxLength(64)),
  text: z.string().check(z.maxLength(logTextAtMost)),
});
export type LogLine = z.infer<typeof logLine>;

/**
 * What `watch` streams, one JSON object a line (`application/x-ndjson`): first `lines` with `first`,
 * everything that is kept; then what is new, and what is used, as it comes. `gateway`: whether the
 * log can be read now. It ends by itself after a quarter of an hour; a new ticket goes on.
 */
export const watchEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('lines'),
    first: z.boolean(),
    lines: z.array(logLine).check(z.maxLength(logLinesAtMost)),
    /** Lines that came too fast to be sent, before these. */
    skipped: z.int().check(z.minimum(0)),
  }),
  z.object({ kind: z.literal('usage'), usage: usageReport }),
  z.object({ kind: z.literal('gateway'), answers: z.boolean() }),
  z.object({ kind: z.literal('end'), reason: z.enum(['time', 'access', 'closing']) }),
]);
export type WatchEvent = z.infer<typeof watchEvent>;
