/**
 * Carries migrations out, row by row, each row compared and set: one that somebody changed meanwhile
 * is read and judged again. What is done is noted in the row `migrations` of `settings`, with the
 * last row of the page; cut off, it goes on there. A dry run writes nothing.
 */
import * as z from 'zod/mini';
import type { Api } from '#ops/deploy/api.ts';
import { ApiError, isMissing } from '#ops/deploy/api.ts';
import type { Note } from '#ops/deploy/deploy.ts';
import { SetupError } from '#ops/deploy/output.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { pagesOf } from '#ops/backup/rows.ts';
import type { Row } from '#ops/backup/format.ts';
import type { Migration } from './migration.ts';

const journal = z.object({
  done: z.array(z.int()),
  /** The one that is under way, and the last row of its last whole page. */
  begun: z._default(z.nullable(z.object({ number: z.int(), after: z.string() })), null),
});
type Journal = z.infer<typeof journal>;

const rowPath = (table: string, id = ''): string =>
  `/tablesdb/${databaseId}/tables/${table}/rows${id === '' ? '' : `/${id}`}`;

/** The row of `settings` that says which migrations a project has had. */
export const journalId = 'migrations';
const stored = z.object({ value: z.string() });

export const readJournal = async (api: Api): Promise<Journal> => {
  try {
    const { value } = stored.parse(await api.get(rowPath('settings', journalId)));
    return journal.parse(JSON.parse(value));
  } catch (error) {
    if (isMissing(error)) return { done: [], begun: null };
    throw error;
  }
};

const writeJournal = async (api: Api, value: Journal): Promise<void> => {
  const data = { value: JSON.stringify(value) };
  try {
    await api.send('PATCH', rowPath('settings', journalId), { data });
  } catch (error) {
    if (!isMissing(error)) throw error;
    const row = { rowId: journalId, data, permissions: [] };
    await api.send('POST', rowPath('settings'), row);
  }
};

export const pendingOf = (
  all: readonly Migration[],
  { done }: Pick<Journal, 'done'>,
): readonly Migration[] => all.filter(({ number }) => !done.includes(number));

const triesARow = 5;

const isConflict = (error: unknown): boolean =>
  error instanceof ApiError && error.type === 'row_update_conflict';

/** Compare and set: refused when the row is newer than what was judged. */
const changeRow = async (api: Api, migration: Migration, first: Row): Promise<boolean> => {
  let row = first;
  for (let attempt = 1; ; attempt += 1) {
    const data = migration.change(row);
    if (data === null) return false;
    const path = rowPath(migration.table, row.$id);
    try {
      const seen = { 'x-appwrite-timestamp': row.$updatedAt };
      await api.send('PATCH', path, { data }, seen);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      if (!isConflict(error) || attempt >= triesARow) throw error;
      row = z.looseObject(rowShape).parse(await api.get(path)) as Row;
    }
  }
};

const rowShape = { $id: z.string(), $updatedAt: z.string() };

export interface Counted {
  readonly looked: number;
  /** Changed, or to be changed by a run that is not dry. */
  readonly changed: number;
}

export interface MigrationJob {
  readonly api: Api;
  readonly migration: Migration;
  readonly isDry: boolean;
  readonly note: Note;
}

const countPage = async (job: MigrationJob, rows: readonly Row[]): Promise<number> => {
  let changed = 0;
  for (const row of rows) {
    const isChanged = job.isDry
      ? job.migration.change(row) !== null
      : await changeRow(job.api, job.migration, row);
    if (isChanged) changed += 1;
  }
  return changed;
};

/** Throws SetupError when rows still want it at the end: it would not be idempotent. */
export const runMigration = async (job: MigrationJob): Promise<Counted> => {
  const { api, migration, isDry, note } = job;
  const { number, table: tableId } = migration;
  const before = await readJournal(api);
  const after = before.begun?.number === number && !isDry ? before.begun.after : undefined;
  let counted: Counted = { looked: 0, changed: 0 };
  for await (const rows of pagesOf({ api, databaseId, tableId }, after)) {
    const changed = counted.changed + (await countPage(job, rows));
    counted = { looked: counted.looked + rows.length, changed };
    note(`${String(counted.changed)} of ${String(counted.looked)} rows`);
    const last = rows.at(-1)?.$id;
    if (!isDry && last !== undefined) {
      await writeJournal(api, { ...before, begun: { number, after: last } });
    }
  }
  if (isDry) return counted;
  await requireDone(job);
  await writeJournal(api, { done: [...before.done, number], begun: null });
  return counted;
};

const requireDone = async ({ api, migration }: MigrationJob): Promise<void> => {
  for await (const rows of pagesOf({ api, databaseId, tableId: migration.table })) {
    const left = rows.find((row) => migration.change(row) !== null);
    if (left === undefined) continue;
    throw new SetupError(
      `Row ${left.$id} of ${migration.table} still wants migration ${String(migration.number)}; ` +
        'older code may be writing such rows. Deploy the functions, then run it again.',
    );
  }
};
