/** operator: label `operator`, the console, or the CLI. */
import * as z from 'zod/mini';
import { email, id, isoTime, priceKrw, revision } from './common.ts';
import { operation } from './operation.ts';
import {
  desiredStates,
  orderStates,
  refundStates,
  refundSteps,
  runtimeStatuses,
  serverStates,
} from './vocabulary.ts';

const inviteView = z.object({
  inviteId: id,
  email: z.nullable(z.string()),
  note: z.string(),
  state: z.enum(['open', 'used', 'expired', 'revoked']),
  createdAt: isoTime,
  expiresAt: z.nullable(isoTime),
  usedAt: z.nullable(isoTime),
});
export type InviteView = z.infer<typeof inviteView>;

/** The token is in this answer once and stored hashed. */
export const createInvite = operation({
  function: 'operator',
  path: '/invites/create',
  body: z.object({
    email: z.optional(email),
    note: z.optional(z.string().check(z.maxLength(200))),
    /** Days until it lapses; absent = 14. */
    expiresInDays: z.optional(z.int().check(z.gte(1), z.lte(365))),
  }),
  value: z.object({ inviteId: id, token: z.string(), expiresAt: z.nullable(isoTime) }),
});

export const invitesAtOnce = 50;

/**
 * Many at once: one for each address, or `count` open ones; never both. Tokens are in this answer
 * once. Asked for again it makes others: revoke what was not meant.
 */
export const createInvites = operation({
  function: 'operator',
  path: '/invites/create-many',
  body: z
    .object({
      emails: z.optional(z.array(email).check(z.minLength(1), z.maxLength(invitesAtOnce))),
      count: z.optional(z.int().check(z.gte(1), z.lte(invitesAtOnce))),
      note: z.optional(z.string().check(z.maxLength(200))),
      expiresInDays: z.optional(z.int().check(z.gte(1), z.lte(365))),
    })
    .check(
      z.refine((body) => (body.emails === undefined) !== (body.count === undefined), {
        path: ['emails'],
      }),
    ),
  value: z.object({
    invites: z.array(z.object({ inviteId: id, email: z.nullable(z.string()), token: z.string() })),
    expiresAt: isoTime,
  }),
});

export const listInvites = operation({
  function: 'operator',
  path: '/invites/list',
  body: z.object({ cursor: z.optional(id) }),
  value: z.object({ invites: z.array(inviteView), nextCursor: z.nullable(id) }),
});

export const revokeInvite = operation({
  function: 'operator',
  path: '/invites/revoke',
  body: z.object({ inviteId: id }),
  value: z.object({ inviteId: id }),
});

const composeView = z.object({
  runtimeId: id,
  name: z.string(),
  workspaceId: id,
  host: z.string(),
  status: z.string(),
  desired: z.enum(desiredStates),
  revision,
  composeName: z.nullable(z.string()),
  composeStatus: z.nullable(z.string()),
  failures: z.int(),
});
export type ComposeView = z.infer<typeof composeView>;

/**
 * Runtimes, newest first, beside what Dokploy says of their compose projects. `search`: an id of the
 * runtime, its order or its workspace, or a part of its name or host; then without pages.
 */
export const composeStatus = operation({
  function: 'operator',
  path: '/compose-status',
  body: z.object({
    cursor: z.optional(id),
    search: z.optional(z.string().check(z.trim(), z.maxLength(64))),
    status: z.optional(z.enum(runtimeStatuses)),
  }),
  value: z.object({ runtimes: z.array(composeView), nextCursor: z.nullable(id) }),
});

/** Columns as the operator page names them. `error` is a code, not an upstream text. */
export const recentDeployments = operation({
  function: 'operator',
  path: '/deployments',
  body: z.object({ runtimeId: z.optional(id) }),
  value: z.object({
    deployments: z.array(
      z.object({
        deploymentId: z.string(),
        runtimeId: z.nullable(id),
        status: z.string(),
        createdAt: isoTime,
        updatedAt: z.nullable(isoTime),
        logPath: z.string(),
        error: z.nullable(z.string()),
      }),
    ),
  }),
});

const taskView = z.object({
  taskId: id,
  kind: z.string(),
  subjectId: z.string(),
  /** JSON of names and plain values. */
  detail: z.string(),
  createdAt: isoTime,
});
export type TaskView = z.infer<typeof taskView>;

export const listTasks = operation({
  function: 'operator',
  path: '/tasks/list',
  body: z.object({}),
  value: z.object({ tasks: z.array(taskView) }),
});

/** Done by hand, or no longer true. `note` goes to the log beside who closed it. */
export const closeTask = operation({
  function: 'operator',
  path: '/tasks/close',
  body: z.object({
    taskId: id,
    note: z.optional(z.string().check(z.maxLength(200))),
  }),
  value: z.object({ taskId: id, closedAt: isoTime }),
});

/** Short, because a slot's id is this and a number. */
const serverId = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,28}$/));

