/**
 * Starts `main.ts` with its compiled code at hand. Plain JavaScript, because Node loads a parser
 * of 16 MB for the first TypeScript file it has not kept the result of: that of a later start is
 * all beside the data.
 */
import { mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const dataDir = process.env.APPWRITE_DATA_DIR ?? '.local/appwrite';
try {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  enableCompileCache(join(dataDir, 'compiled'));
} catch {
  // A folder that cannot be made is what main.ts explains.
}
await import('./main.ts');
