/**
 * Every table of the product. Rows carry their own read permissions (`team:<workspace>` or
 * `user:<id>`); no client ever writes: functions do, with their keys.
 */
import {
  desiredStates,
  locales,
  orderPurposes,
  orderStates,
  promiseStages,
  refundStates,
  runtimeStatuses,
  serverStates,
  taskKinds,
  workspaceRoles,
} from '../contract/vocabulary.ts';
import { autopays } from './autopays.ts';
import { renewalTexts } from './renewal-texts.ts';
import { billingRequests, tenantBilling } from './billing.ts';
import { suspensionReasons } from '../contract/terms.ts';
import { updateRings, updateStates } from '../contract/updates.ts';
import { flag, idText, integer, json, key, oneOf, optional, table, text, time } from './define.ts';
import type { RowData, Table } from './define.ts';
import { messages } from './messages.ts';

/** Row id = first 36 hex digits of SHA-256 of the token: the token itself is never stored. */
export const invites = table(
  'invites',
  {
    email: optional(text(254)),
    note: text(200),
    expiresAt: optional(time()),
    revokedAt: optional(time()),
    usedAt: optional(time()),
    usedBy: optional(idText()),
    createdBy: text(64),
  },
  { byUsedAt: key('usedAt') },
);

/** Row id = user id. */
export const members = table('members', {
  email: text(254),
  name: text(64),
  locale: oneOf(locales),
  inviteId: idText(),
});

/**
 * Accounts that are being deleted, or were. Row id = user id; nothing else of the person is in it.
 * Kept, so that what still says that id is known to speak of nobody.
 */
export const deletions = table(
  'deletions',
  {
    requestedAt: time(),
    /** Something stood in the way after all: the account is opened again and the row goes. */
    withdrawnAt: optional(time()),
    /** Nobody can sign in any more and nothing stood in the way: from here there is no way back. */
    confirmedAt: optional(time()),
    finishedAt: optional(time()),
  },
  { byFinishedAt: key('finishedAt') },
);

/** Row id = team id. */
export const workspaces = table(
  'workspaces',
  {
    name: text(64),
    subdomain: text(63),
    planKey: text(32),
    /** Who made it; who owns it now stands in the team. */
    ownerId: idText(),
    /** When the reconciler is to look after its team: it was changed, or was about to be. */
    teamDueAt: optional(time()),
  },
  { byOwner: key('ownerId'), teamDue: key('teamDueAt') },
);

/**
 * A picture of each workspace's team for its members' pages, drawn from Appwrite's team, which alone
 * decides. Row id derived from (workspace, user); the team reads it.
 */
export const teamMembers = table(
  'team_members',
  {
    workspaceId: idText(),
    userId: idText(),
    email: text(254),
    name: text(128),
    role: oneOf(workspaceRoles),
  },
  { byWorkspace: key('workspaceId'), byUser: key('userId') },
);

/**
 * Invitations into a workspace. Row id derived from the token by SHA-256: the token itself is never
 * stored. Owners of the workspace read them.
 */
export const invitations = table(
  'invitations',
  {
    workspaceId: idText(),
    email: text(254),
    role: oneOf(workspaceRoles),
    invitedBy: idText(),
    expiresAt: time(),
    revokedAt: optional(time()),
    usedAt: optional(time()),
    /** Whoever is written here joins, and nobody else. */
    usedBy: optional(idText()),
    /** Used, and not in the team yet: the reconciler sees to it. */
    dueAt: optional(time()),
  },
  { byWorkspace: key('workspaceId'), due: key('dueAt') },
);

/** Row id = the name itself: creating the row is the claim. */
export const subdomains = table('subdomains', {
  workspaceId: idText(),
  claimedBy: idText(),
  runtimeId: optional(idText()),
});

