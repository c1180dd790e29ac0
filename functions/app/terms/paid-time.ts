/** Between a runtime's row and the periods that core works with. */
import type { PaidTime } from '#core/term/periods.ts';
import { planAt } from '#core/term/plans.ts';
import type { Planned } from '#core/term/plans.ts';
import { periods as periodsSchema, planChanges } from '#schemas/record/term.ts';
import type { RowOf } from '#schemas/tables/tables.ts';

type Row = Pick<RowOf<'runtimes'>, 'paidUntil' | 'periods'>;

/** A column that cannot be read is an error: time that was paid for must not be forgotten. */
export const paidTimeOf = ({ paidUntil, periods }: Row): PaidTime => ({
  paidUntil,
  periods: periodsSchema.parse(JSON.parse(periods ?? '[]')),
});

export const paidTimeColumns = ({ paidUntil, periods }: PaidTime): Row => ({
  paidUntil,
  periods: JSON.stringify(periods),
});

type PlannedRow = Pick<RowOf<'runtimes'>, 'planKey' | 'planVersion' | 'periods' | 'planChanges'>;

export const plannedOf = (row: PlannedRow): Planned => ({
  planKey: row.planKey,
  planVersion: row.planVersion ?? 1,
  periods: periodsSchema.parse(JSON.parse(row.periods ?? '[]')),
  changes: planChanges.parse(JSON.parse(row.planChanges ?? '[]')),
});

/** With the plan that counts at this time. */
export const plannedColumns = (planned: Planned, nowMs: number): PlannedRow => {
  const { key, version } = planAt(planned, nowMs);
  return {
    planKey: key,
    planVersion: version,
    periods: JSON.stringify(planned.periods),
    planChanges: planned.changes.length === 0 ? null : JSON.stringify(planned.changes),
  };
};
