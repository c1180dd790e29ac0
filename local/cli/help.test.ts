/** Asking what a command does is not the command. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const state = mkdtempSync(join(tmpdir(), 'help-'));
afterAll(() => rmSync(state, { recursive: true }));

test('reset --help drops nothing', () => {
  const kept = join(state, 'secrets.json');
  writeFileSync(kept, '{}');
  const main = join(import.meta.dirname, 'main.ts');
  const env = { PATH: process.env['PATH'], HOSTED_STATE: state };
  const { status, stdout } = spawnSync(process.execPath, [main, 'reset', '--help'], {
    env,
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(status).toBe(0);
  expect(stdout).toContain('Usage: npm run reset');
  expect(existsSync(kept)).toBe(true);
});
