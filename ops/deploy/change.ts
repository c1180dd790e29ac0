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

export const differs = (name: string, from: unknown, to: unknown): string =>
  `${name}: ${shown(from)} → ${shown(to)}`;

/** Differences in the named fields, as words. */
export const fieldDifferences = (
  fields: readonly string[],
  from: Readonly<Record<string, unknown>>,
  to: Readonly<Record<string, unknown>>,
): readonly string[] =>
  fields
    .filter((field) => !isSame(from[field], to[field]))
    .map((field) => differs(field, from[field], to[field]));
