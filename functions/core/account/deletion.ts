/**
 * What deleting an account means for a workspace the person is in, and what stays of the person
 * where rows must be kept. Pure.
 */
import type { DeletionObstacle } from '#schemas/contract/account.ts';
import type { OrderFacts } from '#core/order/facts.ts';
import { isOpen } from '#core/order/machine.ts';
import type { RuntimeStatus } from '#schemas/contract/vocabulary.ts';

interface Member {
  readonly userId: string;
  readonly role: string | null;
  readonly confirmed: boolean;
}

/**
 * left: others own it. alone: nobody else is in it. last_owner: others are in it, and none of them
 * owns it. One who was asked and never answered is nobody yet.
 */
export type Standing = 'left' | 'alone' | 'last_owner';

export const standingIn = (members: readonly Member[], userId: string): Standing => {
  const others = members.filter((member) => member.confirmed && member.userId !== userId);
  if (others.some(({ role }) => role === 'owner')) return 'left';
  if (others.length === 0) return 'alone';
  const own = members.find((member) => member.userId === userId);
  return own?.role === 'owner' ? 'last_owner' : 'left';
};

/** Money that is not where it stays: it may still come, has to go back, or something is owed. */
export const isUnderWay = (order: Pick<OrderFacts, 'state' | 'refundState' | 'effects'>): boolean =>
  isOpen(order.state) ||
  order.state === 'paid' ||
  order.state === 'refund_due' ||
  order.state === 'refund_requested' ||
  order.refundState === 'pending' ||
  order.refundState === 'requested' ||
  order.effects.length > 0;

/** Until its machine, its volume and its slot are gone. */
export const isAlive = (runtime: { readonly status: RuntimeStatus }): boolean =>
  runtime.status !== 'deleted';

/** What is to be settled first. */
const firstOf: readonly DeletionObstacle[] = ['order', 'runtime', 'members'];
const codes = {
  order: 'account_order_open',
  runtime: 'account_runtime_left',
  members: 'account_members_left',
} as const;

/** The code to refuse with; null: nothing stands in the way. */
export const refusalFor = (
  obstacles: readonly { readonly kind: DeletionObstacle }[],
): (typeof codes)[DeletionObstacle] | null => {
  const first = firstOf.find((kind) => obstacles.some((each) => each.kind === kind));
  return first === undefined ? null : codes[first];
};

const wordDigits = 12;

/** Stands where the e-mail and the name stood: the same for the same account, and says nothing. */
export const wordFor = (digest: string): string => `deleted-${digest.slice(0, wordDigits)}`;
