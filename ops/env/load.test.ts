/** A key that was exported once must not be taken for the one that stands in the file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { overridden, readEnvironment } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'env-'));
const file = join(folder, '.env');
writeFileSync(file, 'APPWRITE_PROJECT_ID=shop\nAPPWRITE_API_KEY=new\nPAYAPP_USERID=\n');
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('a value of the process that is another one wins, and is named', () => {
  vi.stubEnv('APPWRITE_API_KEY', 'old');
  vi.stubEnv('APPWRITE_PROJECT_ID', 'shop');
  vi.stubEnv('PAYAPP_USERID', 'seller');
  expect(readEnvironment(file)['APPWRITE_API_KEY']).toBe('old');
  expect(overridden(file)).toEqual(['APPWRITE_API_KEY']);
});
