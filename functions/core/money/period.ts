/**
 * One month on, in UTC: the same day of the next month, or its last day where that day is missing
 * (31 January → 28 or 29 February).
 */
export const oneMonthAfter = (from: Date): Date => {
  const next = new Date(from);
  const day = next.getUTCDate();
  next.setUTCDate(1);
  next.setUTCMonth(next.getUTCMonth() + 1);
  const lastDay = new Date(Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1, 0)).getUTCDate();
  next.setUTCDate(Math.min(day, lastDay));
  return next;
};
