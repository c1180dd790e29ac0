/** operator: all runtimes at once: what is at risk, how terms stand, and one action over several. */
import * as z from 'zod/mini';
import { id, isoTime, revision } from './common.ts';
import { operation } from './operation.ts';
import { actionEffects, daysGivenAtMost } from './operator-runtimes.ts';
import { suspensionReasons } from './terms.ts';
import { updateRings } from './updates.ts';
import { runtimeStatuses } from './vocabulary.ts';

/** Why a runtime deserves a look, worst first. Each has a text in the site's copy. */
export const fleetRisks = [
  /** Its OpenClaw is older than the lowest safe version. */
  'below_floor',
  /** Degraded or failed, or many steps failed in a row. */
  'failing',
  /** More than 85 % of its server's disk is used. */
  'disk_full',
  'memory_full',
  /** Its Codex login has expired or is refused. */
  'login_failing',
  'login_expiring',
  /** No backup was proven for days. */
  'backup_overdue',
  /** Renews by itself, and its last charge did not come. */
  'charge_missed',
  /** What is paid ends within a week and nothing renews it, or it has ended. */
  'term_ending',
] as const;
export type FleetRisk = (typeof fleetRisks)[number];

export const fleetSorts = ['risk', 'name', 'version', 'disk', 'memory', 'backup', 'term'] as const;
export type FleetSort = (typeof fleetSorts)[number];

export const fleetPageSize = 50;

/** How its next term is paid for: by its owner; by PayApp each month; so, but the last charge is missing. */
export const renewals = ['by_hand', 'automatic', 'missed'] as const;
export type Renewal = (typeof renewals)[number];

const share = z.nullable(z.number());

const fleetRow = z.object({
  runtimeId: id,
  name: z.string(),
  workspaceId: id,
  host: z.string(),
  status: z.enum(runtimeStatuses),
  suspendedFor: z.nullable(z.enum(suspensionReasons)),
  revision,
  planKey: z.string(),
  ring: z.enum(updateRings),
  /** Of OpenClaw, as it said last. */
  version: z.nullable(z.string()),
  /** 0 to 1, as last written down; null = not measured. */
  diskUsed: share,
  memoryUsed: share,
  /** When the newest backup that was proven was made. */
  backupAt: z.nullable(isoTime),
  paidUntil: isoTime,
  renewal: z.enum(renewals),
  failures: z.int(),
  risks: z.array(z.enum(fleetRisks)),
});
export type FleetRow = z.infer<typeof fleetRow>;

const count = z.int();

/** Where runtimes stand in their terms; each is in one of them. */
const termCounts = z.object({
  paid: count,
  /** Within the week before the end. */
  reminder: count,
  grace: count,
  /** Stopped for want of a payment. */
  unpaid: count,
  paused: count,
  /** Stopped by an operator, or because its money went back. */
  stopped: count,
});
export type TermCounts = z.infer<typeof termCounts>;

export const fleetOverview = operation({
  function: 'operator',
  path: '/fleet',
  body: z.object({
    /** Part of a name, host, version or id. */
    search: z.optional(z.string().check(z.maxLength(64))),
    risk: z.optional(z.enum([...fleetRisks, 'any'])),
    sort: z._default(z.enum(fleetSorts), 'risk'),
    /** From 0; each has 50. */
    page: z._default(z.int().check(z.minimum(0), z.maximum(1_000)), 0),
  }),
  value: z.object({
    runtimes: z.array(fleetRow),
    /** That fit, on all pages. */
    found: count,
    /** All that are not deleted; with `isCut` there are more than are looked at. */
    total: count,
    isCut: z.boolean(),
    atRisk: z.record(z.enum(fleetRisks), count),
    terms: termCounts,
    versions: z.array(z.object({ version: z.string(), count })),
  }),
});

export const fleetActions = [
  'retry',
  'restart',
  'redeploy',
  'suspend',
  'resume',
  'give_time',
  'delete',
] as const;
export type FleetAction = (typeof fleetActions)[number];
/** Take something from customers: typed once more, and few in an hour. */
export const grave = ['suspend', 'delete'] as const satisfies readonly FleetAction[];
export const isGrave = (action: FleetAction): boolean => grave.some((each) => each === action);

/** Of all operators together; the second of what is grave. */
export const actsPerHour = 100;
export const graveActsPerHour = 10;
export const selectionAtMost = 50;

/** What has to be typed: the action and how many. */
export const confirmationOf = (action: FleetAction, selected: number): string =>
  `${action} ${selected}`;

/**
 * One action over several runtimes, each with the revision that was seen. `dryRun` (default) says for
 * each what would happen. Each has its own entry in its audit history, with the reason.
 */
export const actOnFleet = operation({
  function: 'operator',
  path: '/fleet/act',
  body: z.object({
    targets: z
      .array(z.object({ runtimeId: id, revision }))
      .check(z.minLength(1), z.maxLength(selectionAtMost)),
    action: z.enum(fleetActions),
    reason: z.string().check(z.trim(), z.minLength(1), z.maxLength(200)),
    /** Of `suspend` and `delete`: the action and the number of runtimes, as in `delete 3`. */
    confirmation: z.optional(z.string().check(z.maxLength(64))),
    days: z.optional(z.int().check(z.minimum(1), z.maximum(daysGivenAtMost))),
    dryRun: z._default(z.boolean(), true),
  }),
  value: z.object({
    dryRun: z.boolean(),
    /** Acts that are left in this hour, for all operators. */
    leftThisHour: count,
    results: z.array(
      z.object({
        runtimeId: id,
        name: z.string(),
        /** not_begun: the hour is used up, or time ran out; ask again for these. */
        outcome: z.enum(['would', 'done', 'refused', 'not_begun']),
        effects: z.array(z.enum(actionEffects)),
        /** Why not: a code of our list. */
        code: z.nullable(z.string()),
      }),
    ),
  }),
});
