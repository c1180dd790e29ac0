/** What of a runtime deserves an operator's look, and where its term stands. Pure. */
import { isBackupOverdue } from '#core/runtime/backup-plan.ts';
import { isBelow } from '#core/update/version.ts';
import type { FleetRisk, Renewal, TermCounts } from '#schemas/contract/operator-fleet.ts';
import { fleetRisks } from '#schemas/contract/operator-fleet.ts';
import type { SuspensionReason } from '#schemas/contract/terms.ts';
import { termDays } from '#schemas/contract/terms.ts';
import type { UsageReport } from '#schemas/contract/usage.ts';
import { memoryBand } from '#schemas/contract/usage.ts';
import type { RuntimeStatus } from '#schemas/contract/vocabulary.ts';
import type { Conditions, Facts } from '#schemas/record/runtime.ts';

export interface Looked {
  readonly status: RuntimeStatus;
  readonly suspendedFor: SuspensionReason | null;
  readonly failures: number;
  readonly endMs: number;
  readonly renewal: Renewal;
  readonly version: string | null;
  readonly floor: string;
  readonly memoryMiB: number;
  readonly facts: Facts;
  readonly conditions: Conditions;
}

const dayMs = 24 * 60 * 60_000;
const diskFull = 0.85;
const manyFailures = 3;

/** 0 to 1; null where nobody measured. */
export const diskShare = (usage: UsageReport | null): number | null =>
  usage === null || usage.diskTotalBytes === 0
    ? null
    : 1 - usage.diskAvailableBytes / usage.diskTotalBytes;

export const memoryShare = (usage: UsageReport | null, memoryMiB: number): number | null =>
  usage === null || memoryMiB === 0 ? null : usage.memoryBytes / (memoryMiB * 1024 ** 2);

const judges: Readonly<Record<FleetRisk, (looked: Looked, now: Date) => boolean>> = {
  below_floor: ({ version, floor }) => isBelow(version, floor),
  failing: ({ status, failures }) =>
    status === 'degraded' || status === 'failed' || failures >= manyFailures,
  disk_full: ({ facts }) => (diskShare(facts.usage) ?? 0) > diskFull,
  memory_full: ({ facts, memoryMiB }) =>
    facts.usage !== null && memoryBand(facts.usage, memoryMiB) !== 'fine',
  login_failing: (looked) =>
    hasReason(looked, 'login_expired') || hasReason(looked, 'login_refused'),
  login_expiring: (looked) => hasReason(looked, 'login_expiring'),
  backup_overdue: ({ facts }, now) => isBackupOverdue(facts, now),
  charge_missed: ({ renewal }) => renewal === 'missed',
  term_ending: ({ suspendedFor, endMs, renewal }, now) => {
    const leftMs = endMs - now.getTime();
    const endsSoon = leftMs <= termDays.renewal * dayMs && renewal !== 'automatic';
    return suspendedFor === 'unpaid' || endsSoon || leftMs <= 0;
  },
};

const hasReason = ({ conditions }: Looked, wanted: string): boolean =>
  conditions.some(({ type, reason }) => type === 'codex_linked' && reason === wanted);

/** Of one that stands still only its term is at risk: nothing of it runs. */
export const risksOf = (looked: Looked, now: Date): FleetRisk[] => {
  const stands = looked.suspendedFor !== null || looked.status === 'suspended';
  return fleetRisks.filter(
    (risk) => (!stands || risk === 'term_ending') && judges[risk](looked, now),
  );
};

export const termPlaceOf = (
  { suspendedFor, status, endMs }: Pick<Looked, 'suspendedFor' | 'status' | 'endMs'>,
  now: Date,
): keyof TermCounts => {
  if (suspendedFor === 'unpaid') return 'unpaid';
  if (suspendedFor === 'customer') return 'paused';
  if (suspendedFor !== null || status === 'suspended') return 'stopped';
  const leftMs = endMs - now.getTime();
  if (leftMs <= 0) return 'grace';
  return leftMs <= termDays.renewal * dayMs ? 'reminder' : 'paid';
};
