/** One line of a plan: what a deploy would do to one thing, and what would be lost by it. */

export type Sign = 'create' | 'change' | 'destroy';

export type Kind =
  | 'setting'
  | 'platform'
  | 'team'
  | 'database'
  | 'table'
  | 'column'
  | 'index'
  | 'function'
  | 'variable'
  | 'site'
  | 'domain'
  | 'account'
  | 'migration';

export interface Change {
  readonly sign: Sign;
  readonly kind: Kind;
  /** Path of the thing: `main/orders/note`, `reconcile/DOKPLOY_API_KEY`. */
  readonly name: string;
  readonly detail: string;
  /** What is gone for good; such a change is only made when its name was confirmed. */
  readonly loses?: string;
}

export type Plan = readonly Change[];

export const lossesOf = (plan: Plan): Plan => plan.filter((change) => change.loses !== undefined);

export const ofKind = (plan: Plan, ...kinds: readonly Kind[]): Plan =>
  plan.filter((change) => kinds.includes(change.kind));

/** First part of a name: the function of `reconcile/SITE_URL`. */
export const ownerOf = (change: Change): string => change.name.split('/')[0] ?? '';

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '';

/** As appwrite-cli compares: absent and empty are the same, lists by content. */
export const isSame = (one: unknown, other: unknown): boolean =>
  (isNothing(one) && isNothing(other)) || JSON.stringify(one) === JSON.stringify(other);

const valueAtMost = 60;

const shown = (value: unknown): string => {
  const text = isNothing(value) ? 'none' : JSON.stringify(value);
  return text.length > valueAtMost ? `${text.slice(0, valueAtMost)}…` : text;
};

const isWords = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');

/** What came to a list and what went, so that a long one says more than its beginning. */
const listDifference = (from: readonly string[], to: readonly string[]): string => {
  const come = to.filter((each) => !from.includes(each)).map((each) => `+${each}`);
  const gone = from.filter((each) => !to.includes(each)).map((each) => `-${each}`);
  return [...come, ...gone].join(' ') || 'in another order';
};

export const differs = (name: string, from: unknown, to: unknown): string =>
  isWords(from) && isWords(to)
    ? `${name}: ${listDifference(from, to)}`
    : `${name}: ${shown(from)} → ${shown(to)}`;

/** Differences in the named fields, as words. */
export const fieldDifferences = (
  fields: readonly string[],
  from: Readonly<Record<string, unknown>>,
  to: Readonly<Record<string, unknown>>,
): readonly string[] =>
  fields
    .filter((field) => !isSame(from[field], to[field]))
    .map((field) => differs(field, from[field], to[field]));
