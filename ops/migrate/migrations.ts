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

export const migrations: readonly Migration[] = [inspectedMinute];
