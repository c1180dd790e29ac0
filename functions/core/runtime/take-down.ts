/**
 * What to do next for a runtime that is to stop or to go: stop → look → remove → give the slot
 * back. A service is looked for by name first, because the create that made it may have died before
 * its id was written down.
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
  // Containers that were left behind still use the slot's memory.
  if (facts.placement.slotId === null || state === 'left') return settled(moment);
  return { kind: 'release_slot' };
};

const nextStep = (
  desired: Desired,
  moment: Moment,
  { facts, act }: { readonly facts: Facts; readonly act: Action },
): Action => {
  const action: Action = facts.compose.composeId === null ? { kind: 'find_compose' } : act;
  return retryOrGiveUp(desired, moment, { lastAt: facts.takedown.observedAt, action });
};
