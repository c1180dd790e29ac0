/** All migrations, in order. One that has been released is never changed: a new one follows it. */
import { inspectionMinute } from '#core/runtime/slots.ts';
import type { Migration } from './migration.ts';

/** Runtimes made before 2026-11-27 have no minute of their own, so nobody would look at them. */
const inspectedMinute: Migration = {
  number: 1,
  name: 'inspected-minute',
  table: 'runtimes',
  change: ({ $id, status, inspectedAtMinute }) => {
    const isSet = typeof inspectedAtMinute === 'number';
    // One that is deleted is never looked at again.
    return isSet || status === 'deleted' ? null : { inspectedAtMinute: inspectionMinute($id) };
  },
};

/** A time that is over: what is due is taken up by the next sweep, and never is null again. */
const longDue = '2026-11-27T00:00:00.000Z';

/** Workspaces made before their teams had a picture for the members' pages get one drawn. */
const teamDue: Migration = {
  number: 2,
  name: 'team-due',
  table: 'workspaces',
  change: ({ teamDueAt }) => (typeof teamDueAt === 'string' ? null : { teamDueAt: longDue }),
};

/** Runtimes made before terms were looked after are looked at once, and say themselves when next. */
const termDue: Migration = {
  number: 3,
  name: 'term-due',
  table: 'runtimes',
  change: ({ status, termDueAt }) =>
    typeof termDueAt === 'string' || status === 'deleted' ? null : { termDueAt: longDue },
};

export const migrations: readonly Migration[] = [inspectedMinute, teamDue, termDue];
