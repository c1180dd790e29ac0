/** What a runtime that was just paid for begins with: what the fleet has shown to work. Pure. */
import type { Release } from '#schemas/record/update.ts';
import { ringsAwaited } from './ring.ts';
import { isBelow } from './version.ts';

export interface FirstImage {
  readonly openclawImage: string;
  readonly openclawVersion: string;
}

/**
 * The last ring's target once the rings before it have proven it. Before that only where the floor
 * leaves no choice: nothing begins below it. Null: the installation's own image.
 */
export const firstImage = (release: Release): FirstImage | null => {
  const floor = release.floor?.version ?? null;
  const isProven =
    release.all !== null && ringsAwaited(release, 'all', release.all.image).length === 0;
  const pins = isProven ? [release.all] : [];
  const forced = release.floor === null ? [] : [release.all, release.half, release.canary];
  const found = [...pins, ...forced].find((pin) => pin !== null && !isBelow(pin.version, floor));
  return found == null ? null : { openclawImage: found.image, openclawVersion: found.version };
};
