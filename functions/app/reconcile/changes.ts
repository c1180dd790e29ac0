/** The columns a step really changes. Nothing changed → nothing is written (nothing flaps). */
import { summarise } from '#core/runtime/summarise.ts';
import type { Desired } from '#core/runtime/timing.ts';
import { jsonReader, readJson } from '#schemas/record/json.ts';
import {
  conditions,
  facts as factsSchema,
  issuedReceipt as receiptSchema,
  noFacts,
} from '#schemas/record/runtime.ts';
import type { Conditions, Facts, Receipt } from '#schemas/record/runtime.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { deletionOf } from '#app/runtimes/deletion.ts';
import type { RuntimeRecord } from './deps.ts';
import { sameFacts } from './observe.ts';

export type RuntimeChanges = Partial<RowOf<'runtimes'>>;

/** The JSON columns of one row, read once however often a run looks at them. */
export interface ColumnReaders {
  readonly facts: (text: string) => Facts;
  readonly conditions: (text: string) => Conditions;
}

export const columnReaders = (): ColumnReaders => ({
  facts: jsonReader(factsSchema, noFacts),
  conditions: jsonReader(conditions, []),
});

export interface After {
  readonly facts: Facts;
  readonly failures: number;
  readonly nextCheckAt: string | null;
}

export const desiredOf = (
  row: RuntimeRecord,
  configHash: string,
  versionFloor: string | null,
): Desired => ({
  state: row.desired,
  configHash,
  verifyRequestedAt: row.verifyRequestedAt,
  smokeId: row.smokeId,
  restartId: row.restartId,
  failures: row.failures,
  jitter: jitterOf(row.id),
  paidUntil: row.paidUntil,
  versionFloor,
  exportUntil: row.exportUntil,
  update: row.updateState,
  declaredGone: row.desired === 'deleted' && (deletionOf(row)?.declaredBy ?? null) !== null,
});

/** Ids are hexadecimal digits of a hash or of chance: their first ones spread evenly. */
export const jitterOf = (runtimeId: string): number => {
  const number = Number.parseInt(runtimeId.slice(0, 6), 16);
  return Number.isNaN(number) ? 0 : number / 0x1_00_00_00;
};

/** A row in progress stays due; only a row that waits has its time moved. */
export const dueTime = (row: RuntimeRecord, now: Date): string =>
  row.nextCheckAt !== null && Date.parse(row.nextCheckAt) <= now.getTime()
    ? row.nextCheckAt
    : now.toISOString();

const sameMoment = (left: unknown, right: unknown): boolean =>
  typeof left === 'string' && typeof right === 'string' && Date.parse(left) === Date.parse(right);

/**
 * The last proof stays readable while a newer deployment is being proven, and is never told anew:
 * the image it names is the one that it was given on.
 */
const receiptAfter = (row: RuntimeRecord, proven: Receipt | null): string | null => {
  if (proven === null) return row.receipt;
  const known = readJson(receiptSchema, row.receipt, null);
  return known?.smokeId === proven.smokeId ? row.receipt : JSON.stringify(proven);
};

/** Kept while the turn may still have to be asked for again; afterwards its hash says enough. */
const nonceAfter = (row: RuntimeRecord, { smoke }: Facts): string | null => {
  const { report, nonceHash } = smoke;
  const hasEnded = report !== null && report.code !== 'running' && nonceHash !== '';
  return hasEnded && report.smokeId === row.smokeId ? null : row.smokeNonce;
};

export const changesOf = (
  row: RuntimeRecord,
  after: After,
  context: {
    readonly configHash: string;
    readonly image: string;
    readonly versionFloor: string;
    readonly now: Date;
    readonly columns: ColumnReaders;
  },
): RuntimeChanges => {
  const desired = {
    ...desiredOf(row, context.configHash, context.versionFloor),
    failures: after.failures,
  };
  const summary = summarise(desired, after.facts, {
    conditions: context.columns.conditions(row.conditions),
    wasReady: row.receipt !== null,
    image: context.image,
    now: context.now,
  });
  const wanted: RuntimeChanges = {
    status: summary.status,
    conditions: JSON.stringify(summary.conditions),
    receipt: receiptAfter(row, summary.receipt),
    smokeNonce: nonceAfter(row, after.facts),
    failures: after.failures,
    nextCheckAt: summary.status === 'deleted' ? null : after.nextCheckAt,
    inspectedAtMinute: summary.status === 'deleted' ? null : row.inspectedAtMinute,
    revision: summary.status === row.status ? row.revision : row.revision + 1,
  };
  const changed = Object.entries(wanted).filter(([name, value]) => {
    const old: unknown = row[name as keyof RuntimeChanges];
    return old !== value && !(name === 'nextCheckAt' && sameMoment(old, value));
  });
  const known = context.columns.facts(row.facts);
  return {
    ...Object.fromEntries(changed),
    ...(sameFacts(known, after.facts) ? {} : { facts: JSON.stringify(after.facts) }),
  };
};