/** Row id derived from (workspace, requestKey). `effects`: what the reconciler still has to do. */
export const orders = table(
  'orders',
  {
    workspaceId: idText(),
    userId: idText(),
    runtimeId: idText(),
    runtimeName: text(64),
    state: oneOf(orderStates),
    revision: integer(),
    planKey: text(32),
    planVersion: integer(1, 10_000),
    planSnapshot: json(1_000),
    priceKrw: integer(1_000, 100_000_000),
    requestNo: integer(0, 1_000),
    mulNo: optional(text(20)),
    payUrl: optional(text(512)),
    supersededMulNos: json(500),
    effects: json(2_000),
    failureCode: optional(text(64)),
    expiresAt: time(),
    paidAt: optional(time()),
    nextCheckAt: optional(time()),
    /** What was paid under `mulNo`, as PayApp said it. */
    paidKrw: optional(integer(0, 9_999_999_999)),
    payType: optional(text(8)),
    receiptUrl: optional(text(512)),
    /** Sum of our own refunds of `mulNo` that are known to be done. */
    refundedKrw: optional(integer(0, 9_999_999_999)),
    refundState: optional(oneOf(refundStates)),
    refunds: optional(json(4_000)),
    promisedBy: optional(time()),
    promiseStage: optional(oneOf(promiseStages)),
    /** Who made it what it is: a user's id, `payapp`, `system`, or an operator. */
    changedBy: optional(text(64)),
    /** Null = `open`. A `renew` names the runtime it goes on with in `runtimeId`. */
    purpose: optional(oneOf(orderPurposes)),
  },
  {
    byWorkspace: key('workspaceId'),
    byState: key('state'),
    byMulNo: key('mulNo'),
    due: key('nextCheckAt'),
    byPaidAt: key('paidAt'),
    byRuntime: key('runtimeId'),
  },
);

/**
 * PayApp's inbox, append-only. Row id = hash of (orderId, mulNo, payState, payDate, cancelDate,
 * price, verified): a parked or foreign notice never stands in the way of the true one.
 */
export const notices = table(
  'notices',
  {
    orderId: idText(),
    mulNo: text(20),
    payState: text(3),
    payType: text(8),
    priceKrw: integer(0, 9_999_999_999),
    payDate: text(19),
    cancelDate: text(19),
    currency: text(8),
    verified: flag(),
    receivedAt: time(),
    appliedAt: optional(time()),
    outcome: optional(text(64)),
    /** PayApp's receipt page. */
    receiptUrl: optional(text(512)),
    /** Times it could not be applied, and when it is tried again; null = never tried, due now. */
    attempts: optional(integer(0, 1_000_000)),
    retryAt: optional(time()),
    /** PayApp's number of the agreement that it charged by itself; null of any other. */
    rebillNo: optional(text(20)),
  },
  { byOrder: key('orderId'), byAppliedAt: key('appliedAt'), byRetryAt: key('retryAt') },
);

/** Row id = the order's runtimeId. Observations live in `facts`; `status` is derived from them. */
export const runtimes = table(
  'runtimes',
  {
    workspaceId: idText(),
    orderId: idText(),
    name: text(64),
    host: text(253),
    planKey: text(32),
    desired: oneOf(desiredStates),
    status: oneOf(runtimeStatuses),
    conditions: json(4_000),
    facts: json(8_000),
    receipt: optional(json(1_000)),
    revision: integer(),
    paidUntil: time(),
    verifyRequestedAt: optional(time()),
    smokeId: optional(text(64)),
    smokeNonce: optional(text(64)),
    smokeRequestedAt: optional(time()),
    /** The restart that a member asked for last; `facts.restart` says how far it has come. */
    restartId: optional(text(64)),
    failures: integer(0, 1_000_000),
    nextCheckAt: optional(time()),
    /** Minute of the hour in which it is inspected though nothing is due; from its id. */
    inspectedAtMinute: optional(integer(0, 59)),
    /** The version of the plan it was bought as; null = 1. */
    planVersion: optional(integer(1, 10_000)),
    /** JSON of `schemas/record/term.ts`; null in rows of before renewals were sold. */
    periods: optional(json(6_000)),
    /** What renewals buy from now on, where that is another plan; takes effect when one begins. */
    nextPlanKey: optional(text(32)),
    nextPlanVersion: optional(integer(1, 10_000)),
    /** JSON of `schemas/record/term.ts`. */
    planChanges: optional(json(8_000)),
    suspendedFor: optional(oneOf(suspensionReasons)),
    suspendedAt: optional(time()),
    /** Since when its owner wants it to stand still, whoever else stopped it meanwhile. */
    pausedAt: optional(time()),
    /** While it is suspended: until then its agent alone runs, for an export. docs/adr/0019. */
    exportUntil: optional(time()),
    /** Its owner asked for its deletion: when it goes. Null again once it goes, or was taken back. */
    deletesAt: optional(time()),
    /** JSON of `contract/deletion.ts`: who asked and why, and in the end the receipt. */
    deletion: optional(json(3_000)),
    /** When its term is looked at next: a reminder, the end, a notice that has to go out first. */
    termDueAt: optional(time()),
    /** The ring an operator put it into; null = the one its id says. */
    ring: optional(oneOf(updateRings)),
    /** The image of OpenClaw it is meant to run, moved by updates alone; null = not looked at yet. */
    openclawImage: optional(text(200)),
    /** What `openclawImage` is; null = nobody said. What really runs stands in `facts`. */
    openclawVersion: optional(text(32)),
    /** `copy:<id>` or `restore:<id>`: what bootstrap does with the state before the next start. */
    stateOrder: optional(text(64)),
    /** JSON of `contract/updates.ts`: the newest update, planned, under way or ended. */
    update: optional(json(1_500)),
    updateState: optional(oneOf(updateStates)),
    /** When its update is looked at next; null = there is none to look at. */
    updateDueAt: optional(time()),
    /** Hour of the day, in `timeZone`, in which its members are least disturbed; null = the default. */
    quietHour: optional(integer(0, 23)),
    timeZone: optional(text(40)),
    /** No update begins before, as long as its version is not below the floor. */
    updatesHeldUntil: optional(time()),
  },
  {
    byWorkspace: key('workspaceId'),
    byOrder: key('orderId'),
    due: key('nextCheckAt'),
    byPaidUntil: key('paidUntil'),
    byMinute: key('inspectedAtMinute'),
    termDue: key('termDueAt'),
    updateDue: key('updateDueAt'),
    byUpdateState: key('updateState'),
  },
);

