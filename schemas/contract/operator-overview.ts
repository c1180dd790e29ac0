/** operator: how it goes, in figures. */
import * as z from 'zod/mini';
import { id, isoTime } from './common.ts';
import { operation } from './operation.ts';
import { runtimeStatuses } from './vocabulary.ts';

export const funnelSteps = [
  'invited',
  'signed_up',
  'workspace',
  'ordered',
  'paid',
  'running',
  'ready',
] as const;
export type FunnelStep = (typeof funnelSteps)[number];

/** payment: order → paid. setup: paid → it runs. login: it runs → linked. smoke: linked → ready. */
export const readyPhases = ['payment', 'setup', 'login', 'smoke', 'whole'] as const;
export type ReadyPhase = (typeof readyPhases)[number];

export const overviewTables = ['invites', 'workspaces', 'orders', 'runtimes', 'tasks'] as const;

/**
 * Of the last `days`, in days of Korea. The funnel follows the people whose invites were made in that
 * time; refunds are those of orders made in it. `cut`: tables of which only the newest rows were read.
 */
export const overview = operation({
  function: 'operator',
  path: '/overview',
  body: z.object({ days: z._default(z.int().check(z.gte(7), z.lte(90)), 30) }),
  value: z.object({
    since: isoTime,
    funnel: z.array(z.object({ step: z.enum(funnelSteps), count: z.int() })),
    times: z.array(
      z.object({
        phase: z.enum(readyPhases),
        count: z.int(),
        p50Ms: z.nullable(z.int()),
        p95Ms: z.nullable(z.int()),
      }),
    ),
    perDay: z.array(
      z.object({
        /** YYYY-MM-DD */
        day: z.string(),
        orders: z.int(),
        paid: z.int(),
        refunds: z.int(),
        /** What the reconciler found otherwise than it left it: should stay at nothing. */
        corrections: z.int(),
      }),
    ),
    runtimes: z.array(z.object({ status: z.enum(runtimeStatuses), count: z.int() })),
    /** A hundred at most are counted. */
    openTasks: z.int(),
    oldestTask: z.nullable(z.object({ taskId: id, kind: z.string(), openedAt: isoTime })),
    cut: z.array(z.enum(overviewTables)),
  }),
});
