/**
 * Writes every table of the product to a folder, row by row, in bounded memory. Cut off, it goes on
 * after the last whole part. It is a copy of a moment only while nobody writes; what changed
 * meanwhile is counted, so that a person can decide to run it again.
 */
import type { Api } from '#ops/deploy/api.ts';
import type { Note } from '#ops/deploy/deploy.ts';
import { SetupError } from '#ops/deploy/output.ts';
import { tablesOf } from '#ops/deploy/remote.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { tables } from '#schemas/tables/tables.ts';
import { makeFolder, readManifest, writeManifest, writePart } from './folder.ts';
import { digestOf, formatVersion, rowsAPart, rowsOf } from './format.ts';
import type { Manifest, TableState } from './format.ts';
import { changedSince, partsOf } from './rows.ts';

export interface ExportJob {
  readonly api: Api;
  readonly folder: string;
  readonly source: Manifest['source'];
  readonly now: () => Date;
  /** Runs one table's work under a headline. */
  readonly step: <T>(title: string, work: (note: Note) => Promise<T>) => Promise<T>;
}

export interface Exported {
  readonly rows: number;
  readonly digest: string;
  /** Rows changed while it ran. */
  readonly changed: number;
  /** Tables this code knows and the project does not have yet: it was pulled, and not deployed. */
  readonly absent: readonly string[];
}

const tableIds = Object.keys(tables).toSorted();

const begin = async (job: ExportJob): Promise<Manifest> => {
  const known = readManifest(job.folder);
  if (known !== undefined) return resume(job, known);
  const remote = await tablesOf(job.api);
  const states = tableIds.flatMap((id): readonly (readonly [string, TableState])[] => {
    const found = remote.tables.find((each) => each.$id === id && each.databaseId === databaseId);
    if (found === undefined) return [];
    const columns = found.columns.map(({ key }) => key);
    return [[id, { complete: false, columns, parts: [] }]];
  });
  if (states.length === 0) {
    throw new SetupError('The project has no table of ours. Has it been deployed?');
  }
  const made: Manifest = {
    format: formatVersion,
    startedAt: job.now().toISOString(),
    source: job.source,
    databaseId,
    tables: Object.fromEntries(states),
  };
  makeFolder(job.folder);
  writeManifest(job.folder, made);
  return made;
};

const resume = ({ folder, source }: ExportJob, known: Manifest): Manifest => {
  if (known.finishedAt !== undefined) {
    throw new SetupError(`${folder} holds a finished backup. Choose another folder.`);
  }
  if (known.source.endpoint !== source.endpoint || known.source.projectId !== source.projectId) {
    throw new SetupError(`${folder} holds the begun backup of another project.`);
  }
  return known;
};

const exportTable = async (
  job: ExportJob,
  tableId: string,
  at: { readonly manifest: Manifest; readonly note: Note },
): Promise<Manifest> => {
  let { manifest } = at;
  const keep = (change: Partial<TableState>): void => {
    const state = manifest.tables[tableId] ?? { complete: false, columns: [], parts: [] };
    manifest = { ...manifest, tables: { ...manifest.tables, [tableId]: { ...state, ...change } } };
    writeManifest(job.folder, manifest);
  };
  // Only whole parts count: a short one may have been the end of a table that has grown since.
  const whole = (manifest.tables[tableId]?.parts ?? []).filter(({ rows }) => rows === rowsAPart);
  let parts = [...whole];
  const place = { api: job.api, databaseId, tableId };
  for await (const rows of partsOf(place, whole.at(-1)?.lastId)) {
    parts = [...parts, writePart(job.folder, { tableId, number: parts.length + 1 }, rows)];
    keep({ parts });
    at.note(`${String(rowsOf(parts))} rows`);
  }
  keep({ parts, complete: true });
  at.note(`${String(rowsOf(parts))} rows`);
  return manifest;
};

/** Throws SetupError when the folder cannot take it. */
export const exportTables = async (job: ExportJob): Promise<Exported> => {
  let manifest = await begin(job);
  const there = tableIds.filter((id) => manifest.tables[id] !== undefined);
  for (const tableId of there) {
    if (manifest.tables[tableId]?.complete === true) continue;
    manifest = await job.step(tableId, (note) => exportTable(job, tableId, { manifest, note }));
  }
  const changed = await Promise.all(
    there.map((tableId) => changedSince({ api: job.api, databaseId, tableId }, manifest.startedAt)),
  );
  writeManifest(job.folder, { ...manifest, finishedAt: job.now().toISOString() });
  return {
    rows: rowsOf(Object.values(manifest.tables).flatMap(({ parts }) => parts)),
    digest: digestOf(manifest.tables),
    changed: changed.reduce((sum, count) => sum + count, 0),
    absent: tableIds.filter((id) => !there.includes(id)),
  };
};
