/** The small parts: clock, times, events, origins, changes. */
import { describe, expect, test, vi } from 'vitest';
import { createChangeBus } from './changes.ts';
import { movableClock } from './clock.ts';
import { AppwriteError, asAppwriteError } from './errors.ts';
import { eventNames, withAction } from './events.ts';
import { idOrNew, newSecret } from './ids.ts';
import { originAllowed, sameSite } from './origin.ts';
import { DEFAULT_SETTINGS } from '../projects/settings.ts';
import { formatTime } from './time.ts';
import type { Change } from './types.ts';

describe('the movable clock', () => {
  test('work runs when it is due, in order, and not after being cancelled', () => {
    const clock = movableClock(1000);
    const ran: string[] = [];
    clock.after(20, () => {
      ran.push(`late ${clock.now()}`);
    });
    clock.after(10, () => {
      ran.push(`early ${clock.now()}`);
      clock.after(5, () => ran.push(`nested ${clock.now()}`));
    });
    clock.after(10, () => ran.push('never'))();
    clock.advance(30);
    expect(ran).toEqual(['early 1010', 'nested 1015', 'late 1020']);
    expect(clock.now()).toBe(1030);
  });
});

test('times are spelled as on the server', () => {
  expect(formatTime(Date.UTC(2026, 0, 2, 3, 4, 5, 678))).toBe('2026-01-02T03:04:05.678+00:00');
});

test('unique() becomes twenty hex characters, other ids stay', () => {
  expect(idOrNew('unique()')).toMatch(/^[0-9a-f]{20}$/);
  expect(idOrNew('mine')).toBe('mine');
  expect(newSecret(7)).toMatch(/^[0-9a-f]{7}$/);
});

describe('events', () => {
  test('the plain action comes first, stars after', () => {
    expect(eventNames({ path: ['users', 'a'], action: 'update', detail: 'name' })).toEqual([
      'users.a.update',
      'users.a.update.name',
      'users.a',
      'users.*.update',
      'users.*.update.name',
      'users.*',
    ]);
  });

  test('inner resources are starred in every combination', () => {
    const names = eventNames({ path: ['teams', 't', 'memberships', 'm'], action: 'create' });
    expect(names[0]).toBe('teams.t.memberships.m.create');
    expect(names).toContain('teams.*.memberships.m.create');
    expect(names).toContain('teams.t.memberships.*.create');
    expect(names).toContain('teams.*.memberships.*.create');
  });

  test('channels carry their action behind them', () => {
    expect(withAction(['account'], 'update')).toEqual(['account', 'account.update']);
  });
});

describe('origins', () => {
  const project = {
    id: 'p',
    name: 'p',
    platforms: ['app.example.com', '*.wild.example'],
    settings: DEFAULT_SETTINGS,
  };
  test.each([
    ['http://localhost:5173', true],
    ['https://app.example.com', true],
    ['https://a.wild.example:444', true],
    ['https://wild.example', false],
    ['https://evil.example', false],
    ['https://xapp.example.com', false],
    ['null', false],
  ])('%s allowed: %s', (origin, allowed) => {
    expect(originAllowed(project, origin, new Set())).toBe(allowed);
  });

  test.each([
    ['api.shop.localhost', 'shop.localhost', true],
    ['localhost', 'localhost', false],
    ['127.0.0.1', '127.0.0.1', false],
    ['api.example.com', 'example.org', false],
  ])('%s and %s are one site: %s', (first, second, same) => {
    expect(sameSite(first, second)).toBe(same);
  });
});

describe('failures', () => {
  test('an unexpected one is reported and tells the caller nothing', () => {
    const report = vi.fn();
    const cause = new Error('disk on fire');
    const answer = asAppwriteError(cause, report);
    expect([answer.code, answer.type, answer.message]).toEqual([
      500,
      'general_unknown',
      'Server Error',
    ]);
    expect(report).toHaveBeenCalledWith(cause);
  });

  test('values go into the places of the message', () => {
    expect(AppwriteError.of('row_not_found', 'r1').message).toBe(
      "Row with the requested ID 'r1' could not be found.",
    );
  });
});

test('a listener that throws does not keep others from hearing', () => {
  const report = vi.fn();
  const bus = createChangeBus(report);
  const heard: string[] = [];
  bus.subscribe(() => {
    throw new Error('deaf');
  });
  const stop = bus.subscribe((change) => heard.push(change.userId));
  const change: Change = {
    projectId: 'p',
    events: [],
    functionEvents: [],
    channels: [],
    roles: [],
    payload: {},
    userId: 'u',
  };
  bus.publish(change);
  stop();
  bus.publish(change);
  expect(heard).toEqual(['u']);
  expect(report).toHaveBeenCalledTimes(2);
});
