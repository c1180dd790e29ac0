/**
 * What to do next for a runtime that is to stop or to go: stop → remove → look whether it is gone →
 * try its address → give the slot back → receipt. A service is looked for by name first, because the
 * create that made it may have died before its id was written down. Nothing is called gone that was
 * not looked for: until then it is `deleting`, tried again, and a person is told.
 */
import type { Facts } from '#schemas/record/runtime.ts';
import { retryOrGiveUp, settled } from './timing.ts';
import type { Action, Desired, Moment } from './timing.ts';

export const planSuspension = (desired: Desired, facts: Facts, moment: Moment): Action => {
  if (facts.takedown.state !== null) return settled(moment);
  return nextStep(desired, moment, { facts, act: { kind: 'stop' } });
};

export const planRemoval = (desired: Desired, facts: Facts, moment: Moment): Action => {
  const { state } = facts.takedown;
  if (facts.compose.composeId !== null || state === null) {
    return nextStep(desired, moment, { facts, act: { kind: 'remove' } });
  }
  const { removal, placement } = facts;
  const prove = (action: Action): Action =>
    retryOrGiveUp(desired, moment, { lastAt: removal.observedAt, action });
  // What is left behind still uses the slot's memory and its disk.
  if (removal.emptyAt === null && !desired.declaredGone) return prove({ kind: 'look_gone' });
  if (removal.route === null) return prove({ kind: 'prove_unrouted' });
  if (placement.slotId !== null) return { kind: 'release_slot' };
  return removal.receiptAt === null ? { kind: 'issue_receipt' } : settled(moment);
};

/** Everything was looked for, and the receipt is written down. */
export const isGone = ({ removal }: Pick<Facts, 'removal'>): boolean => removal.receiptAt !== null;

/** Nothing of it was ever made. A service that stood may have been deployed by hand. */
export const neverRan = ({ deployment, removal }: Pick<Facts, 'deployment' | 'removal'>): boolean =>
  deployment.attempt === 0 && removal.target === null;

const nextStep = (
  desired: Desired,
  moment: Moment,
  { facts, act }: { readonly facts: Facts; readonly act: Action },
): Action => {
  const action: Action = facts.compose.composeId === null ? { kind: 'find_compose' } : act;
  return retryOrGiveUp(desired, moment, { lastAt: facts.takedown.observedAt, action });
};
