import { expect, test } from 'vitest';
import { noTermYet } from '#tests/support/term-columns.ts';
import { makeWorld } from '#tests/support/world.ts';
import type { World } from '#tests/support/world.ts';
import type { Deployer } from '#ports/runtime.ts';
import { listComposeStatus } from './machines.ts';

/** None of these runtimes has a service, so nothing is asked. */
const deployer = {} as Deployer;

const place = (world: World, runtimeId: string) =>
  world.store.create('runtimes', runtimeId, {
    data: {
      workspaceId: 'team1',
      orderId: 'order1',
      name: 'Research',
      host: 'acme.example.com',
      planKey: 'basic',
      desired: 'suspended',
      status: 'suspended',
      conditions: '[]',
      facts: '{}',
      receipt: null,
      revision: 7,
      paidUntil: world.clock.now().toISOString(),
      verifyRequestedAt: null,
      smokeId: null,
      smokeNonce: null,
      smokeRequestedAt: null,
      restartId: null,
      failures: 0,
      nextCheckAt: null,
      inspectedAtMinute: null,
      ...noTermYet,
    },
    readers: { team: 'team1' },
  });

test('every runtime is reached page by page, with what its removal needs', async () => {
  const world = makeWorld();
  for (let index = 0; index < 26; index += 1) await place(world, `runtime${index}`);
  const first = await listComposeStatus({ store: world.store, deployer }, {});
  if (!first.ok || first.value.nextCursor === null) throw new Error('no second page');
  const cursor = first.value.nextCursor;
  const second = await listComposeStatus({ store: world.store, deployer }, { cursor });
  if (!second.ok) throw new Error(second.error.code);
  const all = [...first.value.runtimes, ...second.value.runtimes];
  expect(new Set(all.map(({ runtimeId }) => runtimeId)).size).toBe(26);
  expect(second.value.nextCursor).toBeNull();
  expect(all[0]).toMatchObject({ runtimeId: 'runtime25', desired: 'suspended', revision: 7 });
});
