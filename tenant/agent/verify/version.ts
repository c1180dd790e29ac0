/** OpenClaw versions are dates, `2026.9.6`, sometimes with a suffix. Pure. */
const shape = /^v?(\d{4})\.(\d{1,2})\.(\d{1,3})(?:[-+].*)?$/;

function partsOf(version: string): readonly number[] | null {
  const match = shape.exec(version);
  return match && match.slice(1, 4).map(Number);
}

/** Null when one of the two is not such a version. A suffix (`-beta.1`) counts as below. */
export function isAtLeast(version: string, floor: string): boolean | null {
  const [have, need] = [partsOf(version), partsOf(floor)];
  if (have === null || need === null) return null;
  const differing = have.findIndex((part, index) => part !== need[index]);
  if (differing === -1) return !version.includes('-');
  return (have[differing] ?? 0) > (need[differing] ?? 0);
}
