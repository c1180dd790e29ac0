/** The bounds of a docker call, on a program of that name which does not keep to any. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { identityOf } from '../process/identity.ts';
import { eventually } from '../testing/harness.ts';
import { createDocker } from './cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'docker-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(
  join(folder, 'docker'),
  `#!/bin/sh
case "$1" in
  stubborn) trap '' TERM; sleep 600 & echo "child $!"; wait; wait ;;
  loud) head -c 20000000 /dev/zero | tr '\\0' x ;;
  words) shift; for word in "$@"; do echo "<$word>"; done; echo last >&2; exit 3 ;;
  env) env ;;
esac
`,
  { mode: 0o755 },
);
const docker = createDocker({ PATH: `${folder}:/usr/bin:/bin`, DOCKER_HOST: 'unix:///x' });

test('arguments pass no shell, streams come apart and line by line', async () => {
  const lines: string[] = [];
  const args = ['words', '$(id)', 'a b', ';'];
  const result = await docker({ args, onLine: (line) => lines.push(line) });
  expect(result).toEqual({ exitCode: 3, stdout: '<$(id)>\n<a b>\n<;>\n', stderr: 'last\n' });
  expect(lines.toSorted()).toEqual(['<$(id)>', '<;>', '<a b>', 'last']);
});

test('what does not end in time is ended, with its children', async () => {
  const result = await docker({ args: ['stubborn'], timeoutMs: 300 });
  expect(result.exitCode).toBe(124);
  const pid = Number(/child (\d+)/.exec(result.stdout)?.[1]);
  await eventually(
    async () => Promise.resolve(identityOf(pid)),
    (seen) => seen === undefined,
  );
});

test('what is called off ends at once, or never begins', async () => {
  const off = new AbortController();
  const running = docker({ args: ['stubborn'], signal: off.signal, onLine: () => off.abort() });
  expect((await running).exitCode).toBe(124);
  expect((await docker({ args: ['env'], signal: off.signal })).stdout).toBe('');
});

test('output has an end', async () => {
  const { stdout } = await docker({ args: ['loud'] });
  expect(stdout.length).toBe(8 * 1024 * 1024);
});

test('the program sees what it was given alone', async () => {
  const { stdout } = await docker({ args: ['env'] });
  expect(stdout).toContain('DOCKER_HOST=unix:///x\n');
  expect(stdout).not.toMatch(/^(NODE|VITEST|HOME)/m);
});

test('a machine without docker is told apart from a failure', async () => {
  const without = createDocker({ PATH: '/nonexistent' });
  expect((await without({ args: ['version'] })).exitCode).toBe(127);
});
