import { describe, expect, test } from 'vitest';
import type { Delivery } from '#schemas/record/message.ts';
import { afterRound, pauseAfter, refusalsAtMost, triesAtMost, triesBeforeTask } from './round.ts';
import type { RoundFailure } from './round.ts';

const now = new Date('2026-11-27T09:00:00.000Z');
const fresh = { attempts: 0, sentAt: null };
const to = (...states: readonly Delivery['state'][]): readonly Delivery[] =>
  states.map((state, index) => ({ userId: `u${index}`, attempt: 1, state }));

test('it is sent when everybody has it', () => {
  const after = afterRound(fresh, { deliveries: to('sent', 'sent'), failure: null, now });
  const sentAt = now.toISOString();
  expect(after).toMatchObject({ state: 'sent', sentAt, nextAttemptAt: null, raises: false });
});

test('while one is on its way it is looked at again, and that is no try', () => {
  const after = afterRound(fresh, { deliveries: to('sent', 'trying'), failure: null, now });
  expect(after).toMatchObject({ state: 'pending', attempts: 0, sentAt: now.toISOString() });
  expect(after.nextAttemptAt).toBe('2026-11-27T09:01:00.000Z');
});

test('it left when the first one got it, whatever comes of the others', () => {
  const sentAt = '2026-11-26T00:00:00.000Z';
  const deliveries = to('sent', 'failed');
  const after = afterRound({ attempts: 3, sentAt }, { deliveries, failure: 'rejected', now });
  expect(after).toMatchObject({ state: 'pending', sentAt, failureCode: 'rejected' });
});

/** Every round until the end: how long it took, and at which tries a person was told. */
const untilTheEnd = (failure: RoundFailure) => {
  let standing = { attempts: 0, sentAt: null as string | null };
  let at = now;
  const told: number[] = [];
  for (let round = 0; round < 100; round += 1) {
    const after = afterRound(standing, { deliveries: to('failed'), failure, now: at });
    if (after.raises) told.push(after.attempts);
    if (after.nextAttemptAt === null) return { after, told, tookMs: +at - +now };
    standing = after;
    at = new Date(after.nextAttemptAt);
  }
  throw new Error('it never ends');
};

describe('what does not go out', () => {
  test.each([['no_provider'], ['unreachable'], ['no_recipients'], ['stuck']] as const)(
    '%s: a person is told within hours, and it is tried for two weeks',
    (failure) => {
      const { after, told, tookMs } = untilTheEnd(failure);
      expect(after).toMatchObject({ state: 'failed', attempts: triesAtMost, sentAt: null });
      expect(told).toEqual([triesBeforeTask, triesAtMost]);
      expect(tookMs / 86_400_000).toBeGreaterThan(13);
      expect(tookMs / 86_400_000).toBeLessThan(15);
    },
  );

  test('a mail server that says no is asked six times', () => {
    const { after, told } = untilTheEnd('rejected');
    expect(after).toMatchObject({ state: 'failed', attempts: refusalsAtMost });
    expect(told).toEqual([refusalsAtMost]);
  });

  test('the pauses grow up to a day', () => {
    const pauses = Array.from({ length: triesAtMost }, (_, index) => pauseAfter(index + 1));
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses.at(-1)).toBe(86_400_000);
  });
});
