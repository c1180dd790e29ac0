import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { UpdateRing } from '#schemas/contract/updates.ts';
import { noRelease } from '#schemas/record/update.ts';
import type { Release, RingPin } from '#schemas/record/update.ts';
import { firstImage } from './first-image.ts';
import { gateOf, isLeftWithout, isProven, reportOf } from './fleet.ts';
import type { Member } from './fleet.ts';
import { ringOf, ringsAwaited, targetOf } from './ring.ts';

const setAt = '2026-11-27T00:00:00.000Z';
const nowMs = Date.parse('2026-11-28T00:00:00.000Z');
const pin = (version: string, changes: Partial<RingPin> = {}): RingPin => ({
  image: `openclaw:${version}`,
  version,
  setAt,
  noticeHours: 24,
  soakMinutes: 60,
  stoppedAt: null,
  resumedAt: null,
  provenAt: null,
  ...changes,
});
const provenAt = '2026-11-27T12:00:00.000Z';
const member = (ring: UpdateRing, changes: Partial<Member> = {}): Member => ({
  ring,
  runs: true,
  status: 'ready',
  image: 'openclaw:2026.9.5',
  state: null,
  to: null,
  endedAtMs: 0,
  ...changes,
});
const updated = { image: 'openclaw:2026.9.6', state: 'done', to: 'openclaw:2026.9.6' } as const;
const back = { state: 'rolled_back', to: 'openclaw:2026.9.6', endedAtMs: nowMs } as const;

test('a ring is the runtime’s own for ever, and few are the first', () => {
  const ids = Array.from({ length: 2_000 }, (_, index) =>
    createHash('sha256').update(`rt${index}`).digest('hex').slice(0, 20),
  );
  const rings = ids.map((id) => ringOf(id, null));
  const count = (ring: UpdateRing): number => rings.filter((one) => one === ring).length;
  expect(count('canary') / 2_000).toBeCloseTo(0.05, 1);
  expect(count('half') / 2_000).toBeCloseTo(0.45, 1);
  expect(ids.map((id) => ringOf(id, null))).toEqual(rings);
  expect(ringOf(ids[0] ?? '', 'canary')).toBe('canary');
});

describe('the target of a ring', () => {
  test('is its own pin', () => {
    const release: Release = { ...noRelease, canary: pin('2026.9.6'), all: pin('2026.9.5') };
    expect(targetOf(release, 'all')?.version).toBe('2026.9.5');
    expect(targetOf(release, 'half')).toBeNull();
  });

  test('is that of the ring before it where the own one is below the floor', () => {
    const floor = { version: '2026.9.6', raisedAt: setAt, graceHours: 72 };
    const release = { ...noRelease, canary: pin('2026.9.6'), all: pin('2026.9.5'), floor };
    expect(targetOf(release, 'all')?.version).toBe('2026.9.6');
    expect(targetOf(release, 'half')?.version).toBe('2026.9.6');
  });

  test('waits for every ring before it to be proven on that very image', () => {
    const both = { canary: pin('2026.9.6'), half: pin('2026.9.6') };
    const release: Release = { ...noRelease, ...both, all: pin('2026.9.6') };
    const image = 'openclaw:2026.9.6';
    expect(ringsAwaited(release, 'all', image)).toEqual(['canary', 'half']);
    const proven = { ...release, canary: pin('2026.9.6', { provenAt }) };
    expect(ringsAwaited(proven, 'half', image)).toEqual([]);
    expect(ringsAwaited(proven, 'all', image)).toEqual(['half']);
    const moved = { ...release, canary: pin('2026.9.7', { provenAt }) };
    expect(ringsAwaited(moved, 'half', image)).toEqual(['canary']);
  });
});

describe('a new runtime', () => {
  const both = { canary: pin('2026.9.6', { provenAt }), half: pin('2026.9.6', { provenAt }) };
  const of = (release: Partial<Release>) =>
    firstImage({ ...noRelease, ...release })?.openclawVersion;

  test('begins with what every ring has shown, and with no other target', () => {
    expect(of({})).toBeUndefined();
    expect(of({ ...both, all: pin('2026.9.6') })).toBe('2026.9.6');
    expect(of({ canary: pin('2026.9.6', { provenAt }) })).toBeUndefined();
    expect(of({ ...both, half: pin('2026.9.6'), all: pin('2026.9.6') })).toBeUndefined();
  });

  test('never begins below the floor', () => {
    const floor = { version: '2026.9.6', raisedAt: setAt, graceHours: 72 };
    const old = { half: pin('2026.9.5', { provenAt }), all: pin('2026.9.5') };
    expect(of({ ...old, canary: pin('2026.9.6'), floor })).toBe('2026.9.6');
  });
});

