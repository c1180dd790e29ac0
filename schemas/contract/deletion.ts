/**
 * How a runtime goes: asked for by its owner and kept for some days, then taken away for good, and
 * what is shown of that afterwards. Nothing here names a person or a runtime: ids and codes alone,
 * so that it may stay when an account is deleted.
 */
import * as z from 'zod/mini';

/** Days; each is counted from the moment its owner asked. */
export const leaveDays = {
  /** Stopped, data kept, and taken back by one click. */
  kept: 7,
  /** It goes no sooner than this after the message with the date went out. */
  notice: 3,
  /** Where that message cannot be sent at all, it goes then. */
  withoutNotice: 14,
} as const;

const dayMs = 24 * 60 * 60_000;

/** When one that is asked for at `fromMs` goes, if nothing is late. */
export const leavesAtMs = (fromMs: number): number => fromMs + leaveDays.kept * dayMs;

/**
 * customer: its owner asked. unpaid: nobody paid, and both warnings went out. refunded: its money
 * went back, and an operator closed it. operator: an operator, for another reason.
 */
export const deletionReasons = ['customer', 'unpaid', 'refunded', 'operator'] as const;
export type DeletionReason = (typeof deletionReasons)[number];

/** What is looked for after it was taken away, in the order in which it is told. */
export const removedThings = [
  /** Its service at Dokploy, with the files it was deployed from. */
  'service',
  /** Its containers, by its own server's Docker. */
  'containers',
  /** State, workspace, the agent's keys, the scratch space. */
  'volumes',
  /** Lay on its volumes. */
  'backups',
  /** What an update or a restore had put aside; the same. */
  'copies',
  /** Its address, tried from outside. */
  'route',
  /** Its place on the server. */
  'slot',
  /** Copies of its backups in a bucket that its owner had given. Told only where there was one. */
  'bucket',
] as const;
export type RemovedThing = (typeof removedThings)[number];

/**
 * gone: the one who keeps it says that there is none. not_listed: looked for where all of its kind
 * are listed, and not among them. not_shown: deleted by the command that took the containers away,
 * and this Dokploy does not show us volumes. with_volumes: went as the volumes did. no_answer: nothing
 * answered at the address. other_answer: something answered, and it was not this runtime. given_back.
 * yours: nobody but its owner may, and nobody did. never_made: nothing of it ever ran. declared: nobody could look, and an operator answers for it.
 */
export const proofs = [
  'gone',
  'not_listed',
  'not_shown',
  'with_volumes',
  'no_answer',
  'other_answer',
  'given_back',
  'yours',
  'never_made',
  'declared',
] as const;
export type Proof = (typeof proofs)[number];

export const deletionReceipt = z.object({
  runtimeId: z.string(),
  reason: z.enum(deletionReasons),
  /** A user's id, an operator's, or `system`. */
  askedBy: z.string(),
  askedAt: z.string(),
  /** When the last of it was seen to be gone. */
  deletedAt: z.string(),
  lines: z.array(
    z.object({ what: z.enum(removedThings), proof: z.enum(proofs), seenAt: z.string() }),
  ),
  /** The version of OpenClaw that answered last; null = none ever did. */
  version: z.nullable(z.string()),
  /** The newest proven backup, and how many there were. */
  lastBackup: z.nullable(z.object({ backupId: z.string(), madeAt: z.string() })),
  backups: z.number(),
  /** The operator who answers for what nobody could look at. */
  declaredBy: z.nullable(z.string()),
});
export type DeletionReceipt = z.infer<typeof deletionReceipt>;

/** Column `deletion` of a runtime: asked for, and in the end with its receipt. */
export const deletionView = z.object({
  reason: z.enum(deletionReasons),
  askedBy: z.string(),
  askedAt: z.string(),
  /** An operator answers for what cannot be looked at any more. */
  declaredBy: z._default(z.nullable(z.string()), null),
  receipt: z._default(z.nullable(deletionReceipt), null),
});
export type DeletionView = z.infer<typeof deletionView>;

/** Why a deletion cannot be shown to be complete. Each has a text on the operator's page. */
export const removalProblems = [
  'server_unreachable',
  'containers_left',
  'volumes_left',
  /** Its service was deleted by somebody else before anything was noted of it. */
  'service_unknown',
  'still_answers',
] as const;
export type RemovalProblem = (typeof removalProblems)[number];

/** Null: nobody asked. */
export const deletionColumn = z.nullable(deletionView);
