/**
 * Backups off the machine: the recovery key that opens them elsewhere, and the customer's own bucket
 * that they are copied to. Spoken between the tenant's agent and an owner's browser alone; what the
 * control plane reads of it (`offsiteState`) is states, codes and times. docs/adr/0025-bucket.md.
 *
 * `offsite`: fetched with the ticket as bearer, body `offsiteRequest`. 200 `offsiteAnswer`. Refused:
 * `recovery_key_missing` (a bucket before a key), a code of `offsiteCodes` (the bucket was tried and
 * nothing was changed), `body_invalid`, `ticket_*`, `origin_refused`, `runtime_suspended`.
 */
import * as z from 'zod/mini';

/** Why a bucket was not taken, or a copy did not get there. */
export const offsiteCodes = [
  /** Its name does not resolve, nothing answers there, or the answer took too long. */
  'bucket_unreachable',
  /** The keys are wrong, or may not write, read or remove there. */
  'bucket_denied',
  'bucket_missing',
  /** The bucket is in another region, or answers at another address. */
  'bucket_misdirected',
  /** The provider's own limit or quota. */
  'bucket_full',
  /** An address of a private network, of this machine or of a cloud's metadata. */
  'bucket_forbidden',
  /** What was read back is not what was written. */
  'bucket_mismatch',
  /** Over 5 GB: more than one request may carry. */
  'bucket_too_large',
  /** Another answer, such as that of a server that is no S3. */
  'bucket_refused',
] as const;
export type OffsiteCode = (typeof offsiteCodes)[number];

/** The most that goes up by a single request. */
export const maxOffsiteBytes = 5_000_000_000;

export const copyStates = ['waiting', 'copying', 'copied', 'failed'] as const;
export const copyView = z.object({
  state: z.enum(copyStates),
  /** Why it failed last. */
  code: z.nullable(z.enum(offsiteCodes)),
  /** Of this state, by the tenant's clock, epoch ms. */
  atMs: z.number(),
});
export type CopyView = z.infer<typeof copyView>;

/** What the control plane knows of it. */
export const offsiteState = z.object({
  /** Since when backups are sealed to the recovery key that is set now; null = none is. */
  keyAtMs: z.nullable(z.number()),
  /** Since when there is a bucket; null = none. */
  bucketAtMs: z.nullable(z.number()),
  /** Of the newest backup that belongs there; null = none does so far. */
  newest: z.nullable(copyView),
  /** Since when a proven backup has not got there; null = all have. */
  owedSinceMs: z.nullable(z.number()),
});
export type OffsiteState = z.infer<typeof offsiteState>;
export const noOffsite: OffsiteState = {
  ...{ keyAtMs: null, bucketAtMs: null, newest: null, owedSinceMs: null },
};

/** A host of the S3 API, without a path, such as `https://s3.ap-northeast-2.amazonaws.com`. */
const endpoint = z.string().check(
  z.maxLength(255),
  z.refine((value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, origin } = new URL(value);
    return ['https:', 'http:'].includes(protocol) && origin === value.replace(/\/$/, '');
  }),
);
/** Names that are the same in an address, in a signature and in a list. */
const bucketName = z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/));
const prefix = z
  .string()
  .check(z.regex(/^(?!.*(?:^|\/)\.{0,2}(?:\/|$))[A-Za-z0-9._/-]{1,200}$|^$/));
const printable = (max: number) => z.string().check(z.regex(/^[\x21-\x7e]+$/), z.maxLength(max));

export const bucketGiven = z.object({
  endpoint,
  region: z.string().check(z.regex(/^[a-z0-9-]{1,64}$/)),
  bucket: bucketName,
  /** Folders before the runtime's own; '' = none. */
  prefix,
  accessKeyId: printable(128),
  secretAccessKey: printable(256),
});
export type BucketGiven = z.infer<typeof bucketGiven>;

/** The public half of an age identity (X25519). */
export const recipientPattern = /^age1[02-9ac-hj-np-z]{58}$/;
/** The identity itself: it goes to an agent with a sealed file to be imported, and nowhere else. */
export const identityPattern = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/;

export const offsiteRequest = z.discriminatedUnion('do', [
  z.object({ do: z.literal('look') }),
  z.object({ do: z.literal('set_key'), recipient: z.string().check(z.regex(recipientPattern)) }),
  z.object({ do: z.literal('set_bucket'), bucket: bucketGiven }),
  /** What is there stays there. */
  z.object({ do: z.literal('remove_bucket') }),
]);
export type OffsiteRequest = z.infer<typeof offsiteRequest>;

/** What an owner is shown again: never the secret, and of the key's id the end alone. */
export const bucketShown = z.object({
  endpoint: z.string(),
  region: z.string(),
  bucket: z.string(),
  /** With the runtime's own folder. */
  prefix: z.string(),
  keyIdEnd: z.string().check(z.maxLength(4)),
});
export type BucketShown = z.infer<typeof bucketShown>;

export const offsiteAnswer = z.object({
  state: offsiteState,
  recipient: z.nullable(z.string()),
  bucket: z.nullable(bucketShown),
});
export type OffsiteAnswer = z.infer<typeof offsiteAnswer>;
