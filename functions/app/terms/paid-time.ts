/** Between a runtime's row and the periods that core works with. */
import type { PaidTime } from '#core/term/periods.ts';
import { periods as periodsSchema } from '#schemas/record/term.ts';
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
