/** `npm run test:real` says what it does not try, and fails when it could try nothing. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { deafPort } from '#tests/support/http.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'real-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (values: Readonly<Record<string, string>>) => {
  const file = join(folder, '.env');
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''));
  const args = [join(root, 'tests', 'real', 'main.ts'), '--env', file];
  const env = { PATH: process.env['PATH'], HOME: folder };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  return { status, text: stdout + stderr };
};

test('nothing named: each part is skipped with the names it misses, which is no success', () => {
  const { status, text } = run({});
  expect(status, text).toBe(2);
  expect(text.match(/SKIPPED/g)).toHaveLength(5);
  expect(text).toContain('(not set: DOKPLOY_URL, DOKPLOY_API_KEY)');
  expect(text).toContain('APPWRITE_CONSOLE_PASSWORD');
  expect(text).toContain('never tried');
});

test('an Appwrite that does not answer fails it, without a password in what it says', async () => {
  const password = 'Far-console-7319';
  const { status, text } = run({
    APPWRITE_ENDPOINT: `http://127.0.0.1:${String(await deafPort())}/v1`,
    APPWRITE_CONSOLE_EMAIL: 'somebody@example.com',
    APPWRITE_CONSOLE_PASSWORD: password,
  });
  expect(status, text).toBe(1);
  expect(text).toContain('does not answer. Is APPWRITE_ENDPOINT right?');
  expect(text).not.toContain(password);
});
