/** Looks a caller's word up in a table of ours; `constructor` is in none of them. */
export const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