const serverFields = {
  serverId,
  /** Dokploy's own id; null = the machine Dokploy runs on. Fixed while a runtime is there. */
  dokployServerId: z.nullable(z.string().check(z.minLength(1), z.maxLength(64))),
  region: z.string().check(z.trim(), z.minLength(1), z.maxLength(32)),
  /** Plans that need more memory are not placed here. */
  slotMemoryMiB: z.int().check(z.gte(256), z.lte(1_048_576)),
  slots: z.int().check(z.gte(0), z.lte(1_000)),
  state: z.enum(serverStates),
};
const serverView = z.object({
  ...serverFields,
  used: z.int(),
  lostSince: z.nullable(isoTime),
});
export type ServerView = z.infer<typeof serverView>;

export const listServers = operation({
  function: 'operator',
  path: '/servers/list',
  body: z.object({}),
  value: z.object({ servers: z.array(serverView) }),
});

/** Adds a server or changes one. Fewer slots than are held turn nobody out. */
export const saveServer = operation({
  function: 'operator',
  path: '/servers/save',
  body: z.object(serverFields),
  value: z.object({ serverId }),
});

/** Of one subject: an order, a runtime, a pay link, or `audit-<id>` (who did what to it, and why). */
export const historyEntriesAtMost = 100;

const historyEntry = z.object({
  sequence: z.int(),
  kind: z.string(),
  actor: z.string(),
  at: isoTime,
  /** JSON of names and plain values. */
  detail: z.string(),
});

/**
 * Newest last, the newest hundred of `total`. `brokenAt`: the first entry of the whole chain that
 * does not follow from the one before, so it was changed, moved or taken out; null = none.
 */
export const history = operation({
  function: 'operator',
  path: '/history',
  body: z.object({ subjectId: id }),
  value: z.object({
    entries: z.array(historyEntry),
    total: z.int(),
    brokenAt: z.nullable(z.int()),
  }),
});

const refundView = z.object({
  /** 1, 2, 3 … within the order. */
  refundNo: z.int(),
  mulNo: z.string(),
  amountKrw: priceKrw,
  step: z.enum(refundSteps),
  by: z.enum(['customer', 'operator', 'system']),
  at: isoTime,
});

const orderView = z.object({
  orderId: id,
  workspaceId: id,
  runtimeId: id,
  runtimeName: z.string(),
  state: z.enum(orderStates),
  revision,
  planKey: z.string(),
  priceKrw,
  mulNo: z.nullable(z.string()),
  payType: z.nullable(z.string()),
  receiptUrl: z.nullable(z.string()),
  failureCode: z.nullable(z.string()),
  createdAt: isoTime,
  paidAt: z.nullable(isoTime),
  promisedBy: z.nullable(isoTime),
  paidKrw: z.nullable(priceKrw),
  refundedKrw: priceKrw,
  refundState: z.nullable(z.enum(refundStates)),
  refunds: z.array(refundView),
});
export type OrderView = z.infer<typeof orderView>;

/** Newest first; `state` narrows, `orderId` finds one. */
export const listOrders = operation({
  function: 'operator',
  path: '/orders/list',
  body: z.object({
    state: z.optional(z.enum(orderStates)),
    orderId: z.optional(id),
    cursor: z.optional(id),
  }),
  value: z.object({ orders: z.array(orderView), nextCursor: z.nullable(id) }),
});

/** Where the seller has to pay the refund in, as PayApp answered `paycancelreq`. */
const paybackView = z.object({
  /** Bank and account number in one text. */
  account: z.string(),
  amountKrw: priceKrw,
  depositor: z.string(),
});
export type Payback = z.infer<typeof paybackView>;

const reason = z.string().check(z.trim(), z.minLength(1), z.maxLength(200));

/**
 * `amountKrw` null = all that is left. `confirmation`: the order id, typed again. `mulNo`: a payment
 * that is not the order's own (a second one, one with another amount came first …); in full only.
 */
export const refundOrder = operation({
  function: 'operator',
  path: '/orders/refund',
  body: z.object({
    orderId: id,
    revision,
    amountKrw: z.nullable(z.int().check(z.gte(1))),
    reason,
    confirmation: z.string().check(z.maxLength(64)),
    mulNo: z.optional(z.string().check(z.regex(/^\d{1,20}$/))),
  }),
  value: z.object({
    orderId: id,
    state: z.enum(orderStates),
    /** cancelled: the money goes back. requested: the seller has to pay it in first. */
    kind: z.enum(['cancelled', 'requested']),
    payback: z.optional(paybackView),
  }),
});

/** An operator looked at PayApp's seller page and says how an unknown or asked refund ended. */
export const settleRefund = operation({
  function: 'operator',
  path: '/orders/settle-refund',
  body: z.object({
    orderId: id,
    revision,
    refundNo: z.int().check(z.gte(1)),
    outcome: z.enum(['refunded', 'not_refunded']),
    reason,
    confirmation: z.string().check(z.maxLength(64)),
  }),
  value: z.object({ orderId: id, state: z.enum(orderStates) }),
});
