/** Row `openclaw` of `settings`: which version each ring is to run, and the lowest safe one. */
import * as z from 'zod/mini';
import { releaseVersion, updateRecord, updateRings } from '../contract/updates.ts';
import type { UpdateRing } from '../contract/updates.ts';

/** Column `update` of `runtimes`; null: it was never updated. */
export const newestUpdate = z.nullable(updateRecord);

export const releaseRow = 'openclaw';

/** How many of one ring may be under way at once: one until the first of them is proven. */
export const underWayAtMost = 5;
/** So many of a ring that went back stop it. */
export const failuresAtMost = 3;
/** So many that are proven are enough for the next ring, and all where a ring has fewer. */
export const provenEnough = 3;

const pin = z.object({
  image: z.string(),
  version: releaseVersion,
  setAt: z.string(),
  /** Hours between the notice and the update. */
  noticeHours: z._default(z.number(), 24),
  /** Minutes between the last one that was proven and the next ring. */
  soakMinutes: z._default(z.number(), 360),
  /** An operator stopped it. */
  stoppedAt: z._default(z.nullable(z.string()), null),
  /** Failures of before count no more. */
  resumedAt: z._default(z.nullable(z.string()), null),
  /** Enough of this ring run it and are proven. */
  provenAt: z._default(z.nullable(z.string()), null),
});
export type RingPin = z.infer<typeof pin>;

const absentPin = z._default(z.nullable(pin), null);

const floor = z.object({
  version: releaseVersion,
  raisedAt: z.string(),
  /** Hours for which an update may still be held. */
  graceHours: z._default(z.number(), 72),
});
export type VersionFloor = z.infer<typeof floor>;

export const release = z.object({
  canary: absentPin,
  half: absentPin,
  all: absentPin,
  floor: z._default(z.nullable(floor), null),
});
export type Release = z.infer<typeof release>;
export const noRelease: Release = release.parse({});

/** Rings before this one. */
export const ringsBefore = (ring: UpdateRing): readonly UpdateRing[] =>
  updateRings.slice(0, updateRings.indexOf(ring));
