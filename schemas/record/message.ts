/**
 * JSON columns of `messages`. What a text may speak of is closed, kind by kind: names that customers
 * gave, amounts, times, versions, and a path of our own site. There is no room for a token.
 */
import * as z from 'zod/mini';
import { proofs } from '../contract/deletion.ts';
import { autopayStopReasons, workspaceRoles } from '../contract/vocabulary.ts';
import type { MessageKind } from '../contract/vocabulary.ts';
import { readJson } from './json.ts';

/** Where the reader goes on: below the site's address, never another one's. */
const path = z.string().check(z.regex(/^\/(?![/\\])[^\s\\]*$/), z.maxLength(200));
/** ISO 8601. */
const moment = z.iso.datetime();
const amountKrw = z.number();
const ofRuntime = { runtimeName: z.string(), path };

export const messageValues = {
  receipt: z.object({
    ...ofRuntime,
    amountKrw,
    /** Months it pays for. */
    months: z.number(),
    paidAt: moment,
    orderId: z.string(),
    /** PayApp's own receipt page; null = it gave none. */
    receiptUrl: z.nullable(z.string()),
  }),
  ready: z.object(ofRuntime),
  renewal_due: z.object({ ...ofRuntime, endsAt: moment, amountKrw, months: z.number() }),
  grace: z.object({ ...ofRuntime, endedAt: moment, suspendsAt: moment, amountKrw }),
  suspended: z.object({ ...ofRuntime, deletesAt: moment }),
  resumed: z.object({ ...ofRuntime, paidUntil: moment }),
  deletion_warning: z.object({ ...ofRuntime, deletesAt: moment }),
  deletion_planned: z.object({ ...ofRuntime, deletesAt: moment }),
  deleted: z.object({
    ...ofRuntime,
    deletedAt: moment,
    /** What the receipt says of its volumes; null where there is none, as in old rows. */
    volumes: z._default(z.nullable(z.enum(proofs)), null),
  }),
  login_expiring: z.object(ofRuntime),
  login_lost: z.object(ofRuntime),
  copies_failing: z.object({ ...ofRuntime, since: moment }),
  update_planned: z.object({
    ...ofRuntime,
    version: z.string(),
    at: moment,
    /** It closes a hole: held or not, it begins by then; null = it may be held. */
    latestAt: z._default(z.nullable(moment), null),
  }),
  update_done: z.object({ ...ofRuntime, version: z.string(), at: moment }),
  /** `version` did not work; `keptVersion` runs on. */
  update_rolled_back: z.object({
    ...ofRuntime,
    version: z.string(),
    keptVersion: z.string(),
    at: moment,
  }),
  /** `isFirst`: the payer did not approve it, or PayApp did not say so. */
  autopay_failed: z.object({ ...ofRuntime, amountKrw, endsAt: moment, isFirst: z.boolean() }),
  autopay_ended: z.object({ ...ofRuntime, endsAt: moment, reason: z.enum(autopayStopReasons) }),
  /** To the address on the invitation that is the subject; its link is in the inviter's hands. */
  member_invited: z.object({
    workspaceName: z.string(),
    role: z.enum(workspaceRoles),
    expiresAt: moment,
    path,
  }),
} as const satisfies Readonly<Record<MessageKind, z.ZodMiniType>>;

export type MessageValues<K extends MessageKind> = z.infer<(typeof messageValues)[K]>;

/** Null: they are not those of this kind. */
export const readMessageValues = (
  kind: MessageKind,
  text: string,
): MessageValues<MessageKind> | null => readJson(z.nullable(messageValues[kind]), text, null);

/** One person. `attempt` counts from 1 and is part of the id under which it was handed on. */
export const delivery = z.object({
  userId: z.string(),
  attempt: z.number(),
  state: z.enum(['trying', 'sent', 'failed']),
});
export type Delivery = z.infer<typeof delivery>;
export const deliveries = z.array(delivery);
