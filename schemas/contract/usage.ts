/**
 * What a runtime uses, and from where on that is little room. Shown to its members, written down
 * once a day for the operators. Bytes; no secret can be in it.
 */
import * as z from 'zod/mini';
import { backupView } from './agent-backup.ts';
import { noOffsite, offsiteState } from './agent-offsite.ts';
import { restoreView } from './agent-restore.ts';

const bytes = z.int().check(z.minimum(0));

/**
 * memory: of the gateway's own process (RSS); what its tools start and the container's other
 * processes are not in it, so the container uses at least this much. disk: of the server's file
 * system on which the state lies, shared with whatever else is on that server. state: the size of
 * the state itself as counted when the stack was last started; null = not counted yet.
 */
export const usageReport = z.object({
  atMs: z.number(),
  memoryBytes: bytes,
  diskTotalBytes: bytes,
  diskAvailableBytes: bytes,
  stateBytes: z._default(z.nullable(bytes), null),
  stateAtMs: z._default(z.nullable(z.number()), null),
});
export type UsageReport = z.infer<typeof usageReport>;

/** Worst last. */
export const usageBands = ['fine', 'warning', 'critical'] as const;
export type UsageBand = (typeof usageBands)[number];

/** Shares of the container's limit. Idle it is at 35–45 % of 2 GiB, after some turns at 60 %. */
const memoryWarning = 0.8;
const memoryCritical = 0.92;
/** Room that is left on the disk: an update needs about 1 GiB, a backup as much as the state. */
const diskWarningBytes = 5 * 1024 ** 3;
const diskCriticalBytes = 1024 ** 3;
const diskWarning = 0.9;
const diskCritical = 0.97;

export const memoryBand = (
  { memoryBytes }: Pick<UsageReport, 'memoryBytes'>,
  limitMiB: number,
): UsageBand => {
  const share = limitMiB === 0 ? 0 : memoryBytes / (limitMiB * 1024 ** 2);
  if (share >= memoryCritical) return 'critical';
  return share >= memoryWarning ? 'warning' : 'fine';
};

export const diskBand = ({
  diskTotalBytes: total,
  diskAvailableBytes: available,
}: Pick<UsageReport, 'diskTotalBytes' | 'diskAvailableBytes'>): UsageBand => {
  // Nobody said how large it is.
  if (total === 0) return 'fine';
  const share = 1 - available / total;
  if (available < diskCriticalBytes || share >= diskCritical) return 'critical';
  return available < diskWarningBytes || share >= diskWarning ? 'warning' : 'fine';
};

/** The worse of the two. */
export const usageBand = (usage: UsageReport, limitMiB: number): UsageBand => {
  const bands = [memoryBand(usage, limitMiB), diskBand(usage)];
  return usageBands.findLast((band) => bands.includes(band)) ?? 'fine';
};

/** What a member's page reads of the JSON column `facts` of a runtime. */
export const factsView = z.object({
  usage: z._default(z.nullable(usageReport), null),
  backup: z._default(backupView, { report: null, newest: null, kept: [] }),
  restore: z._default(restoreView, { report: null }),
  offsite: z._default(offsiteState, noOffsite),
  /** Of OpenClaw, as it said itself. */
  agent: z._default(z.object({ version: z._default(z.nullable(z.string()), null) }), {
    version: null,
  }),
});
