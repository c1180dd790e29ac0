/** Whether a runtime is to be updated at all, to what, and why. Pure. */
import type { UpdateReason } from '#schemas/contract/updates.ts';
import type { Target, UpdateFacts } from './update.ts';
import { isBelow } from './version.ts';

type Asked = Pick<UpdateFacts, 'facts' | 'current' | 'target' | 'floor' | 'state' | 'update'>;

export interface Owed {
  readonly to: Target;
  readonly why: UpdateReason;
}

export const isBelowFloor = ({ current, floor }: Pick<UpdateFacts, 'current' | 'floor'>): boolean =>
  isBelow(current.version, floor?.version ?? null);

/** Tried and gone back from: only a person, or another image, tries again. */
const hasFailed = ({ state, update }: Asked, image: string): boolean =>
  state === 'rolled_back' && update?.to.image === image;

export const owedUpdate = (asked: Asked): Owed | null => {
  const { target, current, facts } = asked;
  if (target === null || target.image === current.image) return null;
  // It waits for its place, and there is nothing yet that could be updated or gone back to.
  if (facts.deployment.attempt === 0) return null;
  // Never back: an older image would not understand the state.
  if (isBelow(target.version, current.version)) return null;
  if (hasFailed(asked, target.image)) return null;
  return { to: target, why: isBelowFloor(asked) ? 'floor' : 'target' };
};
