/**
 * Rows as a member may read them (columns the pages use, others are ignored), for reading through
 * the web SDK. JSON columns stay text in the row and are parsed with the `…View` schemas below.
 */
import * as z from 'zod/mini';
import { endedAttempt } from './agent.ts';
import { suspensionReasons } from './terms.ts';
import { updateStates } from './updates.ts';
import {
  actors,
  conditionTypes,
  conditionValues,
  orderPurposes,
  orderStates,
  reasonCodes,
  refundStates,
  runtimeStatuses,
  workspaceRoles,
} from './vocabulary.ts';

const stamps = { $id: z.string(), $createdAt: z.string(), $updatedAt: z.string() };

/** A column that rows written before it do not have. */
const absent = <S extends z.ZodMiniType>(column: S): z.ZodMiniDefault<z.ZodMiniNullable<S>> =>
  z._default(z.nullable(column), null);

export const workspaceRow = z.object({
  ...stamps,
  name: z.string(),
  subdomain: z.string(),
  planKey: z.string(),
  ownerId: z.string(),
});
export type WorkspaceRow = z.infer<typeof workspaceRow>;

export const teamMemberRow = z.object({
  ...stamps,
  workspaceId: z.string(),
  userId: z.string(),
  email: z.string(),
  name: z.string(),
  role: z.enum(workspaceRoles),
});
export type TeamMemberRow = z.infer<typeof teamMemberRow>;

/** Read by owners alone. */
export const invitationRow = z.object({
  ...stamps,
  workspaceId: z.string(),
  email: z.string(),
  role: z.enum(workspaceRoles),
  expiresAt: z.string(),
  revokedAt: z.nullable(z.string()),
  usedAt: z.nullable(z.string()),
});
export type InvitationRow = z.infer<typeof invitationRow>;

export const orderRow = z.object({
  ...stamps,
  workspaceId: z.string(),
  runtimeId: z.string(),
  runtimeName: z.string(),
  state: z.enum(orderStates),
  revision: z.number(),
  planKey: z.string(),
  priceKrw: z.number(),
  payUrl: z.nullable(z.string()),
  failureCode: z.nullable(z.string()),
  expiresAt: z.string(),
  paidAt: z.nullable(z.string()),
  /** PayApp's number of the way it was paid (1 card, 7 virtual account, 15 KakaoPay …). */
  payType: absent(z.string()),
  /** PayApp's receipt page. */
  receiptUrl: absent(z.string()),
  /** What was paid; differs from `priceKrw` only where the wrong amount came. */
  paidKrw: absent(z.number()),
  /** What went back so far, of our own requests; null = nothing. */
  refundedKrw: absent(z.number()),
  refundState: absent(z.enum(refundStates)),
  /** The runtime is promised by then; late, it is retried, and at last the money goes back. */
  promisedBy: absent(z.string()),
  /** Null = it buys a new runtime. */
  purpose: absent(z.enum(orderPurposes)),
});
export type OrderRow = z.infer<typeof orderRow>;

export const runtimeRow = z.object({
  ...stamps,
  workspaceId: z.string(),
  orderId: z.string(),
  name: z.string(),
  host: z.string(),
  planKey: z.string(),
  status: z.enum(runtimeStatuses),
  /** JSON text of `conditionsView`. */
  conditions: z.string(),
  /** JSON text of `receiptView`, or null. */
  receipt: z.nullable(z.string()),
  /** JSON text; a page reads `factsView` (usage.ts) of it. */
  facts: z._default(z.string(), '{}'),
  revision: z.number(),
  paidUntil: z.string(),
  /** The version of the plan it was bought as: what a renewal costs. */
  planVersion: absent(z.number()),
  /** What renewals buy, where that is another plan. */
  nextPlanKey: absent(z.string()),
  nextPlanVersion: absent(z.number()),
  suspendedFor: absent(z.enum(suspensionReasons)),
  suspendedAt: absent(z.string()),
  /** Since when its owner wants it to stand still, whoever else stopped it meanwhile. */
  pausedAt: absent(z.string()),
  /** While it is suspended: until then it can be exported. Over, or resumed, it says nothing. */
  exportUntil: absent(z.string()),
  /** Its owner is deleting it: from then on for good. */
  deletesAt: absent(z.string()),
  /** JSON text of `deletionView` (deletion.ts). */
  deletion: absent(z.string()),
  smokeId: z.nullable(z.string()),
  smokeRequestedAt: z.nullable(z.string()),
  /** JSON text of `updateRecord` (updates.ts). */
  update: absent(z.string()),
  updateState: absent(z.enum(updateStates)),
  quietHour: absent(z.number()),
  timeZone: absent(z.string()),
  updatesHeldUntil: absent(z.string()),
});
export type RuntimeRow = z.infer<typeof runtimeRow>;

export const conditionsView = z.array(
  z.object({
    type: z.enum(conditionTypes),
    value: z.enum(conditionValues),
    reason: z.enum(reasonCodes),
    actor: z.enum(actors),
    since: z.string(),
    /** Of `codex_linked`: the last login attempt, where it came to nothing, and why. */
    attempt: z.optional(endedAttempt),
  }),
);
export type ConditionsView = z.infer<typeof conditionsView>;

export const receiptView = z.object({
  smokeId: z.string(),
  nonceMatched: z.literal(true),
  provider: z.string(),
  model: z.string(),
  latencyMs: z.number(),
  image: z.string(),
  openclawVersion: z.string(),
  at: z.string(),
  /** SHA-256 of the nonce, hex. The nonce itself is known to nobody afterwards. */
  nonceHash: z._default(z.string(), ''),
});
export type ReceiptView = z.infer<typeof receiptView>;

export const timelineRow = z.object({
  ...stamps,
  subjectId: z.string(),
  sequence: z.number(),
  kind: z.string(),
  detail: z.string(),
  at: z.string(),
});
export type TimelineRow = z.infer<typeof timelineRow>;
