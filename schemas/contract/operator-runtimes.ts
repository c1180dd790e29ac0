/** operator: one runtime as it stands, the end of a deployment's log, and what can be done with it. */
import * as z from 'zod/mini';
import { id, isoTime, revision } from './common.ts';
import { deletionView, removalProblems } from './deletion.ts';
import { operation } from './operation.ts';
import { conditionsView } from './rows.ts';
import { desiredStates, runtimeStatuses } from './vocabulary.ts';

export const runtimeActions = [
  /** Forgets its failures and looks at it now. */
  'retry',
  'redeploy',
  'restart',
  'suspend',
  'resume',
  /** Days of the operator's: they begin where the term ends, or today. */
  'give_time',
  /** Its newest update again, or at once: without waiting for its hour, a hold or its ring. */
  'update_now',
  /** Back to the image and the state of before its newest update. */
  'roll_back',
  /** For good, volumes too; only one that nobody pays for. */
  'delete',
  /** Nobody can look whether it is gone: the operator answers for it, and the receipt says so. */
  'declare_gone',
] as const;
export type RuntimeAction = (typeof runtimeActions)[number];

/** What an action will do, in the order it happens. Each has a text in the site's copy. */
export const actionEffects = [
  'failures_forgotten',
  'looked_at_now',
  'containers_made_anew',
  'containers_restarted',
  'containers_stopped',
  'containers_started',
  'interrupted_for_minutes',
  'unreachable_until_resumed',
  /** Its owner paused it, and alone ends that. */
  'stays_paused',
  'volumes_kept',
  'volumes_deleted',
  'login_kept',
  'smoke_needed_again',
  'slot_given_back',
  'order_keeps_money',
  /** Nothing is proven yet: the promise runs on, and gives the money back in the end. */
  'promise_runs_on',
  /** The term ends later, and what follows from its end comes later too. */
  'time_added',
  'state_copied',
  /** Whatever was said and done in it since the update began is gone. */
  'state_since_lost',
  'old_version_back',
  /** A receipt is written that names the operator for what nobody could look at. */
  'declared_in_receipt',
  'cannot_be_undone',
] as const;
export type ActionEffect = (typeof actionEffects)[number];

/** Longer is a plan of its own. */
export const daysGivenAtMost = 92;

const deploymentView = z.object({
  deploymentId: z.string(),
  status: z.string(),
  createdAt: isoTime,
  updatedAt: z.nullable(isoTime),
  logPath: z.string(),
  error: z.nullable(z.string()),
});

const runtimeFile = z.object({
  runtimeId: id,
  name: z.string(),
  workspaceId: id,
  orderId: id,
  host: z.string(),
  planKey: z.string(),
  status: z.enum(runtimeStatuses),
  desired: z.enum(desiredStates),
  revision,
  failures: z.int(),
  createdAt: isoTime,
  paidUntil: isoTime,
  nextCheckAt: z.nullable(isoTime),
  serverId: z.nullable(z.string()),
  conditions: conditionsView,
  /** `asked`: what Dokploy said of its service; a code where it could not be asked. */
  /** Its owner is deleting it: when it goes. */
  deletesAt: z.nullable(isoTime),
  /** Who asked for its deletion and why, and in the end the receipt. */
  deletion: z.nullable(deletionView),
  /** What is wanting for the receipt. */
  removalProblem: z.nullable(z.enum(removalProblems)),
  compose: z.object({ name: z.nullable(z.string()), status: z.nullable(z.string()) }),
  deployments: z.array(deploymentView),
  /** What can be done with it as it stands. */
  possible: z.array(z.enum(runtimeActions)),
});
export type RuntimeFile = z.infer<typeof runtimeFile>;

export const showRuntime = operation({
  function: 'operator',
  path: '/runtimes/show',
  body: z.object({ runtimeId: id }),
  value: runtimeFile,
});

/** Last lines, without anything that looks like a secret; the whole log stays in Dokploy. */
export const deploymentLog = operation({
  function: 'operator',
  path: '/runtimes/log',
  body: z.object({
    runtimeId: id,
    deploymentId: z.string().check(z.minLength(1), z.maxLength(64)),
  }),
  value: z.object({ log: z.string() }),
});

/**
 * `dryRun` (default) says what would happen and writes nothing. `confirmation`: for `delete` and `declare_gone`, the
 * runtime id typed again. Who, what and why stand in the history of `audit-<runtime>`.
 */
export const actOnRuntime = operation({
  function: 'operator',
  path: '/runtimes/act',
  body: z.object({
    runtimeId: id,
    revision,
    action: z.enum(runtimeActions),
    reason: z.string().check(z.trim(), z.minLength(1), z.maxLength(200)),
    confirmation: z.optional(z.string().check(z.maxLength(64))),
    /** Of `give_time`. */
    days: z.optional(z.int().check(z.minimum(1), z.maximum(daysGivenAtMost))),
    dryRun: z._default(z.boolean(), true),
  }),
  value: z.object({
    runtimeId: id,
    dryRun: z.boolean(),
    effects: z.array(z.enum(actionEffects)),
    revision,
  }),
});
