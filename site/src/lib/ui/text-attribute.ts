/**
 * An attribute as the text it is written as. Before Svelte sets what is no text it looks through all
 * properties of that kind of element: milliseconds of a phone's first seconds for each kind, so what
 * the first page sets is text already. The type stays what Svelte's own types ask for.
 */
export const textOf = <Value extends number | boolean>(value: Value): Value =>
  String(value) as unknown as Value;
