/**
 * All runtimes that are not deleted, judged, searched, sorted, a page of them handed out. Reads every
 * row once, up to a bound that is said when it is reached, and asks nobody outside.
 */
import { diskShare, memoryShare, risksOf, termPlaceOf } from '#core/fleet/risks.ts';
import type { Looked } from '#core/fleet/risks.ts';
import { ringOf } from '#core/update/ring.ts';
import { floorVersion } from '#app/updates/floor.ts';
import { pagesOf } from '#app/pages.ts';
import { readRelease } from '#app/updates/releases.ts';
import type { Store, Stored } from '#ports/store.ts';
import type { Clock } from '#ports/system.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type {
  FleetRisk,
  FleetRow,
  fleetOverview as overviewOperation,
  FleetSort,
  Renewal,
  TermCounts,
} from '#schemas/contract/operator-fleet.ts';
import { fleetPageSize, fleetRisks } from '#schemas/contract/operator-fleet.ts';
import { planBought } from '#schemas/plans.ts';
import { readJson } from '#schemas/record/json.ts';
import { conditions, facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';

export interface FleetDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** The installation's own lowest version, below which no operator's goes. */
  readonly own: { readonly floor: string };
}

const readAtOnce = 100;
/** Five thousand: what one execution reads in seconds. */
const pagesAtMost = 50;

type Runtime = Stored<'runtimes'>;

const readAll = async (
  store: Store,
): Promise<{ readonly rows: readonly Runtime[]; readonly isCut: boolean }> => {
  const rows: Runtime[] = [];
  let isCut = false;
  for (const desired of ['running', 'suspended'] as const) {
    let after: string | undefined;
    for (let page = 0; ; page += 1) {
      if (page === pagesAtMost) {
        isCut = true;
        break;
      }
      const cursor = after === undefined ? {} : { after };
      const more = await store.list('runtimes', {
        where: { desired },
        limit: readAtOnce,
        ...cursor,
      });
      rows.push(...more);
      after = more.at(-1)?.id;
      if (more.length < readAtOnce) break;
    }
  }
  return { rows, isCut };
};

/** Of those that PayApp charges; who is not in it pays by hand. */
const readRenewals = async (store: Store): Promise<ReadonlyMap<string, Renewal>> => {
  const agreed = await pagesOf(store, 'autopays', { state: 'active' });
  return new Map(
    agreed.map(({ runtimeId, missed }) => [runtimeId, missed > 0 ? 'missed' : 'automatic']),
  );
};

interface Known {
  readonly floor: string;
  readonly now: Date;
  readonly renewals: ReadonlyMap<string, Renewal>;
}

const rowOf = (row: Runtime, at: Known): FleetRow => {
  const facts = readJson(factsSchema, row.facts, noFacts);
  const memoryMiB = planBought(row.planKey, row.planVersion)?.memoryMiB ?? 0;
  const version = facts.agent.version ?? row.openclawVersion;
  const renewal = at.renewals.get(row.id) ?? 'by_hand';
  const looked: Looked = {
    status: row.status,
    suspendedFor: row.suspendedFor,
    failures: row.failures,
    endMs: Date.parse(row.paidUntil),
    ...{ version, renewal },
    floor: at.floor,
    memoryMiB,
    facts,
    conditions: readJson(conditions, row.conditions, []),
  };
  const { newest } = facts.backup;
  return {
    runtimeId: row.id,
    name: row.name,
    workspaceId: row.workspaceId,
    host: row.host,
    status: row.status,
    suspendedFor: row.deletesAt === null ? row.suspendedFor : 'leaving',
    revision: row.revision,
    planKey: row.planKey,
    ring: ringOf(row.id, row.ring),
    version,
    diskUsed: diskShare(facts.usage),
    memoryUsed: memoryShare(facts.usage, memoryMiB),
    backupAt: newest === null ? null : new Date(newest.madeAtMs).toISOString(),
    paidUntil: row.paidUntil,
    renewal,
    failures: row.failures,
    risks: risksOf(looked, at.now),
  };
};

