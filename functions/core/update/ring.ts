/**
 * Which ring a runtime is updated in, and what that ring asks of it. From the runtime's id alone, so
 * that it needs no writing and never moves; an operator may put it elsewhere. Pure.
 */
import type { UpdateRing } from '#schemas/contract/updates.ts';
import { updateRings } from '#schemas/contract/updates.ts';
import type { Release, RingPin } from '#schemas/record/update.ts';
import { ringsBefore } from '#schemas/record/update.ts';
import { isBelow } from './version.ts';

/** One in twenty goes first, then as many as are left of half of them. */
const canaryShare = 0.05;
const halfShare = 0.5;

/** Other digits than those of the runtime's own day: a ring is not one hour of it. */
export const ringOf = (runtimeId: string, chosen: UpdateRing | null): UpdateRing => {
  if (chosen !== null) return chosen;
  const number = Number.parseInt(runtimeId.slice(8, 14), 16);
  const share = Number.isNaN(number) ? 1 : number / 0x1_00_00_00;
  if (share < canaryShare) return 'canary';
  return share < halfShare ? 'half' : 'all';
};

/**
 * What a ring is to run. One whose own pin is below the floor follows the nearest ring before it
 * that is not: raising the floor moves everybody, in the same order as ever.
 */
export const targetOf = (release: Release, ring: UpdateRing): RingPin | null => {
  const own = release[ring];
  const floor = release.floor?.version ?? null;
  if (own !== null && !isBelow(own.version, floor)) return own;
  const safe = (earlier: UpdateRing): boolean => {
    const pin = release[earlier];
    return pin !== null && !isBelow(pin.version, floor);
  };
  const followed = floor === null ? undefined : ringsBefore(ring).findLast(safe);
  return followed === undefined ? own : release[followed];
};

/** Rings that have to be proven on `image` before `ring` may begin with it, and are not. */
export const ringsAwaited = (
  release: Release,
  ring: UpdateRing,
  image: string,
): readonly UpdateRing[] =>
  ringsBefore(ring).filter((earlier) => {
    const pin = targetOf(release, earlier);
    return pin?.image !== image || pin.provenAt === null;
  });

export const isRing = (name: string): name is UpdateRing =>
  (updateRings as readonly string[]).includes(name);
