import { expect, test } from 'vitest';
import { runtimeStatuses } from '#schemas/contract/vocabulary.ts';
import { conditionsFixture } from '../gallery/fixtures.ts';
import { entranceOf } from './entrance.ts';

const good = conditionsFixture({});
const look = (changes: Partial<Parameters<typeof entranceOf>[0]>) =>
  entranceOf({ runtime: { status: 'ready' }, conditions: good, mayEnter: true, ...changes });

test('who may enter opens a verified runtime, before and after its first smoke', () => {
  expect(look({})).toBe('open');
  expect(look({ runtime: { status: 'auth_required' } })).toBe('open');
});

test('everybody else reads why not', () => {
  expect(look({ mayEnter: false })).toBe('not_role');
});

test('nobody opens what is not proven, or not closed to strangers', () => {
  const unverified = conditionsFixture({ verified: ['false', 'verify_failed', 'system'] });
  const silent = conditionsFixture({ reachable: ['false', 'agent_unreachable', 'system'] });
  const exposed = conditionsFixture({ private: ['false', 'exposed', 'operator'] });
  expect(look({ conditions: unverified })).toBe('not_verified');
  expect(look({ conditions: silent })).toBe('not_verified');
  expect(look({ conditions: [] })).toBe('not_verified');
  expect(look({ conditions: exposed })).toBe('exposed');
  const untried = conditionsFixture({ private: ['unknown', 'exposure_not_tried', 'system'] });
  expect(look({ conditions: untried })).toBe('not_private');
});

test.each(['suspended', 'deleting', 'deleted'] as const)('%s stands still', (status) => {
  expect(runtimeStatuses).toContain(status);
  expect(look({ runtime: { status } })).toBe('stopped');
});
