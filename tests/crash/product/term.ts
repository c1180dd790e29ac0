/**
 * The term of one runtime, a death at each step: a renewal is opened and announced, nobody pays and
 * it is stopped, it is paid and runs again, the money goes back, and in the end it is deleted. Days
 * pass by dating rows back; what the post would take days for is said to be sent.
 */
import { call } from '#local/customer/customer.ts';
import { postForm } from '#local/customer/http.ts';
import { refundOrder } from '#schemas/contract/operator.ts';
import { renewRuntime } from '#schemas/contract/checkout.ts';
import { upgradePlan } from '#schemas/contract/plan-change.ts';
import { periods as periodsSchema } from '#schemas/record/term.ts';
import { newRequestKey } from '#tests/support/product.ts';
import type { AnyRow } from '#tests/support/product.ts';
import type { Subject } from './later.ts';
import { listAll, minutePasses, put, sweep, sweepUntil, sweepUntilDead } from './stage.ts';
import type { Stage } from './stage.ts';

const dayMs = 24 * 60 * 60_000;
const daysOn = (days: number): string => new Date(Date.now() + days * dayMs).toISOString();
const phone = '010-1234-5678';

export interface Scene {
  readonly stage: Stage;
  readonly at: Subject;
}

export const runtimeOf = ({ stage, at }: Scene): Promise<AnyRow> =>
  stage.product.admin.get('runtimes', at.runtimeId);

export const renewalsOf = async ({ stage, at }: Scene): Promise<readonly AnyRow[]> => {
  const orders = await listAll(stage, 'orders');
  return orders.filter((row) => row['runtimeId'] === at.runtimeId && row['purpose'] === 'renew');
};

export const noticesOf = async ({ stage, at }: Scene): Promise<readonly AnyRow[]> => {
  const messages = await listAll(stage, 'messages');
  return messages.filter((row) => row['subjectId'] === at.runtimeId);
};

const make = async ({ stage, at }: Scene, columns: object): Promise<void> => {
  await put(stage, 'runtimes', at.runtimeId, { ...columns, termDueAt: daysOn(-1) });
};

const dieAt = async ({ stage }: Scene, points: readonly string[]): Promise<void> => {
  for (const point of points) {
    stage.kills.arm('reconcile', point);
    await sweepUntilDead(stage, point);
    await minutePasses(stage);
  }
  await sweep(stage);
};

/** Its term ends within the week. */
export const comeToTheEnd = async (scene: Scene): Promise<void> => {
  await make(scene, { paidUntil: daysOn(6) });
  await dieAt(scene, ['term.renewal_created', 'payment.requested', 'term.announced']);
};

const sentAgo = async (scene: Scene, days: number): Promise<void> => {
  for (const { $id } of await noticesOf(scene)) {
    await put(scene.stage, 'messages', $id, { sentAt: daysOn(-days) });
  }
};

export const goUnpaid = async (scene: Scene): Promise<void> => {
  const paidUntil = daysOn(-8);
  await make(scene, { paidUntil });
  await sweepUntil(scene.stage, 'told of the grace', async () =>
    (await noticesOf(scene)).some(({ kind }) => kind === 'grace'),
  );
  await sentAgo(scene, 4);
  await make(scene, {});
  await dieAt(scene, ['term.suspended']);
};

/** A renewal that a member orders and pays. Answers its id. */
export const payAgain = async (scene: Scene): Promise<string> => {
  const { functions } = scene.at.owner.customer;
  const { runtimeId } = scene.at;
  await anotherHour(scene.stage);
  const body = { runtimeId, months: 1 as const, phone, requestKey: newRequestKey() };
  const { orderId, payUrl } = await call(functions, renewRuntime, body);
  scene.stage.kills.arm('reconcile', 'term.extended');
  const { status } = await postForm(payUrl, { method: 'card' });
  if (status !== 303) throw new Error(`PayApp answered ${status}`);
  await dieAt(scene, ['term.extended', 'effect.extend_runtime']);
  return orderId;
};

export const giveBack = async (scene: Scene, orderId: string): Promise<void> => {
  const { revision } = await scene.stage.product.admin.get('orders', orderId);
  const wish = { orderId, amountKrw: null, reason: 'goodwill', confirmation: orderId };
  const { functions } = scene.stage.product.admin;
  await call(functions, refundOrder, { ...wish, revision: Number(revision) });
  await dieAt(scene, ['term.retracted', 'effect.retract_period']);
};

/** The customer may order again: what was counted against them is of another hour. */
export const anotherHour = async (stage: Stage): Promise<void> => {
  for (const { $id } of await listAll(stage, 'limits'))
    await put(stage, 'limits', $id, { count: 0 });
};

/** A larger plan that a member orders and pays. Answers the order's id. */
export const growLarger = async (scene: Scene): Promise<string> => {
  const { stage, at } = scene;
  await anotherHour(stage);
  const wish = { runtimeId: at.runtimeId, planKey: 'plus', phone, requestKey: newRequestKey() };
  const { orderId, payUrl } = await call(at.owner.customer.functions, upgradePlan, wish);
  stage.kills.arm('reconcile', 'term.plan_changed');
  const { status } = await postForm(payUrl, { method: 'card' });
  if (status !== 303) throw new Error(`PayApp answered ${status}`);
  await dieAt(scene, ['term.plan_changed', 'effect.change_plan']);
  return orderId;
};

export const shrinkAgain = async (scene: Scene, orderId: string): Promise<void> => {
  const { revision } = await scene.stage.product.admin.get('orders', orderId);
  const wish = { orderId, amountKrw: null, reason: 'goodwill', confirmation: orderId };
  const { functions } = scene.stage.product.admin;
  await call(functions, refundOrder, { ...wish, revision: Number(revision) });
  await dieAt(scene, ['term.plan_reverted', 'effect.revert_plan']);
};

/** The period it lives in was paid as another plan. */
export const comeIntoAnotherPlan = async (scene: Scene, key: string): Promise<void> => {
  const row = await runtimeOf(scene);
  const known = periodsSchema.parse(JSON.parse(String(row['periods'])));
  const bought = known.map((period) => ({ ...period, plan: { key, version: 1 } }));
  await make(scene, { periods: JSON.stringify(bought) });
  await dieAt(scene, ['term.plan_switched']);
};

/** Two weeks stopped, and both warnings went out long enough ago. */
export const beForgotten = async (scene: Scene): Promise<void> => {
  const stopped = { desired: 'suspended', suspendedFor: 'unpaid', suspendedAt: daysOn(-15) };
  await make(scene, { ...stopped, paidUntil: daysOn(-30) });
  const isWarned = async (times: number): Promise<boolean> => {
    const kinds = (await noticesOf(scene)).filter(({ kind }) => kind === 'deletion_warning');
    return kinds.length === times;
  };
  for (const times of [1, 2]) {
    await sweepUntil(scene.stage, `warned ${times} times`, async () => isWarned(times));
    await sentAgo(scene, 4);
    await make(scene, {});
  }
  for (const point of ['term.renewals_closed', 'term.deleted']) {
    scene.stage.kills.arm('reconcile', point);
    await sweepUntil(scene.stage, point, async () => {
      // Its hours between two looks pass too.
      await make(scene, {});
      return !scene.stage.kills.isArmed('reconcile', point);
    });
    await scene.stage.kills.happened('reconcile', point);
    await minutePasses(scene.stage);
  }
  await sweepUntil(scene.stage, 'taken down', async () => {
    const { status } = await runtimeOf(scene);
    return status === 'deleted';
  });
  await make(scene, {});
  await sweep(scene.stage);
};
