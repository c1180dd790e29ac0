import { expect, test } from 'vitest';
import type { Operation } from '#schemas/contract/operation.ts';
import * as billing from '#schemas/contract/operator-billing.ts';
import * as contract from '#schemas/contract/operator.ts';
import * as figures from '#schemas/contract/operator-overview.ts';
import * as fleet from '#schemas/contract/operator-fleet.ts';
import * as machines from '#schemas/contract/operator-runtimes.ts';
import * as updates from '#schemas/contract/operator-updates.ts';
import { helpEntries } from '#schemas/contract/operator-help.ts';
import type * as z from 'zod/mini';
import { makeWorld } from '#tests/support/world.ts';
import { answerHelp } from './help.ts';
import { createInvite } from './invites.ts';

type AnyOperation = Operation<z.ZodMiniType, z.ZodMiniType>;
const isOperation = (value: unknown): value is AnyOperation =>
  typeof value === 'object' && value !== null && 'path' in value && 'function' in value;

test('every operation of the operator is told once, and nothing else', () => {
  const paths = Object.values({
    ...contract,
    ...billing,
    ...figures,
    ...machines,
    ...updates,
    ...fleet,
  }).flatMap((value) => (isOperation(value) ? value.path : []));
  const told = helpEntries.map(({ operation }) => operation.path);
  expect(told.toSorted()).toEqual(paths.toSorted());
});

test.each(helpEntries.map((entry) => [entry.operation.path, entry] as const))(
  'the sample of %s is a body it takes',
  (_, { operation, sample, what }) => {
    expect(operation.body.safeParse(sample).error).toBeUndefined();
    expect(what).toMatch(/^[A-Z].*\.$/);
  },
);

test('samples carry the ids of rows that exist, and only such', async () => {
  const world = makeWorld();
  const bodyOf = async (path: string) => {
    const help = await answerHelp(world);
    if (!help.ok) throw new Error(help.error.code);
    return help.value.operations.find((operation) => operation.path === path)?.body;
  };
  expect(await bodyOf('/invites/revoke')).toEqual({ inviteId: 'INVITE-ID' });
  const made = await createInvite(world, 'console', {});
  if (!made.ok) throw new Error(made.error.code);
  expect(await bodyOf('/invites/revoke')).toEqual({ inviteId: made.value.inviteId });
  expect(JSON.stringify(await answerHelp(world))).not.toContain(made.value.token);
});

test('a guarded sample never names what it would take away', () => {
  const guarded = helpEntries.filter(({ effect }) => effect === 'guarded');
  expect(guarded.length).toBeGreaterThan(1);
  for (const { sample } of guarded) {
    expect(sample).toHaveProperty('confirmation', 'TYPE THE ID HERE');
  }
});
