/**
 * The bucket stand-in as a process: one JSON line when ready, clean end on SIGTERM or SIGINT, one
 * clear line and exit code 1 when it cannot start. Prints no key.
 */
import * as z from 'zod';
import { createBucket } from './bucket.ts';

const environment = z.object({
  BUCKET_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  BUCKET_DATA_DIR: z.string().min(1),
  BUCKET_NAME: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
  BUCKET_REGION: z.string().regex(/^[a-z0-9-]{1,64}$/),
  BUCKET_ACCESS_KEY_ID: z.string().min(4),
  BUCKET_SECRET_ACCESS_KEY: z.string().min(16),
});

/** A line for a person; values of settings are never repeated. */
function explain(error: unknown): string {
  if (error instanceof z.ZodError) {
    return `check ${[...new Set(error.issues.map((issue) => issue.path.join('.')))].join(', ')}`;
  }
  if (!(error instanceof Error)) return 'unknown failure';
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  return code === 'EADDRINUSE' ? `port ${port ?? ''} is already in use` : error.message;
}

async function run(): Promise<void> {
  const settings = environment.parse(process.env);
  const bucket = await createBucket({
    port: settings.BUCKET_PORT,
    dataDir: settings.BUCKET_DATA_DIR,
    name: settings.BUCKET_NAME,
    keys: {
      accessKeyId: settings.BUCKET_ACCESS_KEY_ID,
      secretAccessKey: settings.BUCKET_SECRET_ACCESS_KEY,
      region: settings.BUCKET_REGION,
    },
  });
  const end = (): void => void bucket.close().then(() => process.exit(0));
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  process.stdout.write(`${JSON.stringify({ listening: bucket.listening })}\n`);
}

run().catch((error: unknown) => {
  process.stderr.write(`The bucket stand-in did not start: ${explain(error)}\n`);
  process.exit(1);
});
