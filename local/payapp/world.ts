/**
 * What the commands, the pages and the control calls share: memory, sender, clock, own address.
 * Guarantees: a request's new state is on disk before anyone is told about it.
 */
import { randomInt } from 'node:crypto';
import { noticeFields } from './notice.ts';
import type { Event, Method, PayRequest } from './request.ts';
import { advance } from './request.ts';
import type { Sender } from './sender.ts';
import type { Store } from './store.ts';

export interface World {
  readonly store: Store;
  readonly sender: Sender;
  /** Sandbox time: real time plus the shift. */
  readonly now: () => number;
  /** Base of pay links, without a slash at the end; known once the server listens. */
  publicUrl: string;
}

/** Applies an event, keeps the result, and queues the notice with this `pay_state`. */
export function apply(world: World, request: PayRequest, event: Event): PayRequest | undefined {
  const next = advance(request, event, world.now());
  if (next === undefined) return undefined;
  keepAndAnnounce(world, next, payStateAfter(world, next, event));
  return next;
}

/** State and notice are written together, so a crash cannot keep one without the other. */
export function keepAndAnnounce(world: World, next: PayRequest, payState: string): void {
  world.store.together(() => {
    world.store.put(next);
    announce(world, next, payState);
  });
}

function announce(world: World, request: PayRequest, payState: string): void {
  const { store, sender, publicUrl } = world;
  const fields = noticeFields(request, payState, { seller: store.state.seller, publicUrl });
  const isPart = payState === '70' || payState === '71';
  const saysCancelled = isPart && store.faultsFor(request.recvphone).partPrice === 'cancelled';
  const price = saysCancelled ? request.refundedKrw : request.priceKrw;
  sender.enqueue(request, { ...fields, price: String(price) });
}

/** `pay_state` by event; 8 or 16, 9 or 64 is the fault plan's choice, as sources disagree. */
function payStateAfter(world: World, request: PayRequest, event: Event): string {
  const { cancelState, refundState } = world.store.faultsFor(request.recvphone);
  switch (event.kind) {
    case 'account_issued':
      return '10';
    case 'paid':
    case 'deposited':
      return '4';
    case 'cancelled':
      return cancelState;
    case 'refunded':
      return request.status === 'refunded' ? refundState : '70';
  }
}

export function choose(world: World, request: PayRequest, method: Method): PayRequest | undefined {
  const digits = (count: number): string =>
    Array.from({ length: count }, () => String(randomInt(10))).join('');
  return method === 'vbank'
    ? apply(world, request, { kind: 'account_issued', accountNumber: `990${digits(11)}` })
    : apply(world, request, { kind: 'paid', method, approvalNumber: digits(8) });
}
