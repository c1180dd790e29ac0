import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BurntTickets } from './journal.ts';

let folder: string;
let path: string;
let nowMs = 1_000_000;
const now = (): number => nowMs;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
  path = join(folder, 'burnt.log');
  nowMs = 1_000_000;
});
afterEach(async () => rm(folder, { recursive: true }));

async function open(): Promise<BurntTickets> {
  const journal = new BurntTickets(path, now, 50);
  await journal.load();
  return journal;
}

it('forgets a ticket only when it could not be accepted any more', async () => {
  expect(await (await open()).burn('one', nowMs + 1_000)).toBe(true);
  nowMs += 999;
  expect(await (await open()).burn('one', nowMs + 1_000)).toBe(false);
  nowMs += 1;
  await open();
  expect(await readFile(path, 'utf8')).toBe('');
});

it('keeps its file to the tickets alive, however many were burnt', async () => {
  const journal = await open();
  for (let index = 0; index < 130; index += 1) {
    await journal.burn(`id-${index}`, nowMs + 10);
    nowMs += 1;
  }
  expect((await readFile(path, 'utf8')).split('\n').length).toBeLessThan(75);
});

it('reads past a line cut off by a crash', async () => {
  await writeFile(path, `${nowMs + 500} whole\n${nowMs + 500}`);
  const journal = await open();
  expect(await journal.burn('whole', nowMs + 500)).toBe(false);
  expect(await journal.burn('other', nowMs + 500)).toBe(true);
});

it('is readable by its owner only', async () => {
  await (await open()).burn('one', nowMs + 1_000);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('remembers what was burnt after a line that a full disk cut off', async () => {
  await open();
  await appendFile(path, `\n${nowMs + 5_000} half`);
  expect(await (await open()).burn('one', nowMs + 5_000)).toBe(true);
  await appendFile(path, `\n${nowMs + 5_000} ha`);
  const journal = new BurntTickets(path, now, 50);
  // Not read anew: the cut-off line is there, as after a failed append.
  expect(await journal.burn('two', nowMs + 5_000)).toBe(true);
  const after = await open();
  expect([await after.burn('one', nowMs + 5_000), await after.burn('two', nowMs + 5_000)]).toEqual([
    ...[false, false],
  ]);
});