/** Append-only history. Row id = `<subject>.<seq>`, so it cannot fork; each entry hashes the last. */
export const timeline = table(
  'timeline',
  {
    subjectId: idText(),
    sequence: integer(),
    kind: text(64),
    detail: json(1_000),
    actor: text(64),
    at: time(),
    previousHash: text(64),
    hash: text(64),
  },
  { bySubject: key('subjectId', 'sequence') },
);

/** What a person must decide. Row id derived from (kind, subject): raising twice is raising once. */
export const tasks = table(
  'tasks',
  {
    kind: oneOf(taskKinds),
    subjectId: idText(),
    detail: json(1_000),
    openedAt: time(),
    closedAt: optional(time()),
  },
  { byClosedAt: key('closedAt') },
);

/** Where runtimes may be placed. An operator keeps these rows; row id = the server's short name. */
export const servers = table(
  'servers',
  {
    /** Dokploy's own id of it; null = the machine Dokploy itself runs on. */
    dokployServerId: optional(text(64)),
    region: text(32),
    /** Memory each slot has: only plans that need no more are placed here. */
    slotMemoryMiB: integer(256, 1_048_576),
    slots: integer(0, 1_000),
    state: oneOf(serverStates),
    /** Seen without a free slot. Only saves looking again; a slot given back clears it. */
    full: flag(),
    /** Out of reach since; takes no new runtimes until it answers. */
    lostSince: optional(time()),
  },
  { byState: key('state', 'full') },
);

/** Row id = `<server>.<number>`: creating the row is the claim, deleting it gives the slot back. */
export const slots = table(
  'slots',
  { serverId: text(30), runtimeId: idText() },
  { byServer: key('serverId'), byRuntime: key('runtimeId') },
);

/** Rate counters. Row id = hash of (what, whom, window). */
export const limits = table(
  'limits',
  { count: integer(), expiresAt: time() },
  {
    byExpiry: key('expiresAt'),
  },
);

/** Operator-set values, row id = name; the value is JSON. */
export const settings = table('settings', { value: json(2_000) });

/** Row id = subject: whoever creates it works on that subject until `until`. */
export const leases = table('leases', { owner: text(64), until: time() });

export const tables = {
  invites,
  members,
  deletions,
  workspaces,
  team_members: teamMembers,
  invitations,
  subdomains,
  orders,
  autopays,
  renewal_texts: renewalTexts,
  notices,
  runtimes,
  timeline,
  tasks,
  tenant_billing: tenantBilling,
  billing_requests: billingRequests,
  servers,
  slots,
  messages,
  limits,
  settings,
  leases,
} as const;

export type TableId = keyof typeof tables;
export type RowOf<T extends TableId> =
  (typeof tables)[T] extends Table<infer C> ? RowData<C> : never;
