/** Geometry of the overview's plots. Pure: numbers in, places out, in the plot's own units. */

/** A round number at or above `most`, so that the axis has a name: 1, 2 or 5 times a power of ten. */
export const axisTop = (most: number): number => {
  if (most <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= most) ?? 10;
  return step * power;
};

export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One bar a value, side by side, standing on the bottom. */
export const barsOf = (
  values: readonly number[],
  area: { readonly width: number; readonly height: number; readonly top: number },
): readonly Bar[] => {
  const slot = area.width / Math.max(1, values.length);
  const width = Math.max(1, slot * barShare);
  return values.map((value, index) => {
    const height = area.top === 0 ? 0 : (Math.min(value, area.top) / area.top) * area.height;
    return { x: index * slot + (slot - width) / 2, y: area.height - height, width, height };
  });
};
const barShare = 0.7;

/** Places of durations from seconds to days share one axis only as logarithms. 0 ≤ n ≤ 1. */
export const logPlace = (valueMs: number, mostMs: number): number => {
  const least = Math.log10(leastMs);
  const most = Math.max(Math.log10(Math.max(mostMs, leastMs * 10)), least + 1);
  const place = (Math.log10(Math.max(valueMs, leastMs)) - least) / (most - least);
  return Math.min(1, Math.max(0, place));
};
const leastMs = 1_000;

/** Share of the whole, and of the step before, in whole percent; null where there is no whole. */
export const percentOf = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 100);