export const readFleet = async (
  deps: FleetDeps,
  body: BodyOf<typeof overviewOperation>,
): Promise<Result<ValueOf<typeof overviewOperation>>> => {
  const now = deps.clock.now();
  const floor = floorVersion(deps.own.floor, await readRelease(deps.store));
  const { rows, isCut } = await readAll(deps.store);
  const renewals = await readRenewals(deps.store);
  const all = rows.map((row) => rowOf(row, { floor, now, renewals }));
  const fitting = all.filter((row) => fits(row, body)).toSorted(orders[body.sort]);
  const from = body.page * fleetPageSize;
  return succeed({
    runtimes: fitting.slice(from, from + fleetPageSize),
    found: fitting.length,
    total: all.length,
    isCut,
    atRisk: riskCounts(all),
    terms: termCounts(all, now),
    versions: versionsOf(all),
  });
};

const fits = (row: FleetRow, { search = '', risk }: BodyOf<typeof overviewOperation>): boolean => {
  const isAsked =
    risk === undefined || (risk === 'any' ? row.risks.length > 0 : row.risks.includes(risk));
  const text = `${row.name}\n${row.host}\n${row.version ?? ''}\n${row.runtimeId}`.toLowerCase();
  return isAsked && text.includes(search.trim().toLowerCase());
};

/** The worst of its risks, by the order of the list; those without any come last. */
const worstOf = ({ risks }: FleetRow): number =>
  risks[0] === undefined ? fleetRisks.length : fleetRisks.indexOf(risks[0]);

type Order = (left: FleetRow, right: FleetRow) => number;

const byName: Order = (left, right) =>
  left.name.localeCompare(right.name) || left.runtimeId.localeCompare(right.runtimeId);
/** Most first; what was never measured comes last. */
const byMost =
  (value: (row: FleetRow) => number | null): Order =>
  (left, right) =>
    (value(right) ?? -1) - (value(left) ?? -1) || byName(left, right);
const byText =
  (value: (row: FleetRow) => string): Order =>
  (left, right) =>
    value(left).localeCompare(value(right), 'en', { numeric: true }) || byName(left, right);

/** Oldest versions and backups first, none at all before them; ends of terms as they come. */
const orders: Readonly<Record<FleetSort, Order>> = {
  risk: (left, right) =>
    worstOf(left) - worstOf(right) || right.risks.length - left.risks.length || byName(left, right),
  name: byName,
  version: byText(({ version }) => version ?? ''),
  disk: byMost(({ diskUsed }) => diskUsed),
  memory: byMost(({ memoryUsed }) => memoryUsed),
  backup: byText(({ backupAt }) => backupAt ?? ''),
  term: byText(({ paidUntil }) => paidUntil),
};

const riskCounts = (rows: readonly FleetRow[]): Record<FleetRisk, number> => {
  const counts = fleetRisks.map((risk) => [
    risk,
    rows.filter(({ risks }) => risks.includes(risk)).length,
  ]);
  return Object.fromEntries(counts) as Record<FleetRisk, number>;
};

const termCounts = (rows: readonly FleetRow[], now: Date): TermCounts => {
  const counts = { paid: 0, reminder: 0, grace: 0, unpaid: 0, paused: 0, stopped: 0 };
  for (const { paidUntil, ...row } of rows) {
    counts[termPlaceOf({ ...row, endMs: Date.parse(paidUntil) }, now)] += 1;
  }
  return counts;
};

const versionsAtMost = 20;

/** Most runtimes first. */
const versionsOf = (rows: readonly FleetRow[]): { version: string; count: number }[] => {
  const counts = new Map<string, number>();
  for (const { version } of rows) {
    if (version !== null) counts.set(version, (counts.get(version) ?? 0) + 1);
  }
  return [...counts]
    .map(([version, count]) => ({ version, count }))
    .toSorted((left, right) => right.count - left.count)
    .slice(0, versionsAtMost);
};
