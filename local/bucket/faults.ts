/** What a test may turn: how the stand-in answers, never what it has stored. All off by default. */
import * as z from 'zod';

const slowestMs = 300_000;

export const faults = z.strictObject({
  /** The keys may not: 403 `AccessDenied`. */
  denied: z.boolean().default(false),
  /** They may write and read, but not remove. */
  keepsAll: z.boolean().default(false),
  /** Waited before each answer. */
  slowMs: z.int().min(0).max(slowestMs).default(0),
  /** Uploads are cut off after their first bytes, downloads before their last. */
  cutsOff: z.boolean().default(false),
  /** No room for another object: 507, as MinIO says it. */
  full: z.boolean().default(false),
  /** The bucket is elsewhere: 301 `PermanentRedirect`. */
  moved: z.boolean().default(false),
  /** What is read has another last byte than what was written. */
  rots: z.boolean().default(false),
});
export type Faults = z.infer<typeof faults>;

export const noFaults = (): Faults => faults.parse({});
