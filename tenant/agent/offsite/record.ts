/** What the agent remembers of it: `offsite.json`, mode 0600, beside its other keys. Never printed. */
import * as z from 'zod/mini';
import { backupOrigins } from '#schemas/contract/agent-backup.ts';
import { bucketGiven, offsiteCodes, recipientPattern } from '#schemas/contract/agent-offsite.ts';

export const copyRecord = z.object({
  backupId: z.string(),
  origin: z.enum(backupOrigins),
  madeAtMs: z.number(),
  /** Its name in the bucket. */
  object: z.string(),
  /** `copying` is written down before the first byte goes: what a kill leaves there is known. */
  state: z.enum(['copying', 'copied', 'failed']),
  code: z.nullable(z.enum(offsiteCodes)),
  atMs: z.number(),
});
export type CopyRecord = z.infer<typeof copyRecord>;

export const offsiteRecord = z.object({
  key: z.nullable(
    z.object({ recipient: z.string().check(z.regex(recipientPattern)), atMs: z.number() }),
  ),
  bucket: z.nullable(z.object({ given: bucketGiven, atMs: z.number() })),
  copies: z.array(copyRecord),
  owedSinceMs: z.nullable(z.number()),
});
export type OffsiteRecord = z.infer<typeof offsiteRecord>;

export const nothing: OffsiteRecord = { key: null, bucket: null, copies: [], owedSinceMs: null };
