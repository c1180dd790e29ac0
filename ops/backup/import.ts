/**
 * Brings a backup back: every part is checked before the first row is written, rows keep their ids,
 * dates, permissions and order, and at the end the tables are read again and must give the backup's
 * digest. Tables and columns that newer code has added stay empty. A target that holds anything but
 * what a first deploy leaves, or the beginning of this very backup, is refused, unless told to empty
 * it; so an import that was cut off goes on where it was. Functions are paused first: they would act
 * on rows that are half there, and deploying turns them on again.
 */
import * as z from 'zod/mini';
import type { Api } from '#ops/deploy/api.ts';
import type { Note } from '#ops/deploy/deploy.ts';
import { SetupError } from '#ops/deploy/output.ts';
import { listAll, tablesOf } from '#ops/deploy/remote.ts';
import { journalId } from '#ops/migrate/run.ts';
import { tables } from '#schemas/tables/tables.ts';
import { checkParts, readManifest, readPart } from './folder.ts';
import { digestOf, lineOf, rowsOf, sha256 } from './format.ts';
import type { Manifest, Part, Row } from './format.ts';
import { deleteRows, isEmptyTable, pagesOf, partsOf, rowsAWrite, writeRows } from './rows.ts';
import type { Place } from './rows.ts';

export interface ImportJob {
  readonly api: Api;
  readonly folder: string;
  /** Empties tables that are not empty. */
  readonly replace: boolean;
  readonly step: <T>(title: string, work: (note: Note) => Promise<T>) => Promise<T>;
}

export interface Imported {
  readonly rows: number;
  readonly digest: string;
}

const placeOf = ({ api }: ImportJob, { databaseId }: Manifest, tableId: string): Place => ({
  api,
  databaseId,
  tableId,
});

const openBackup = (folder: string): Manifest => {
  const found = readManifest(folder);
  if (found === undefined) throw new SetupError(`${folder} holds no backup.`);
  if (found.finishedAt === undefined) {
    throw new SetupError(`The backup in ${folder} was not finished. Run the export again.`);
  }
  return found;
};

/**
 * The backup, with the tables that newer code has added as empty ones. Throws SetupError when the
 * project has no place for a column of it.
 */
const fitted = async ({ api }: ImportJob, backup: Manifest): Promise<Manifest> => {
  const remote = await tablesOf(api);
  const missing = Object.entries(backup.tables).flatMap(([id, { columns }]) => {
    const found = remote.tables.find(
      (each) => each.$id === id && each.databaseId === backup.databaseId,
    );
    const has = new Set(found?.columns.map(({ key }) => key) ?? []);
    return columns.filter((key) => !has.has(key)).map((key) => `${id}/${key}`);
  });
  if (missing.length === 0) {
    const ours = remote.tables.filter(
      ({ $id, databaseId }) => databaseId === backup.databaseId && Object.hasOwn(tables, $id),
    );
    const empty = { complete: true, columns: [], parts: [] };
    const all = Object.fromEntries(ours.map(({ $id }) => [$id, empty]));
    return { ...backup, tables: { ...all, ...backup.tables } };
  }
  const some = missing.slice(0, 5).join(', ');
  throw new SetupError(
    `The project has no place for ${String(missing.length)} columns of the backup (${some} …).\n` +
      'Deploy the version the backup was made with, import, then deploy the newer one.',
  );
};

const functionShape = z.looseObject({
  $id: z.string(),
  enabled: z.boolean(),
  events: z.array(z.string()),
  schedule: z.string(),
});

const kept = ['name', 'execute', 'timeout', 'logging', 'entrypoint', 'commands', 'scopes'] as const;

/**
 * Without events and schedule nothing starts them, whatever `enabled` means to a server; a deploy
 * wakes them. Answers how many were awake.
 */
export const pauseFunctions = async (api: Api): Promise<number> => {
  const found = await listAll(api, { path: '/functions', name: 'functions' }, functionShape);
  const awake = found.filter(
    ({ enabled, events, schedule }) => enabled || events.length > 0 || schedule !== '',
  );
  for (const each of awake) {
    const same = Object.fromEntries(kept.map((name) => [name, each[name]]));
    const paused = { ...same, enabled: false, events: [], schedule: '' };
    await api.send('PUT', `/functions/${each.$id}`, paused);
  }
  return awake.length;
};

function* rowsOfParts(folder: string, parts: readonly Part[]): Generator<Row> {
  for (const part of parts) yield* readPart(folder, part);
}

