/**
 * The OpenAI stand-in as a process: one JSON line when ready, clean end on SIGTERM or SIGINT,
 * one clear line and exit code 1 when it cannot start. Prints no key and no token.
 */
import * as z from 'zod';
import { holdCallbackPort } from './callback-port.ts';
import { createOpenAi } from './openai.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const environment = z.object({
  OPENAI_PORT: port.default(0),
  OPENAI_PROXY_PORT: port.default(0),
  OPENAI_DATA_DIR: z.string().min(1),
  /** Keeps port 1455 shut, so that a gateway on this machine cannot finish a login by itself. */
  OPENAI_HOLD_CALLBACK_PORT: z.enum(['', '1']).default(''),
});

/** A line for a person; values of settings are never repeated. */
function explain(error: unknown): string {
  if (error instanceof z.ZodError) {
    const names = error.issues.map((issue) => issue.path.join('.')).filter((name) => name !== '');
    return `check ${[...new Set(names)].join(', ') || 'issuer.json'}`;
  }
  if (error instanceof SyntaxError) return 'issuer.json is not readable JSON';
  if (!(error instanceof Error)) return 'unknown failure';
  const { code, port: taken } = error as NodeJS.ErrnoException & { port?: number };
  return code === 'EADDRINUSE' ? `port ${taken ?? ''} is already in use` : error.message;
}

async function run(): Promise<void> {
  const settings = environment.parse(process.env);
  const openAi = await createOpenAi({
    port: settings.OPENAI_PORT,
    proxyPort: settings.OPENAI_PROXY_PORT,
    dataDir: settings.OPENAI_DATA_DIR,
  });
  const isHeld = settings.OPENAI_HOLD_CALLBACK_PORT === '1';
  const letGo = isHeld ? await holdCallbackPort() : () => undefined;
  const end = (): void => {
    letGo();
    void openAi.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  const { listening, proxy, caPath } = openAi;
  process.stdout.write(`${JSON.stringify({ listening, proxy, caPath })}\n`);
}

run().catch((error: unknown) => {
  process.stderr.write(`The OpenAI stand-in did not start: ${explain(error)}\n`);
  process.exit(1);
});
