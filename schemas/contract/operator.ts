/** operator: label `operator`, the console, or the CLI. */
import * as z from 'zod/mini';
import { email, id, isoTime, priceKrw } from './common.ts';
import { operation } from './operation.ts';

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

/** Runtimes beside what Dokploy says of their compose projects. */
export const composeStatus = operation({
  function: 'operator',
  path: '/compose-status',
  body: z.object({}),
  value: z.object({
    runtimes: z.array(
      z.object({
        runtimeId: id,
        workspaceId: id,
        host: z.string(),
        status: z.string(),
        composeName: z.nullable(z.string()),
        composeStatus: z.nullable(z.string()),
        failures: z.int(),
      }),
    ),
  }),
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

/** Legacy tenant billing: the document and a direct PayApp link made from its amount. */
export const lookUpBilling = operation({
  function: 'operator',
  path: '/billing/look-up',
  body: z.object({ tenantId: id }),
  value: z.object({
    tenantId: id,
    name: z.string(),
    priceKrw,
    status: z.string(),
    paidUntil: z.nullable(isoTime),
  }),
});

export const listTasks = operation({
  function: 'operator',
  path: '/tasks/list',
  body: z.object({}),
  value: z.object({
    tasks: z.array(
      z.object({
        taskId: id,
        kind: z.string(),
        subjectId: z.string(),
        detail: z.string(),
        createdAt: isoTime,
      }),
    ),
  }),
});
