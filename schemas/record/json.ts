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

/** The same, remembering the last text: within one run a column is read often and changes seldom. */
export const jsonReader = <S extends z.ZodMiniType>(
  schema: S,
  fallback: z.infer<S>,
): ((text: string | null) => z.infer<S>) => {
  let last: { readonly text: string | null; readonly value: z.infer<S> } | null = null;
  return (text) => {
    if (last?.text !== text) last = { text, value: readJson(schema, text, fallback) };
    return last.value;
  };
};