/** Number of rows already there; undefined when they are not the beginning of the backup. */
const alreadyThere = async (
  place: Place,
  known: ReadonlySet<string>,
  wanted: Generator<Row>,
): Promise<number | undefined> => {
  let count = 0;
  for await (const rows of pagesOf(place)) {
    for (const there of rows) {
      const next = wanted.next();
      const line = lineOf(there, known);
      if (next.done === true || lineOf(next.value) !== line) return undefined;
      count += 1;
    }
  }
  return count;
};

const importTable = async (
  job: ImportJob,
  place: Place,
  from: { readonly parts: readonly Part[]; readonly skip: number; readonly note: Note },
): Promise<void> => {
  let position = 0;
  let batch: Row[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await writeRows(place, batch);
    batch = [];
  };
  for (const row of rowsOfParts(job.folder, from.parts)) {
    position += 1;
    if (position <= from.skip) continue;
    batch.push(row);
    if (batch.length < rowsAWrite) continue;
    await flush();
    from.note(`${String(position)} rows`);
  }
  await flush();
  from.note(`${String(position)} rows`);
};

/** Digests of what the project holds now, in the backup's parts. */
const digestNow = async (job: ImportJob, backup: Manifest): Promise<string> => {
  const states = await Promise.all(
    Object.entries(backup.tables).map(async ([tableId, { columns }]) => {
      const known = new Set(columns);
      const parts: { readonly sha256: string }[] = [];
      for await (const rows of partsOf(placeOf(job, backup, tableId))) {
        const lines = rows.map((each) => `${lineOf(each, known)}\n`);
        parts.push({ sha256: sha256(lines.join('')) });
      }
      return [tableId, { parts }] as const;
    }),
  );
  return digestOf(Object.fromEntries(states));
};

/** Rate counters and leases live for minutes; what a project has of them is no data to lose. */
const passing: readonly string[] = ['limits', 'leases'];

/** Nothing but the note of the migrations it has had, which the first deploy to a project makes. */
const isFresh = async (place: Place): Promise<boolean> => {
  if (place.tableId !== 'settings') return false;
  for await (const rows of pagesOf(place)) {
    if (rows.some(({ $id }) => $id !== journalId)) return false;
  }
  return true;
};

/** By table: rows of the backup that are there; undefined = others are. */
type Begun = ReadonlyMap<string, number | undefined>;

/** Changes nothing; throws SetupError when a table would have to be emptied without being told. */
const lookAround = async (job: ImportJob, backup: Manifest): Promise<Begun> => {
  const begun = new Map<string, number | undefined>();
  for (const [tableId, { columns, parts }] of Object.entries(backup.tables)) {
    const place = placeOf(job, backup, tableId);
    const wanted = rowsOfParts(job.folder, parts);
    const isEmpty = await isEmptyTable(place);
    begun.set(tableId, isEmpty ? 0 : await alreadyThere(place, new Set(columns), wanted));
  }
  const others: string[] = [];
  for (const [id, count] of begun) {
    if (count !== undefined || passing.includes(id)) continue;
    if (!(await isFresh(placeOf(job, backup, id)))) others.push(id);
  }
  if (others.length === 0 || job.replace) return begun;
  throw new SetupError(
    `These tables hold other rows than this backup: ${others.join(', ')}.\n` +
      'Import into an empty project, or name the project to have its tables emptied first: ' +
      '--replace <project id>. Nothing was touched.',
  );
};

const fill = async (job: ImportJob, backup: Manifest, begun: Begun): Promise<void> => {
  for (const [tableId, { parts }] of Object.entries(backup.tables)) {
    const place = placeOf(job, backup, tableId);
    const skip = begun.get(tableId);
    if (skip === undefined) {
      await job.step(`Emptying ${tableId}`, () => deleteRows(place));
    }
    if (skip === rowsOf(parts)) continue;
    await job.step(tableId, (note) => importTable(job, place, { parts, skip: skip ?? 0, note }));
  }
};

export const importTables = async (job: ImportJob): Promise<Imported> => {
  const found = openBackup(job.folder);
  const rows = await job.step('Checking the backup', async () => checkParts(job.folder, found));
  const backup = await fitted(job, found);
  const begun = await job.step('Looking at what is there', () => lookAround(job, backup));
  await job.step('Pausing functions', async (note) => note(String(await pauseFunctions(job.api))));
  await fill(job, backup, begun);
  const digest = await job.step('Reading it again', () => digestNow(job, backup));
  if (digest !== digestOf(backup.tables)) {
    throw new SetupError(
      'What the project holds now is not what the backup holds. Does something still write to it?',
    );
  }
  return { rows, digest };
};
