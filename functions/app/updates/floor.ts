/** The lowest safe version of OpenClaw, and the columns of a runtime that was never updated. */
import { higherFloor } from '#core/update/version.ts';
import type { Release } from '#schemas/record/update.ts';

/** The installation's own, or the one an operator raised, whichever is higher. */
export const floorVersion = (own: string, release: Release): string =>
  higherFloor(own, release.floor?.version ?? null);

export const neverUpdated = {
  ring: null,
  openclawImage: null,
  openclawVersion: null,
  stateOrder: null,
  update: null,
  updateState: null,
  updateDueAt: null,
  quietHour: null,
  timeZone: null,
  updatesHeldUntil: null,
} as const;
