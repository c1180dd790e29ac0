/**
 * The PayApp sandbox as a process: one JSON line when ready, clean end on SIGTERM or SIGINT, one
 * clear line and exit code 1 when it cannot start. Prints no key.
 */
import * as z from 'zod';
import type { PayAppOptions } from './payapp.ts';
import { createPayApp } from './payapp.ts';

const key = z.string().trim().min(1).optional();
const environment = z.object({
  PAYAPP_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  PAYAPP_PUBLIC_URL: z.url().optional(),
  PAYAPP_USERID: key,
  PAYAPP_LINKKEY: key,
  PAYAPP_LINKVAL: key,
  PAYAPP_STATE_FILE: z.string().min(1),
  PAYAPP_FEEDBACK_CONNECT: z
    .string()
    .regex(/^[A-Za-z0-9.-]+:\d{1,5}$/)
    .optional(),
  PAYAPP_RECURRING: z.enum(['on', 'off']).optional(),
  PAYAPP_RETRY_BASE_MS: z.coerce.number().int().min(1).max(60_000).optional(),
});
type Environment = z.infer<typeof environment>;

function toOptions(settings: Environment): PayAppOptions {
  return {
    port: settings.PAYAPP_PORT,
    stateFile: settings.PAYAPP_STATE_FILE,
    seller: {
      ...(settings.PAYAPP_USERID === undefined ? {} : { userid: settings.PAYAPP_USERID }),
      ...(settings.PAYAPP_LINKKEY === undefined ? {} : { linkkey: settings.PAYAPP_LINKKEY }),
      ...(settings.PAYAPP_LINKVAL === undefined ? {} : { linkval: settings.PAYAPP_LINKVAL }),
    },
    ...(settings.PAYAPP_PUBLIC_URL === undefined ? {} : { publicUrl: settings.PAYAPP_PUBLIC_URL }),
    ...(settings.PAYAPP_FEEDBACK_CONNECT === undefined
      ? {}
      : { feedbackConnect: settings.PAYAPP_FEEDBACK_CONNECT }),
    ...(settings.PAYAPP_RECURRING === undefined
      ? {}
      : { recurring: settings.PAYAPP_RECURRING === 'on' }),
    ...(settings.PAYAPP_RETRY_BASE_MS === undefined
      ? {}
      : { retryBaseMs: settings.PAYAPP_RETRY_BASE_MS }),
  };
}

/** A line for a person; values of settings are never repeated. */
function explain(error: unknown): string {
  if (error instanceof z.ZodError) {
    const names = error.issues.map((issue) => issue.path.join('.')).filter((name) => name !== '');
    return `check ${[...new Set(names)].join(', ') || 'the state file'}`;
  }
  if (error instanceof SyntaxError) return 'the state file is not readable JSON';
  if (!(error instanceof Error)) return 'unknown failure';
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  return code === 'EADDRINUSE' ? `port ${port ?? ''} is already in use` : error.message;
}

async function run(): Promise<void> {
  const payApp = await createPayApp(toOptions(environment.parse(process.env)));
  const end = (): void => void payApp.close().then(() => process.exit(0));
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  process.stdout.write(`${JSON.stringify({ listening: payApp.listening })}\n`);
}

run().catch((error: unknown) => {
  process.stderr.write(`The PayApp sandbox did not start: ${explain(error)}\n`);
  process.exit(1);
});
