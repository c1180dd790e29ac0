/**
 * What a dearer plan costs for the time that is left: of each stretch of paid time the difference of
 * both plans' prices for the same term, by the whole minutes that are left of it. Whole won, rounded
 * down to tens once, over all: never more than was lived through. Pure.
 */

export interface Stretch {
  /** Between both prices for the whole stretch; what is cheaper costs nothing and gives nothing back. */
  readonly differenceKrw: number;
  readonly leftMs: number;
  /** The stretch as it was bought. */
  readonly lengthMs: number;
}

const minuteMs = 60_000;
const roundedToKrw = 10;

/** Minutes, so that the product stays a safe integer: 10⁸ won × two years of minutes ≈ 10¹⁴. */
const shareOf = ({ differenceKrw, leftMs, lengthMs }: Stretch): number => {
  const length = Math.max(1, Math.floor(lengthMs / minuteMs));
  const left = Math.min(length, Math.max(0, Math.floor(leftMs / minuteMs)));
  return Math.floor((Math.max(0, differenceKrw) * left) / length);
};

export const proratedKrw = (stretches: readonly Stretch[]): number => {
  const sum = stretches.reduce((all, stretch) => all + shareOf(stretch), 0);
  return Math.floor(sum / roundedToKrw) * roundedToKrw;
};
