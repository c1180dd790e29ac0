/** The message of one step of a term, with the dates that hold if nothing is late from here on. */
import { isOpen } from '#core/order/machine.ts';
import type { TermNotice } from '#core/term/plan-term.ts';
import { announce } from '#app/messages/announce.ts';
import type { CheckoutDeps } from '#app/checkout/deps.ts';
import type { Stored } from '#ports/store.ts';
import { termDates, termDays } from '#schemas/contract/terms.ts';
import { renewalPlanOf } from '#schemas/plans.ts';
import { planSnapshot } from '#schemas/record/order.ts';
import { renewalsOf } from './close-renewals.ts';
import { renewalIdOf } from './open-renewal.ts';
import { managePath, runtimePath } from '#app/messages/paths.ts';
import { deletionOf } from '#app/runtimes/deletion.ts';
import { leaveDays } from '#schemas/contract/deletion.ts';

type Runtime = Stored<'runtimes'>;

const dayMs = 24 * 60 * 60_000;

export const tellTerm = async (
  deps: CheckoutDeps,
  row: Runtime,
  notice: TermNotice,
): Promise<void> => {
  const { id: subjectId, workspaceId } = row;
  const key = { subjectId, workspaceId, occasion: notice.about };
  const about = { runtimeName: row.name, path: runtimePath(row.workspaceId, row.id) };
  const at = { path: managePath(row.workspaceId, row.id) };
  const nowMs = deps.clock.now().getTime();
  switch (notice.kind) {
    case 'renewal_due': {
      const values = { ...about, endsAt: row.paidUntil, ...(await renewalOf(deps, row)) };
      await announce(deps, { ...key, kind: notice.kind, values });
      return;
    }
    case 'grace': {
      const suspendsAt = isoOf(
        Math.max(
          Date.parse(termDates(row.paidUntil).suspendsAt),
          nowMs + termDays.graceNotice * dayMs,
        ),
      );
      const { amountKrw } = await renewalOf(deps, row);
      const values = { ...about, endedAt: row.paidUntil, suspendsAt, amountKrw };
      await announce(deps, { ...key, kind: notice.kind, values });
      return;
    }
    case 'suspended':
    case 'deletion_warning': {
      const values = { ...about, deletesAt: deletesAt(row, notice, nowMs) };
      await announce(deps, { ...key, kind: notice.kind, values });
      return;
    }
    case 'deletion_planned': {
      const plannedMs = Date.parse(row.deletesAt ?? isoOf(nowMs));
      const goesMs = Math.max(plannedMs, nowMs + leaveDays.notice * dayMs);
      const values = { ...about, ...at, deletesAt: isoOf(goesMs) };
      await announce(deps, { ...key, kind: notice.kind, values });
      return;
    }
    case 'deleted': {
      const receipt = deletionOf(row)?.receipt ?? null;
      const volumes = receipt?.lines.find(({ what }) => what === 'volumes')?.proof ?? null;
      const deletedAt = receipt?.deletedAt ?? isoOf(nowMs);
      const values = { ...about, ...at, deletedAt, volumes };
      await announce(deps, { ...key, kind: notice.kind, values });
    }
  }
};

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** No sooner than the warnings still to come allow. */
const deletesAt = (row: Runtime, { kind, about }: TermNotice, nowMs: number): string => {
  const plannedMs = Date.parse(termDates(row.paidUntil, row.suspendedAt).deletesAt);
  if (kind !== 'deletion_warning') return isoOf(plannedMs);
  const betweenDays = about.endsWith('first') ? termDays.betweenWarnings : 0;
  const earliestMs = nowMs + (betweenDays + termDays.afterSecondWarning) * dayMs;
  return isoOf(Math.max(plannedMs, earliestMs));
};

/** What the open renewal costs; where none is left, what one month would. */
const renewalOf = async (
  deps: CheckoutDeps,
  row: Runtime,
): Promise<{ readonly amountKrw: number; readonly months: number }> => {
  const renewals = await renewalsOf(deps.store, row.id);
  const ours = renewalIdOf(deps, row);
  const order =
    renewals.find(({ id }) => id === ours) ?? renewals.find(({ state }) => isOpen(state));
  if (order !== undefined) {
    const { months } = planSnapshot.parse(JSON.parse(order.planSnapshot));
    return { amountKrw: order.priceKrw, months };
  }
  return {
    amountKrw: renewalPlanOf(row, 1)?.pricesKrw[1] ?? 0,
    months: 1,
  };
};
