/** OpenClaw versions are dates, `2026.9.6`, sometimes with a suffix, which counts as below. Pure. */
const shape = /^v?(\d{4})\.(\d{1,2})\.(\d{1,3})([-+].*)?$/;

/** Negative, 0 or positive as of `Array.sort`; null when one of the two is no such version. */
export const compareVersions = (left: string, right: string): number | null => {
  const [a, b] = [shape.exec(left), shape.exec(right)];
  if (a === null || b === null) return null;
  for (const part of [1, 2, 3]) {
    const difference = Number(a[part]) - Number(b[part]);
    if (difference !== 0) return difference;
  }
  return rankOf(a[4]) - rankOf(b[4]);
};

const rankOf = (suffix: string | undefined): number => (suffix?.startsWith('-') === true ? 0 : 1);

/** False too where it cannot be told: what is unknown is not called unsafe. */
export const isBelow = (version: string | null, floor: string | null): boolean => {
  if (version === null || floor === null) return false;
  const order = compareVersions(version, floor);
  return order !== null && order < 0;
};

/** The higher of two floors. */
export const higherFloor = (left: string, right: string | null): string =>
  right !== null && isBelow(left, right) ? right : left;
