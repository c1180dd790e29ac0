/** What a person types about a bucket, as the runtime's server wants it. Pure. */
import { bucketGiven } from '#schemas/contract/agent-offsite.ts';
import type { BucketGiven, OffsiteState } from '#schemas/contract/agent-offsite.ts';

export type BucketField = keyof BucketGiven;

/** Addresses are pasted with and without scheme, folders with and without their strokes. */
export const readBucket = (
  typed: BucketGiven,
): { readonly given: BucketGiven } | { readonly wrong: BucketField } => {
  const plain = Object.fromEntries(
    Object.entries(typed).map(([field, text]) => [field, text.trim()]),
  ) as unknown as BucketGiven;
  const address = plain.endpoint.replace(/\/+$/, '');
  const endpoint = /^https?:\/\//i.test(address) ? address : `https://${address}`;
  const prefix = plain.prefix.replace(/^\/+|\/+$/g, '');
  const parsed = bucketGiven.safeParse({ ...plain, endpoint, prefix });
  if (parsed.success) return { given: parsed.data };
  return { wrong: (parsed.error.issues[0]?.path[0] ?? 'endpoint') as BucketField };
};

/** The answer to a click, until the row tells of the same; copies are told by the row. */
export const newestState = (row: OffsiteState, told: OffsiteState | null): OffsiteState =>
  told === null || (row.keyAtMs === told.keyAtMs && row.bucketAtMs === told.bucketAtMs)
    ? row
    : told;
