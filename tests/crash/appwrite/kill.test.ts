/**
 * The embedded Appwrite under write load, killed at random moments on the same file. The seed of
 * the moments is in the test's name of each failure, so that a death can be tried again.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTables, load, newLedger, problems, rowsPath } from './load.ts';
import { startServer } from './process.ts';

const kills = Number(process.env['CRASH_KILLS'] ?? 200);
const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);
/** The load runs this long at most before a kill. */
const longestLifeMs = 150;
const timeoutMs = 10 * 60_000;

let folder = '';
let scratch = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'appwrite-kill-'));
  scratch = join(folder, 'scratch');
  mkdirSync(scratch);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Park and Miller's generator: small, and the same everywhere. */
function randomFrom(start: number): () => number {
  let state = (start % 2_147_483_646) + 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

test('no acknowledged write is lost to any of the kills', { timeout: timeoutMs }, async () => {
  const dataDir = join(folder, 'data');
  const ledger = newLedger();
  const random = randomFrom(seed);
  for (let death = 0; death < kills; death += 1) {
    const server = await startServer({ dataDir });
    if (death === 0) await createTables(server.call);
    const loaded = load(server, ledger);
    // The moment is the point: not a wait for something.
    await wait(random() * longestLifeMs);
    await server.kill('SIGKILL');
    await loaded;
    const found = problems(dataDir, scratch, ledger);
    expect(found, `death ${death + 1}, CRASH_SEED=${seed}`).toEqual([]);
  }
  // Deaths without work in between would prove nothing.
  expect(ledger.acknowledged.size).toBeGreaterThan(kills);
  const server = await startServer({ dataDir });
  const some = [...ledger.acknowledged].filter((_, index) => index % 97 === 0);
  for (const [id, amount] of some) {
    const { body } = await server.call('GET', `${rowsPath}/${id}`);
    expect(body).toMatchObject({ $id: id, amount });
  }
  await server.kill('SIGTERM');
  expect(problems(dataDir, scratch, ledger)).toEqual([]);
});
