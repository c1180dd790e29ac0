import { mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { maxSessions } from '#schemas/contract/agent.ts';
import { maxSessionsOfUser, sessionIdleMs, sessionLifeMs, Sessions } from './sessions.ts';

let folder: string;
let path: string;
let nowMs: number;
let sessions: Sessions;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessions-'));
  path = join(folder, 'sessions.json');
  nowMs = 1_700_000_000_000;
  sessions = await opened();
});
// A session that was used is written behind its back, and may be while the folder goes.
afterEach(async () => rm(folder, { recursive: true, maxRetries: 10 }));

async function opened(): Promise<Sessions> {
  const fresh = new Sessions({ path, now: () => nowMs });
  await fresh.load();
  return fresh;
}

it('knows a browser by what it was given, and nobody else', async () => {
  const id = await sessions.begin('user-1');
  expect(id).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(sessions.find(id)?.userId).toBe('user-1');
  expect(sessions.find(`${id.slice(1)}A`)).toBeNull();
  expect(sessions.find(null)).toBeNull();
});

it('keeps hashes only, and lives on across a restart', async () => {
  const id = await sessions.begin('user-1');
  const key = sessions.find(id)?.key ?? '';
  expect(sessions.find(key)).toBeNull();
  expect(await readFile(path, 'utf8')).not.toContain(id);
  expect((await opened()).find(id)?.userId).toBe('user-1');
});

it('ends when unused, however often it was used before', async () => {
  const id = await sessions.begin('user-1');
  for (let times = 0; times < 3; times += 1) {
    nowMs += sessionIdleMs - 1;
    expect(sessions.find(id)).not.toBeNull();
  }
  nowMs += sessionIdleMs;
  expect(sessions.userIds()).toEqual([]);
  expect(sessions.find(id)).toBeNull();
});

it('ends after its life, however much it is used', async () => {
  const id = await sessions.begin('user-1');
  const endsAtMs = nowMs + sessionLifeMs;
  for (nowMs += 1; nowMs < endsAtMs; nowMs += sessionIdleMs / 2) sessions.find(id);
  nowMs = endsAtMs - 1;
  expect(sessions.find(id)).not.toBeNull();
  nowMs = endsAtMs;
  expect(sessions.find(id)).toBeNull();
});

it('does not live longer because the clock was set back', async () => {
  const id = await sessions.begin('user-1');
  nowMs -= 3_600_000;
  expect(sessions.find(id)).toBeNull();
});

it('cuts what hangs on it when it ends, at once and once', async () => {
  const id = await sessions.begin('user-1');
  const key = sessions.find(id)?.key ?? '';
  const cut: string[] = [];
  sessions.hang(key, () => cut.push('kept'));
  sessions.hang(key, () => cut.push('released'))?.();
  const ending = sessions.end(({ userId }) => userId === 'user-1');
  expect(cut).toEqual(['kept']);
  expect(await ending).toBe(1);
  expect(await sessions.end(() => true)).toBe(0);
  expect(sessions.hang(key, () => cut.push('late'))).toBeNull();
  expect(cut).toEqual(['kept']);
});

it('lets one device in', async () => {
  const key = sessions.find(await sessions.begin('user-1'))?.key ?? '';
  expect(sessions.bind(key, 'device-1')).toBe(true);
  expect(sessions.bind(key, 'device-2')).toBe(false);
  expect(sessions.bind(key, 'device-1')).toBe(true);
  expect(sessions.bind('unknown', 'device-1')).toBe(false);
});

it('is ended for good only when that is on the volume, however often it takes', async () => {
  const id = await sessions.begin('user-1');
  await mkdir(`${path}.new`);
  await expect(sessions.end(() => true)).rejects.toThrow();
  expect(sessions.find(id)).toBeNull();
  await rmdir(`${path}.new`);
  expect(await sessions.end(() => true)).toBe(0);
  expect((await opened()).find(id)).toBeNull();
});

it('stays ended across a restart', async () => {
  const id = await sessions.begin('user-1');
  await sessions.end(() => true);
  expect((await opened()).find(id)).toBeNull();
});

it('cuts what hangs on a session that expires', async () => {
  const id = await sessions.begin('user-1');
  let isCut = false;
  sessions.hang(sessions.find(id)?.key ?? '', () => (isCut = true));
  expect(await sessions.endExpired()).toBe(0);
  nowMs += sessionIdleMs;
  expect(await sessions.endExpired()).toBe(1);
  expect(isCut).toBe(true);
});

it('remembers use across a restart', async () => {
  const id = await sessions.begin('user-1');
  nowMs += sessionIdleMs - 1;
  sessions.find(id);
  await sessions.begin('user-2');
  nowMs += sessionIdleMs - 1;
  expect((await opened()).find(id)).not.toBeNull();
});

it('is bounded: the one unused for longest gives way', async () => {
  const first = await sessions.begin('user-1');
  const others: string[] = [];
  for (let count = 0; count < maxSessionsOfUser; count += 1) {
    nowMs += 1;
    others.push(await sessions.begin('user-1'));
  }
  expect(sessions.find(first)).toBeNull();
  expect(others.filter((id) => sessions.find(id) === null)).toEqual([]);
  for (let count = 0; count < maxSessions; count += 1) {
    nowMs += 1;
    await sessions.begin(`user-${count}-x`);
  }
  expect(sessions.userIds()).toHaveLength(maxSessions);
  expect(sessions.find(others[0] ?? null)).toBeNull();
});

it('starts empty from a file that is not its own', async () => {
  await writeFile(path, '{"sessions":[{"key":7}]}');
  expect((await opened()).userIds()).toEqual([]);
});
