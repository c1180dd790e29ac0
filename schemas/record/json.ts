/** JSON columns: parsed on read with a default for every field, so that old rows always load. */
import type * as z from 'zod/mini';

/** Value of a JSON column; text that cannot be read as JSON or does not fit counts as absent. */
export const readJson = <S extends z.ZodMiniType>(
  schema: S,
  text: string | null,
  fallback: z.infer<S>,
): z.infer<S> => {
  if (text === null || text === '') return fallback;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fallback;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : fallback;
};
