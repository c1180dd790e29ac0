/** A running runtime whose member may agree to be charged, over the small world; days pass by hand. */
import { settleAutopays } from '#app/autopay/settle.ts';
import { startAutopay } from '#app/autopay/start.ts';
import { stopAutopay } from '#app/autopay/stop-by-member.ts';
import { settleTerms } from '#app/terms/settle-terms.ts';
import type { Stored } from '#ports/store.ts';
import { bringUp, customer, paidOrder, sweep, workspaceOf } from './shop.ts';
import { deliver, makeWorld } from './world.ts';
import type { World } from './world.ts';

export const dayMs = 24 * 60 * 60_000;
/** The runtime is paid until then; the agreement is made three days before, on the 20th. */
const endMs = Date.parse('2026-12-23T09:00:00.000Z');
export const phone = '010-1234-5678';
export const agreed = { priceKrw: 39_000, chargeDay: 20 };

export type Stage = Awaited<ReturnType<typeof makeStage>>;

const isCharged = ({ planSnapshot }: { readonly planSnapshot: string }): boolean =>
  planSnapshot.includes('autopayId');

export const makeStage = async () => {
  const world = { ...makeWorld(), recurring: true };
  const { runtimeId } = await paidOrder(world, await workspaceOf(world));
  await bringUp(world, runtimeId, { status: 'ready', receipt: '{}' });
  world.clock.advance(endMs - 3 * dayMs - world.clock.now().getTime());
  return { world, runtimeId, ...seenIn(world, runtimeId), ...livedIn(world, runtimeId) };
};

const found = <T>(row: T | undefined): T => {
  if (row === undefined) throw new Error('not there');
  return row;
};

const seenIn = (world: World, runtimeId: string) => {
  const renewals = () => world.store.rows('orders').filter(({ purpose }) => purpose === 'renew');
  return {
    runtime: () => found(world.store.rows('runtimes').find(({ id }) => id === runtimeId)),
    agreements: () => world.store.rows('autopays'),
    agreement: (): Stored<'autopays'> => found(world.store.rows('autopays').at(-1)),
    /** Of payments that PayApp made by itself. */
    orders: () => renewals().filter(isCharged),
    /** What can be paid by hand. */
    payable: () =>
      renewals().filter((order) => !isCharged(order) && order.state === 'awaiting_payment'),
    tasks: () => world.store.rows('tasks').map(({ kind }) => kind),
    told: () => world.store.rows('messages').map(({ kind }) => kind),
    payApp: () => world.payments.recurring,
    stateThere: () => [...world.payments.recurring.all.values()].map(({ state }) => state),
  };
};

const livedIn = (world: World & { readonly recurring: boolean }, runtimeId: string) => {
  const run = async (): Promise<void> => {
    await sweep(world);
    await settleAutopays(world);
    await settleTerms(world);
    await sweep(world);
  };
  /** Days after the end of the term, four looks a day; what is written down goes out. */
  const liveUntil = async (day: number): Promise<void> => {
    const untilMs = endMs + day * dayMs;
    while (world.clock.now().getTime() < untilMs) {
      world.clock.advance(Math.min(dayMs / 4, untilMs - world.clock.now().getTime()));
      await run();
      const sentAt = world.clock.now().toISOString();
      for (const { id, version, sentAt: known } of world.store.rows('messages')) {
        if (known === null) await world.store.update('messages', { id, version }, { sentAt });
      }
    }
  };
  const start = () => startAutopay(world, customer, { runtimeId, phone, agreed });
  const stop = () => {
    const autopayId = found(world.store.rows('autopays').at(-1)).id;
    return stopAutopay(world, customer, { autopayId });
  };
  /** PayApp charges and tells it `times` times. */
  const charge = async (times = 1, priceKrw?: number): Promise<string> => {
    const { recurring } = world.payments;
    const told = recurring.charge(recurring.only(), world.clock.now(), priceKrw);
    for (let time = 0; time < times; time += 1) await deliver(world, told.autopayId, told.notice);
    return told.notice.mulNo;
  };
  const begin = async (): Promise<void> => {
    if (!(await start()).ok) throw new Error('not agreed');
    await charge();
    await run();
  };
  return { run, liveUntil, start, stop, charge, begin };
};
