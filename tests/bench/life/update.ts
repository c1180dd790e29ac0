/**
 * `npm run bench -- life --update [--json]`: the whole product with the real OpenClaw, between two
 * published releases. One runtime with a login is taken forward and back again (the target's version
 * is a lie, so that the new gateway has migrated the state before anything is wrong), then forward for
 * good. What was there before has to be there after each. Needs the registry once, for the older one.
 */
import { join } from 'node:path';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { call } from '#local/customer/customer.ts';
import { openclawImageName } from '#local/supervisor/images.ts';
import { installOtherVersion, openclawVersion } from '#local/supervisor/openclaw.ts';
import { actOnRuntime } from '#schemas/contract/operator-runtimes.ts';
import { updateRecord } from '#schemas/contract/updates.ts';
import type { UpdateRecord } from '#schemas/contract/updates.ts';
import { facts as factsSchema } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { release as releaseSchema, releaseRow } from '#schemas/record/update.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { eventually } from '#tests/support/http.ts';
import { startTestProduct } from '#tests/support/product.ts';
import type { AnyRow, TestProduct } from '#tests/support/product.ts';
import { makeReady } from '#tests/support/ready-runtime.ts';

export const olderVersion = '2026.9.5';
const provisioningMs = 300_000;
const updateMs = 600_000;

export interface UpdateFigures {
  readonly from: string;
  readonly to: string;
  readonly updateSeconds: number;
  readonly updateWithRollbackSeconds: number;
}

const imageOf = (version: string): string => `${openclawImageName}:${version}`;

/** As `/updates/target` writes it for every ring; a lie about the version is refused by nobody. */
const writeTargets = async (
  product: TestProduct,
  image: string,
  version: string,
): Promise<void> => {
  const now = new Date().toISOString();
  const pin = { image, version, setAt: now, noticeHours: 0, soakMinutes: 0, provenAt: now };
  const value = JSON.stringify(releaseSchema.parse({ canary: pin, half: pin, all: pin }));
  const { rows } = product.admin;
  await rows.upsertRow({ databaseId, tableId: 'settings', rowId: releaseRow, data: { value } });
};

const recordOf = (row: AnyRow): UpdateRecord =>
  updateRecord.parse(JSON.parse(String(row['update'])));
const factsOf = (row: AnyRow): Facts => factsSchema.parse(JSON.parse(String(row['facts'])));

/** The state folder of the one runtime, and a file of the customer's in it. */
const stateFolder = (product: TestProduct): string => {
  const volumes = join(product.places.dokploy, 'volumes');
  const [name] = readdirSync(volumes).filter((one) => one.endsWith('openclaw-state'));
  if (name === undefined) throw new Error('no state volume');
  return join(volumes, name);
};
const ownFile = (product: TestProduct): string => join(stateFolder(product), 'workspace-note.txt');

const expectSame = (what: string, seen: unknown, wanted: unknown): void => {
  if (seen !== wanted) throw new Error(`${what}: ${String(seen)} in place of ${String(wanted)}`);
};

/** Until it has ended one way or the other; the sweep is the cron's, the clock the machine's. */
const update = async (
  product: TestProduct,
  runtimeId: string,
  wanted: { readonly to: string; readonly claimed: string },
): Promise<{ readonly row: AnyRow; readonly seconds: number }> => {
  await writeTargets(product, imageOf(wanted.to), wanted.claimed);
  const { rows } = product.admin;
  const data = { updateDueAt: new Date().toISOString(), updateState: null };
  await rows.updateRow({ databaseId, tableId: 'runtimes', rowId: runtimeId, data });
  const look = async (): Promise<AnyRow> => {
    await product.sweep();
    return product.admin.get('runtimes', runtimeId);
  };
  const planned = await eventually(look, (row) => row['updateState'] === 'planned', 60_000);
  const startedMs = performance.now();
  await call(product.admin.functions, actOnRuntime, {
    ...{ runtimeId, revision: Number(planned['revision']), action: 'update_now' as const },
    ...{ reason: 'bench', dryRun: false },
  });
  const isOver = (row: AnyRow): boolean =>
    ['done', 'rolled_back'].includes(String(row['updateState'])) && row['status'] === 'ready';
  const row = await eventually(look, isOver, updateMs);
  return { row, seconds: Math.round((performance.now() - startedMs) / 100) / 10 };
};

export const benchUpdate = async (): Promise<UpdateFigures> => {
  await installOtherVersion(olderVersion);
  const newer = openclawVersion();
  const product = await startTestProduct();
  try {
    await writeTargets(product, imageOf(olderVersion), olderVersion);
    const owner = await product.newOwner();
    const wish = { name: 'Updated', within: provisioningMs };
    const { runtimeId } = await makeReady(product, owner, wish);
    const before = factsOf(await product.admin.get('runtimes', runtimeId));
    expectSame('the version it begins with', before.agent.version, olderVersion);
    writeFileSync(ownFile(product), 'of the customer');

    const back = await update(product, runtimeId, { to: newer, claimed: '2099.1.1' });
    expectSame('the end', back.row['updateState'], 'rolled_back');
    expectSame('its reason', recordOf(back.row).failure, 'version_differs');
    const after = factsOf(back.row);
    expectSame('the version', after.verify.report?.openclawVersion, olderVersion);
    expectSame('the login', after.codex.loginId, before.codex.loginId);
    expectSame('the file', readFileSync(ownFile(product), 'utf8'), 'of the customer');

    const forward = await update(product, runtimeId, { to: newer, claimed: newer });
    expectSame('the end', forward.row['updateState'], 'done');
    const now = factsOf(forward.row);
    expectSame('the version', now.verify.report?.openclawVersion, newer);
    expectSame('the login', now.codex.loginId, before.codex.loginId);
    expectSame('the file', readFileSync(ownFile(product), 'utf8'), 'of the customer');
    return {
      from: olderVersion,
      to: newer,
      updateSeconds: forward.seconds,
      updateWithRollbackSeconds: back.seconds,
    };
  } finally {
    await product.close();
  }
};
