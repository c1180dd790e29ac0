/**
 * One runtime with a login between two published releases of OpenClaw: forward and back again (the
 * target's version is a lie, so that the new gateway has migrated the state before anything is
 * wrong), or forward for good. What was there before has to be there afterwards.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '#local/customer/customer.ts';
import { openclawImageName } from '#local/supervisor/images.ts';
import { actOnRuntime } from '#schemas/contract/operator-runtimes.ts';
import { updateRecord } from '#schemas/contract/updates.ts';
import { release as releaseSchema, releaseRow } from '#schemas/record/update.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { AnyRow, TestProduct } from '#tests/support/product.ts';
import { expectSame, factsOf, rowOf, secondsSince, press, until, volumeOf } from './subject.ts';
import type { Subject } from './subject.ts';

/** The first that can be logged in to. */
export const olderVersion = '2026.9.5';
const noVersion = '2099.1.1';

/** As `/updates/target` writes it for every ring; a lie about the version is refused by nobody. */
export const writeTargets = async (
  { admin }: TestProduct,
  { version, claimed = version }: { readonly version: string; readonly claimed?: string },
): Promise<void> => {
  const now = new Date().toISOString();
  const image = `${openclawImageName}:${version}`;
  const times = { setAt: now, noticeHours: 0, soakMinutes: 0, provenAt: now };
  const pin = { image, version: claimed, ...times };
  const value = JSON.stringify(releaseSchema.parse({ canary: pin, half: pin, all: pin }));
  await admin.rows.upsertRow({
    ...{ databaseId, tableId: 'settings', rowId: releaseRow },
    data: { value },
  });
};

interface Wanted {
  readonly version: string;
  readonly claimed?: string;
  readonly end: 'done' | 'rolled_back';
}

/** From where an operator begins it to where it has ended and the runtime is `ready`. */
const update = async (at: Subject, wanted: Wanted): Promise<{ row: AnyRow; seconds: number }> => {
  const { product, runtimeId } = at;
  const before = factsOf(await rowOf(at));
  const note = join(volumeOf(at, 'openclaw-state'), 'workspace-note.txt');
  writeFileSync(note, 'of the customer');
  await writeTargets(product, wanted);
  const data = { updateDueAt: new Date().toISOString(), updateState: null };
  await product.admin.rows.updateRow({ databaseId, tableId: 'runtimes', rowId: runtimeId, data });
  await until(at, ({ updateState }) => updateState === 'planned');
  const startedMs = performance.now();
  const how = { action: 'update_now', reason: 'bench', dryRun: false } as const;
  const { functions } = product.admin;
  await press(at, (target) => call(functions, actOnRuntime, { ...target, ...how }));
  const isOver = ({ updateState, status }: AnyRow): boolean =>
    ['done', 'rolled_back'].includes(String(updateState)) && status === 'ready';
  const row = await until(at, isOver);
  const seconds = secondsSince(startedMs);
  expectSame('the end', row['updateState'], wanted.end);
  expectSame('the login', factsOf(row).codex.loginId, before.codex.loginId);
  expectSame('the file', readFileSync(note, 'utf8'), 'of the customer');
  return { row, seconds };
};

const versionOf = (row: AnyRow): unknown => factsOf(row).verify.report?.openclawVersion;

export const updateAndReturn = async (at: Subject, version: string): Promise<number> => {
  const before = versionOf(await rowOf(at));
  const wanted: Wanted = { version, claimed: noVersion, end: 'rolled_back' };
  const { row, seconds } = await update(at, wanted);
  const { failure } = updateRecord.parse(JSON.parse(String(row['update'])));
  expectSame('its reason', failure, 'version_differs');
  expectSame('the version', versionOf(row), before);
  return seconds;
};

export const updateForGood = async (at: Subject, version: string): Promise<number> => {
  const { row, seconds } = await update(at, { version, end: 'done' });
  expectSame('the version', versionOf(row), version);
  return seconds;
};
