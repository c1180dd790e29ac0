/** What is decided before and about a call: version, key, containers. */
import { describe, expect, test } from 'vitest';
import type { Log } from '#ports/system.ts';
import type { DokployCall } from './client.ts';
import { isUp } from '#ports/runtime.ts';
import { healthOf } from './containers.ts';
import { createKeyWatch } from './key-watch.ts';
import { isNewEnough, withVersionGate } from './version-gate.ts';

const quiet = (): void => undefined;
const log: Log = { info: quiet, warn: quiet, error: quiet };

describe('a version', () => {
  test.each([
    ['v0.30.2', true],
    ['0.29.12', true],
    ['v0.29.12-canary', true],
    ['v1.0.0', true],
    ['v0.29.11', false],
    ['v0.28.99', false],
    ['canary', false],
    ['v0.30', false],
    ['<!doctype html>', false],
    ['', false],
  ])('%s is new enough: %s', (text, expected) => {
    expect(isNewEnough(text)).toBe(expected);
  });

  /** A Dokploy whose version may change; counts how often it was asked. */
  const world = (version: string) => {
    const state = { version, asked: 0, nowMs: 0 };
    const call = ((operation: string) => {
      if (operation !== 'settings.getDokployVersion') {
        return Promise.resolve({ kind: 'ok', value: [] });
      }
      state.asked += 1;
      return Promise.resolve(
        state.version === 'silent' ? { kind: 'unknown' } : { kind: 'ok', value: state.version },
      );
    }) as DokployCall;
    const gated = withVersionGate(call, log, () => state.nowMs);
    return { state, list: () => gated('project.all', {}) };
  };

  test('is asked once for many calls, and again after ten minutes', async () => {
    const { state, list } = world('v0.30.2');
    await Promise.all([list(), list(), list()]);
    expect(state.asked).toBe(1);
    state.version = 'v0.20.0';
    state.nowMs = 9 * 60_000;
    expect((await list()).kind).toBe('ok');
    state.nowMs = 10 * 60_000;
    expect(await list()).toEqual({ kind: 'refused', code: 'version_too_old' });
  });

  test('too old is believed for a short time only', async () => {
    const { state, list } = world('v0.20.0');
    await list();
    state.version = 'v0.30.2';
    expect((await list()).kind).toBe('refused');
    state.nowMs = 30_000;
    expect((await list()).kind).toBe('ok');
  });

  test('that was not told is asked for with the next call', async () => {
    const { state, list } = world('silent');
    expect(await list()).toEqual({ kind: 'unknown' });
    state.version = 'v0.30.2';
    expect((await list()).kind).toBe('ok');
  });
});

describe('a bare 401', () => {
  test('of a key that never worked, worked before, or works again', async () => {
    let works = false;
    const watch = createKeyWatch(
      () => Promise.resolve(works),
      () => 0,
    );
    expect(await watch.explain()).toBe('unauthorized');
    watch.worked();
    expect(await watch.explain()).toBe('rate_limited_or_unauthorized');
    watch.worked();
    works = true;
    expect(await watch.explain()).toBe('rate_limited');
  });

  test('is asked about once a minute at most', async () => {
    let asked = 0;
    let nowMs = 0;
    const watch = createKeyWatch(
      () => {
        asked += 1;
        return Promise.reject(new Error('nobody there'));
      },
      () => nowMs,
    );
    await Promise.all([watch.explain(), watch.explain()]);
    expect(await watch.explain()).toBe('unauthorized');
    expect(asked).toBe(1);
    nowMs = 60_000;
    await watch.explain();
    expect(asked).toBe(2);
  });
});

describe('a container', () => {
  test.each([
    ['running', 'Up 2 seconds (healthy)', 'running healthy up'],
    ['running', 'Up Less than a second (health: starting)', 'running starting up'],
    ['running', 'Up 3 minutes (unhealthy)', 'running unhealthy up'],
    ['running', 'Up 3 minutes', 'running none up'],
    ['exited', 'Exited (1) 2 hours ago', 'exited none down'],
    ['created', 'Created', 'created none down'],
    ['restarting', 'Restarting (1) 5 seconds ago', 'restarting none up'],
    ['paused', 'Up 3 minutes (Paused)', 'paused none up'],
    ['No state', '', 'other none up'],
  ])('%s, %s: %s', (state, status, expected) => {
    const seen = healthOf({ containerId: 'c', name: 'n', state, status });
    expect(`${seen.state} ${seen.health} ${isUp(seen) ? 'up' : 'down'}`).toBe(expected);
  });
});
