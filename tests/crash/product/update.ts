/**
 * One runtime is updated to a version on which no turn works, and taken back with its state; whoever
 * does a step of it dies. The version is a small program too (gateway.ts).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '#local/customer/customer.ts';
import { openclawImageName } from '#local/supervisor/images.ts';
import { actOnRuntime } from '#schemas/contract/operator-runtimes.ts';
import { noRelease, release as releaseSchema, releaseRow } from '#schemas/record/update.ts';
import type { Release } from '#schemas/record/update.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { AnyRow } from '#tests/support/product.ts';
import { makeDue, volumeOf } from './days.ts';
import type { Subject } from './later.ts';
import { minutePasses, sweep } from './stage.ts';
import type { Stage } from './stage.ts';

const version = '2026.9.7';
export const newerImage = `${openclawImageName}:${version}`;
const sweepsAtMost = 20;

const addImage = ({ product }: Stage): void => {
  const file = join(product.places.dokploy, 'images.json');
  const { images } = JSON.parse(readFileSync(file, 'utf8')) as {
    images: Record<string, { env: Record<string, string> }>;
  };
  for (const part of ['', '#scratch']) {
    const old = images[`${openclawImageName}${part}`];
    const env = { ...old?.env, GATEWAY_VERSION: version, GATEWAY_MUTE: '1' };
    images[`${newerImage}${part}`] = { ...old, env };
  }
  writeFileSync(file, JSON.stringify({ images }));
};

const giveOut = async ({ product }: Stage, release: Release): Promise<void> => {
  const data = { value: JSON.stringify(release) };
  const { rows } = product.admin;
  await rows.upsertRow({ databaseId, tableId: 'settings', rowId: releaseRow, data });
};

const rowOf = (stage: Stage, at: Subject): Promise<AnyRow> =>
  stage.product.admin.get('runtimes', at.runtimeId);

/** Sweeps a minute apart, each of which finds the runtime and its update due. */
const bringOn = async (stage: Stage, at: Subject, holds: () => Promise<boolean>): Promise<void> => {
  for (let sweeps = 0; sweeps < sweepsAtMost; sweeps += 1) {
    await makeDue(stage, at, { updateDueAt: new Date(Date.now() - 60_000).toISOString() });
    await sweep(stage);
    if (await holds()) return;
    await minutePasses(stage);
  }
  const { update } = await rowOf(stage, at);
  throw new Error(`not within ${sweepsAtMost} sweeps: ${String(update)}`);
};

const dieAt = async (stage: Stage, at: Subject, point: string): Promise<void> => {
  stage.kills.arm('reconcile', point);
  await bringOn(stage, at, async () => !stage.kills.isArmed('reconcile', point));
  await stage.kills.happened('reconcile', point);
  await minutePasses(stage);
};

const beginNow = async (stage: Stage, { runtimeId }: Subject, revision: number): Promise<void> => {
  await call(stage.product.admin.functions, actOnRuntime, {
    ...{ runtimeId, revision, action: 'update_now' as const },
    ...{ reason: 'tried', dryRun: false },
  });
};

export interface Updated {
  /** While the new version was tried. */
  readonly tried: AnyRow;
  readonly row: AnyRow;
  /** A file of the customer's, which the new version's days have written over. */
  readonly note: string;
}

export const updateAndReturn = async (stage: Stage, at: Subject): Promise<Updated> => {
  const note = join(await volumeOf(stage, at, 'openclaw-state'), 'note.txt');
  writeFileSync(note, 'of before');
  addImage(stage);
  const setAt = new Date().toISOString();
  // Nobody else's begins while this is tried.
  const pin = { image: newerImage, version, setAt, noticeHours: 240, soakMinutes: 0 };
  await giveOut(stage, releaseSchema.parse({ canary: pin }));
  await makeDue(stage, at, { ring: 'canary' });
  await dieAt(stage, at, 'update.planned');
  await bringOn(stage, at, async () => (await rowOf(stage, at))['updateState'] === 'planned');
  await beginNow(stage, at, Number((await rowOf(stage, at))['revision']));
  await dieAt(stage, at, 'update.started');
  // It is asked for a turn once it runs: from here on the copy is made.
  await dieAt(stage, at, 'update.smoke_asked');
  writeFileSync(note, 'of the new version');
  const tried = await rowOf(stage, at);
  for (const point of ['taken_back', 'told', 'ended']) await dieAt(stage, at, `update.${point}`);
  await giveOut(stage, noRelease);
  await bringOn(stage, at, async () => (await rowOf(stage, at))['status'] === 'ready');
  return { tried, row: await rowOf(stage, at), note: readFileSync(note, 'utf8') };
};