describe('a ring', () => {
  const target = pin('2026.9.6');
  const release: Release = { ...noRelease, canary: target };
  const canary = (changes: Partial<Member>): Member => member('canary', changes);
  const proven = (members: readonly Member[]): boolean =>
    isProven(reportOf(members, 'canary', target), target, nowMs);
  const gate = (members: readonly Member[]) => gateOf(release, 'canary', members);

  test('is proven by three that answered on it, or by all it has, once they were watched', () => {
    const well = canary({ ...updated, endedAtMs: nowMs - 2 * 60 * 60_000 });
    const waiting = canary({});
    expect(proven([well, well, well, waiting])).toBe(true);
    expect(proven([well, well, waiting])).toBe(false);
    expect(proven([well, well])).toBe(true);
    expect(proven([well, well, canary({ ...updated, endedAtMs: nowMs })])).toBe(false);
    expect(proven([well, well, well, canary({ ...updated, state: 'applying' })])).toBe(false);
    expect(proven([])).toBe(true);
  });

  test('that nobody is ready in proves nothing', () => {
    expect(proven([canary({ ...updated, status: 'auth_required' }), canary({})])).toBe(false);
    expect(proven([canary(back)])).toBe(false);
  });

  test('of which all were tried keeps nobody waiting, whoever of it has no login', () => {
    expect(proven([canary({ ...updated, status: 'auth_required' })])).toBe(true);
    const ill = canary({ status: 'failed' });
    expect(proven([canary({ ...updated, status: 'auth_required' }), canary(back), ill])).toBe(true);
  });

  test('begins with one, and with five at once after the first is proven', () => {
    expect(gate([canary({})])).toBe('open');
    expect(gate([canary({ ...updated, state: 'applying' }), canary({})])).toBe('busy');
    const applying = Array.from({ length: 4 }, () => canary({ ...updated, state: 'applying' }));
    expect(gate([canary(updated), ...applying])).toBe('open');
    expect(gate([canary(updated), ...applying, canary({ state: 'returning' })])).toBe('busy');
  });

  test('is stopped by three that went back, counted since it was resumed', () => {
    expect(gate([canary(back), canary(back), canary({})])).toBe('open');
    const three = [canary(back), canary(back), canary({ ...back, state: 'returning' })];
    expect(gate([...three, canary({})])).toBe('closed');
    const resumed = { ...release, canary: pin('2026.9.6', { resumedAt: '2026-11-29T00:00:00Z' }) };
    expect(gateOf(resumed, 'canary', [canary(back), canary(back), canary(back)])).toBe('open');
  });

  test('is not proven by ill ones where the others went back', () => {
    const ill = canary({ status: 'failed' });
    expect([proven([ill]), proven([back, back].map(canary).concat(ill))]).toEqual([true, false]);
  });

  test('is not proven by being resumed: what went back before proves nothing', () => {
    const resumed = pin('2026.9.6', { resumedAt: '2026-11-29T00:00:00Z' });
    const provenIn = (members: readonly Member[]): boolean =>
      isProven(reportOf(members, 'canary', resumed), resumed, nowMs);
    const well = canary({ ...updated, endedAtMs: nowMs - 2 * 60 * 60_000 });
    const all = [canary(back), canary(back), canary(back)];
    expect([provenIn(all), provenIn([...all, well])]).toEqual([false, true]);
  });

  test('is stopped by one, too, that its owner has stopped since', () => {
    const stopped = canary({ ...back, runs: false });
    expect(gate([canary(back), canary(back), stopped, canary({})])).toBe('closed');
    expect(proven([stopped, stopped, stopped])).toBe(false);
    // One that is stopped keeps nobody waiting.
    const well = canary({ ...updated, endedAtMs: nowMs - 2 * 60 * 60_000 });
    expect(proven([well, stopped])).toBe(true);
  });

  test('that nobody has, and nobody of it is left to try, waits for a person', () => {
    const ill = canary({ status: 'failed' });
    const stopped = canary({ ...back, runs: false });
    const waits = (members: readonly Member[], at = target): boolean =>
      isLeftWithout(reportOf(members, 'canary', at));
    expect(waits([canary(back), canary(back), ill])).toBe(true);
    expect([waits([stopped]), proven([stopped])]).toEqual([true, false]);
    const resumed = pin('2026.9.6', { resumedAt: '2026-11-29T00:00:00Z' });
    expect(waits([canary(back), canary(back), canary(back)], resumed)).toBe(true);
    expect(isProven(reportOf([stopped], 'canary', resumed), resumed, nowMs)).toBe(true);
    // Something follows by itself, or somebody knows already.
    const coming = [{}, updated, { status: 'provisioning' }, { state: 'planned' }] as const;
    for (const other of coming) expect(waits([canary(back), canary(other)])).toBe(false);
    expect(waits([canary(back), canary(back), canary(back)])).toBe(false);
    expect([waits([]), waits([ill])]).toEqual([false, false]);
  });

  test('is closed by hand, without a target, and behind one that is not proven', () => {
    const stopped = { ...release, canary: pin('2026.9.6', { stoppedAt: setAt }) };
    expect(gateOf(stopped, 'canary', [canary({})])).toBe('closed');
    expect(gateOf(release, 'half', [])).toBe('closed');
    const next: Release = { ...release, half: target };
    expect(gateOf(next, 'half', [])).toBe('closed');
    expect(gateOf({ ...next, canary: pin('2026.9.6', { provenAt }) }, 'half', [])).toBe('open');
  });
});
