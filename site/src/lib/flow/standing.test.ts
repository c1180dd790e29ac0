import { expect, test } from 'vitest';
import { conditionsFixture } from '../gallery/fixtures.ts';
import { inTheWay, provingSince } from './standing.ts';

const typesOf = (...changes: Parameters<typeof conditionsFixture>): readonly string[] =>
  inTheWay(conditionsFixture(...changes)).map(({ type }) => type);

test('a step whose turn has not come is not told of as something that is wrong', () => {
  expect(typesOf({ verified: ['false', 'verify_failed', 'system'] })).toEqual(['verified']);
  expect(typesOf({})).toEqual(['codex_linked']);
});

test('what is broken is told of beside what is next, in the order of the steps', () => {
  const exposed = ['false', 'exposed', 'operator'] as const;
  expect(
    typesOf({ reachable: ['unknown', 'gateway_starting', 'system'], private: exposed }),
  ).toEqual(['reachable', 'private']);
});

test('nothing stands in the way of a runtime that is ready', () => {
  const good = ['true', 'ok', 'none'] as const;
  expect(typesOf({ codex_linked: good, smoke_passed: good })).toEqual([]);
});

test('the wait for the proof runs from the condition that is waited for', () => {
  const sinceOf = (since: string, ...changes: Parameters<typeof conditionsFixture>) =>
    provingSince(
      conditionsFixture(...changes).map((each) =>
        each.value === 'unknown' ? { ...each, since } : each,
      ),
    );
  const later = '2026-11-23T02:00:00.000Z';
  expect(sinceOf(later, { verified: ['unknown', 'in_progress', 'system'] })).toBe(later);
  expect(sinceOf(later, { private: ['unknown', 'exposure_not_tried', 'system'] })).toBe(later);
  expect(sinceOf(later, {})).toBeNull();
  expect(sinceOf(later, { verified: ['false', 'verify_failed', 'system'] })).toBeNull();
  expect(
    sinceOf(later, {
      reachable: ['false', 'agent_unreachable', 'system'],
      verified: ['unknown', 'not_started', 'system'],
    }),
  ).toBeNull();
});
