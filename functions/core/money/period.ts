/**
 * `months` on, in UTC: the same day of that month, or its last day where that day is missing
 * (31 January → 28 or 29 February). `anchorDay`: the day of the month that is meant, which a shorter
 * month before may have hidden; as a rule the day of `from`.
 */
export const monthsAfter = (from: Date, months: number, anchorDay = from.getUTCDate()): Date => {
  const next = new Date(from);
  next.setUTCDate(1);
  next.setUTCMonth(next.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1, 0)).getUTCDate();
  next.setUTCDate(Math.min(anchorDay, lastDay));
  return next;
};
