/**
 * Brings one order to rest: history complete, effects done, refunds watched, the promise held,
 * expired when its time is up. Safe to run at any time by anyone; an order at rest is not written.
 */
import { delivered } from '#core/order/commands.ts';
import type { Commanded } from '#core/order/commands.ts';
import type { OrderFacts } from '#core/order/facts.ts';
import { isDelivery, withoutEffect } from '#core/order/facts.ts';
import { isOpen } from '#core/order/machine.ts';
import type { Effect } from '#schemas/record/order.ts';
import { carryOutEffects } from './carry-out-effects.ts';
import { changeOrder, recordState } from './change-order.ts';
import type { OrderDeps } from './deps.ts';
import { expireOrder } from './expire-order.ts';
import type { StoredOrder } from './order-row.ts';
import { keepPromise } from './keep-promise.ts';
import { factsOf } from './order-row.ts';
import { watchRefunds } from './watch-refunds.ts';

/** PayApp or a name was not to be had: soon enough to matter, rare enough not to hammer. */
const retryAfterMs = 60_000;
const unknownRetryAfterMs = 5 * 60_000;
/** A task is open; the look is only for the notice that may still come. */
const possiblyPaidRetryAfterMs = 6 * 60 * 60_000;
const roundsAtMost = 8;
/** Whoever made the order due may have a faster clock. */
const clockToleranceMs = 5_000;

/**
 * Writing when to look again is itself a row event: without this, an order that waits would wake its
 * own reconciler for ever, and ask PayApp each time. Every change makes the order due.
 */
const isAsleep = ({ nextCheckAt }: StoredOrder, now: Date): boolean =>
  nextCheckAt !== null && Date.parse(nextCheckAt) > now.getTime() + clockToleranceMs;

export const settleOrder = async (
  deps: OrderDeps,
  orderId: string,
): Promise<'settled' | 'waiting' | 'missing'> => {
  for (let round = 0; round < roundsAtMost; round += 1) {
    const order = await deps.store.get('orders', orderId);
    if (order === null) return 'missing';
    await recordState(deps, order.id, order);
    if (isAsleep(order, deps.clock.now())) return 'waiting';
    const step = await settleStep(deps, order);
    if (step.kind === 'again') continue;
    if (await sleepUntil(deps, order, step)) {
      return step.kind === 'rest' ? 'settled' : 'waiting';
    }
  }
  return 'waiting';
};

type Step =
  { readonly kind: 'again' } | { readonly kind: 'rest' | 'wait'; readonly until: number | null };

const settleStep = async (deps: OrderDeps, order: StoredOrder): Promise<Step> => {
  const now = deps.clock.now().getTime();
  const facts = factsOf(order);
  if (facts.effects.length > 0) {
    const { done, deferred } = await carryOutEffects(deps, order);
    if (done.length > 0) {
      await changeOrder(deps, order.id, {
        actor: 'system',
        decide: (fresh) => strikeOff(fresh, done),
      });
    }
    if (deferred.length === 0) return { kind: 'again' };
    return { kind: 'wait', until: now + retryAfterMs };
  }
  if (!isOpen(order.state)) return settlePaid(deps, order);
  const expiresAt = Date.parse(order.expiresAt);
  if (expiresAt > now) return { kind: 'rest', until: expiresAt };
  switch (await expireOrder(deps, order)) {
    case 'closed':
      return { kind: 'again' };
    case 'possibly_paid':
      return { kind: 'wait', until: now + possiblyPaidRetryAfterMs };
    case 'unknown':
      return { kind: 'wait', until: now + unknownRetryAfterMs };
  }
};

/** Refunds first: an order whose money is on its way back promises nothing. */
const settlePaid = async (deps: OrderDeps, order: StoredOrder): Promise<Step> => {
  const watched = await watchRefunds(deps, order);
  if (watched === 'noted') return { kind: 'again' };
  if (watched !== null) return { kind: 'wait', until: watched };
  const promised = await keepPromise(deps, order);
  if (promised === 'acted') return { kind: 'again' };
  return { kind: 'rest', until: promised };
};

/** Of the row as it is now: an effect that a refund took away meanwhile stays away. */
const strikeOff = (fresh: OrderFacts, done: readonly Effect[]): Commanded => {
  const left = done.reduce(withoutEffect, fresh.effects);
  if (left.length === fresh.effects.length) return { kind: 'unchanged' };
  const moved = done.some(isDelivery) ? delivered(fresh) : { kind: 'unchanged' as const };
  const changes = moved.kind === 'changed' ? moved.changes : {};
  return { kind: 'changed', changes: { ...changes, effects: left } };
};

/**
 * False when the row is not any more the one that was judged: look again. Whoever wrote it meanwhile
 * may have made it due, and putting it to sleep would lose that.
 */
const sleepUntil = async (
  deps: OrderDeps,
  judged: StoredOrder,
  step: Exclude<Step, { kind: 'again' }>,
): Promise<boolean> => {
  const present = judged.nextCheckAt === null ? null : Date.parse(judged.nextCheckAt);
  if (present === step.until) return true;
  const target = { id: judged.id, version: judged.version };
  const nextCheckAt = step.until === null ? null : new Date(step.until).toISOString();
  return (await deps.store.update('orders', target, { nextCheckAt })) !== 'stale';
};
