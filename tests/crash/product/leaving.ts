/**
 * A runtime whose owner pauses it, takes it along and deletes it while a renewal of it can still be
 * paid; whoever looks whether it can be exported, and whoever closes the renewal, dies.
 */
import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { call } from '#local/customer/customer.ts';
import { renewRuntime } from '#schemas/contract/checkout.ts';
import { deleteRuntime, exportRuntime, pauseRuntime } from '#schemas/contract/runtimes.ts';
import { newRequestKey } from '#tests/support/product.ts';
import type { AnyRow } from '#tests/support/product.ts';
import { agentsOf, servingGateways } from './dokploy.ts';
import { minutePasses, put, sweepUntil, sweepUntilDead } from './stage.ts';
import { anotherHour, noticesOf, runtimeOf } from './term.ts';
import type { Scene } from './term.ts';

const dayMs = 24 * 60 * 60_000;
const ago = (days: number): string => new Date(Date.now() - days * dayMs).toISOString();

const target = async (scene: Scene) => {
  const { $id: runtimeId, revision } = await runtimeOf(scene);
  return { runtimeId, revision: Number(revision) };
};

const dieAt = async ({ stage }: Scene, point: string): Promise<void> => {
  await sweepUntilDead(stage, point);
  await minutePasses(stage);
};

export const pause = async (scene: Scene): Promise<void> => {
  await call(scene.at.owner.customer.functions, pauseRuntime, await target(scene));
  await sweepUntil(scene.stage, 'paused', async () => {
    const row = await runtimeOf(scene);
    return row['status'] === 'suspended' && String(row['facts']).includes('"state":"stopped"');
  });
};

export interface Taken {
  readonly status: number;
  /** The archive, unpacked as far as a search goes. */
  readonly text: string;
  /** What ran of it while it was downloaded: its agents, and gateways of the whole machine. */
  readonly agents: number;
  readonly gateways: number;
  readonly row: AnyRow;
}

/** As the browser posts the form. Names below `.localhost` do not resolve in Node. */
const download = async ({ stage }: Scene, endpoint: string, ticket: string) => {
  const url = new URL(endpoint);
  const { host } = url;
  url.hostname = '127.0.0.1';
  const { origin } = new URL(stage.product.world.siteUrl);
  const type = 'application/x-www-form-urlencoded';
  const { statusCode: status, body } = await request(url, {
    method: 'POST',
    headers: { host, origin, 'content-type': type },
    body: new URLSearchParams({ ticket }).toString(),
  });
  const bytes = Buffer.from(await body.arrayBuffer());
  return { status, text: status === 200 ? gunzipSync(bytes).toString('latin1') : '' };
};

/** Suspended, its agent is started alone; whoever looks at it dies. */
export const takeAlong = async (scene: Scene): Promise<Taken> => {
  const { stage, at } = scene;
  const { functions } = at.owner.customer;
  const { runtimeId } = at;
  const point = 'runtime.observe_export.done';
  stage.kills.arm('reconcile', point);
  const asked = await call(functions, exportRuntime, { runtimeId });
  if (asked.state !== 'preparing') throw new Error('a stopped one was open at once');
  await dieAt(scene, point);
  await sweepUntil(stage, 'open for export', async () =>
    String((await runtimeOf(scene))['conditions']).includes('export_open'),
  );
  const open = await call(functions, exportRuntime, { runtimeId });
  if (open.state !== 'open') throw new Error('it is not open');
  return {
    ...(await download(scene, open.exportEndpoint, open.exportTicket)),
    agents: agentsOf(stage, runtimeId).length,
    gateways: servingGateways(stage),
    row: await runtimeOf(scene),
  };
};

/** Ordered by a member, and not paid. Answers its id. */
export const orderRenewal = async (scene: Scene): Promise<string> => {
  const { runtimeId, owner } = scene.at;
  await anotherHour(scene.stage);
  const wish = { runtimeId, months: 1 as const, phone: '010-1234-5678' };
  const body = { ...wish, requestKey: newRequestKey() };
  return (await call(owner.customer.functions, renewRuntime, body)).orderId;
};

/** Its owner deletes it: whoever closes what can still be paid dies. Then its days pass. */
export const leave = async (scene: Scene): Promise<AnyRow> => {
  const { stage, at } = scene;
  const point = 'term.orders_closed';
  const { name } = await runtimeOf(scene);
  stage.kills.arm('reconcile', point);
  const wish = { ...(await target(scene)), name: String(name) };
  await call(at.owner.customer.functions, deleteRuntime, wish);
  await dieAt(scene, point);
  // The message names the day, and is another one for another day.
  const past = ago(1);
  await put(stage, 'runtimes', at.runtimeId, { deletesAt: past, exportUntil: null });
  const planned = async () =>
    (await noticesOf(scene)).filter(({ kind }) => kind === 'deletion_planned');
  await sweepUntil(stage, 'told of its end', async () => (await planned()).length > 0);
  for (const { $id } of await planned()) await put(stage, 'messages', $id, { sentAt: ago(4) });
  await sweepUntil(stage, 'told that it is gone', async () => {
    // Its hours between two looks pass too.
    await put(stage, 'runtimes', at.runtimeId, { termDueAt: past });
    return (await noticesOf(scene)).some(({ kind }) => kind === 'deleted');
  });
  return runtimeOf(scene);
};
