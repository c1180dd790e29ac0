/** Twenty runtimes of one server that are `ready`, by the product's own hand, in calm weather. */
import { derivedId } from '../ports.ts';
import type { Functions } from '../functions.ts';
import { calm } from '../weather.ts';
import { epochMs } from '../world.ts';
import type { Account } from '#ports/accounts.ts';
import { noFacts } from '#schemas/record/runtime.ts';
import type { UpdateRing } from '#schemas/contract/updates.ts';
import { noTermYet } from '#tests/support/term-columns.ts';

export const fleetSize = 20;
export const owner: Account = { userId: 'u1', email: 'mina@example.com', name: 'Mina', labels: [] };
const workspaceId = 'w1';
const minutesAtMost = 30;

/** Sorted into rings by hand, so that each has somebody. */
const ringOf = (number: number, canaries: number): UpdateRing => {
  if (number < canaries) return 'canary';
  return number < 11 ? 'half' : 'all';
};

const openServer = ({ world }: Functions, createdAt: string): void => {
  const place = { dokployServerId: null, region: 'kr', slotMemoryMiB: 4096, slots: fleetSize };
  const data = { ...place, state: 'open' as const, full: false, lostSince: null };
  world.rows.create('servers', 'own', { data, readers: 'functions', createdAt });
};

/** Paid, so that it may be started again. */
const openOrder = ({ world }: Functions, number: number, createdAt: string): void => {
  const plan = { planKey: 'basic', planVersion: 1, planSnapshot: '{}', priceKrw: 39_000 };
  const names = { userId: owner.userId, runtimeId: runtimeIdOf(number), runtimeName: `R${number}` };
  const unset = { payUrl: null, failureCode: null, nextCheckAt: null, receiptUrl: null };
  const paid = { mulNo: `${number}`, paidAt: createdAt, paidKrw: 39_000, payType: null };
  const never = { refundedKrw: null, refundState: null, refunds: null, changedBy: null };
  const done = { promisedBy: null, promiseStage: null, purpose: null, expiresAt: createdAt };
  const data = {
    ...{ workspaceId, state: 'fulfilled' as const, revision: 1, requestNo: 1 },
    ...{ supersededMulNos: '[]', effects: '[]' },
    ...{ ...plan, ...names, ...unset, ...paid, ...never, ...done },
  };
  world.rows.create('orders', `o${number}`, { data, readers: { team: workspaceId }, createdAt });
};

const runtimeIdOf = (number: number): string => derivedId('runtime', String(number)).slice(0, 24);

interface Opened {
  readonly number: number;
  readonly ring: UpdateRing;
  readonly createdAt: string;
}

const openRuntime = ({ world }: Functions, { number, ring, createdAt }: Opened): void => {
  const { random, rows } = world;
  const quietHour = random.pick([null, null, random.int(0, 23)]);
  const empty = { receipt: null, verifyRequestedAt: null, restartId: null, conditions: '[]' };
  const data = {
    ...noTermYet,
    ...empty,
    ...{ workspaceId, orderId: `o${number}`, name: `R${number}`, host: `r${number}.run.example` },
    ...{ planKey: 'basic' as const, desired: 'running' as const, status: 'provisioning' as const },
    ...{ facts: JSON.stringify(noFacts), revision: 1, failures: 0, nextCheckAt: createdAt },
    ...{ paidUntil: new Date(epochMs + 400 * 86_400_000).toISOString() },
    ...{ smokeId: null, smokeNonce: null, smokeRequestedAt: null },
    // In one minute of the hour: sixty looks would only take time.
    ...{ inspectedAtMinute: 0, ring, quietHour },
    ...{ timeZone: quietHour === null ? null : random.pick(['Asia/Seoul', 'Europe/Berlin']) },
  };
  rows.create('runtimes', runtimeIdOf(number), { data, readers: { team: workspaceId }, createdAt });
};

/** `sweepOn`: one sweep, and the minute it has. */
export const openFleet = async (
  functions: Functions,
  sweepOn: () => Promise<void>,
): Promise<void> => {
  const { world, machines } = functions;
  const createdAt = new Date(epochMs).toISOString();
  world.weather = calm;
  world.teams.set(workspaceId, new Map([[owner.userId, 'owner']]));
  openServer(functions, createdAt);
  // Fewer than a ring takes to be stopped by failures, in some.
  const canaries = world.random.pick([2, 5]);
  for (let number = 0; number < fleetSize; number += 1) {
    openOrder(functions, number, createdAt);
    openRuntime(functions, { number, ring: ringOf(number, canaries), createdAt });
  }
  const all = () => world.rows.all('runtimes');
  const until = async (status: string): Promise<void> => {
    for (let minute = 0; minute < minutesAtMost; minute += 1) {
      if (all().every((row) => row.status === status)) return;
      await sweepOn();
    }
    throw new Error(
      `the fleet is not ${status}: ${all()
        .map((row) => row.status)
        .join()}`,
    );
  };
  await until('auth_required');
  for (const { id, version } of all()) {
    const tenant = machines.tenant(id);
    tenant.codex = 'ok';
    tenant.loginId = world.random.hex(12);
    const nextCheckAt = new Date(world.nowMs).toISOString();
    const smoke = { smokeId: `first-${id}`, smokeNonce: 'n'.repeat(20), nextCheckAt };
    world.rows.update('runtimes', { id, version }, smoke);
  }
  await until('ready');
};
