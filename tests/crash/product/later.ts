/** A runtime's later life, one death each: its smoke, an operator's help, its end. */
import { call, readOrder, smoke } from '#local/customer/customer.ts';
import { composeName } from '#core/runtime/names.ts';
import { refundOrder } from '#schemas/contract/operator.ts';
import { actOnRuntime } from '#schemas/contract/operator-runtimes.ts';
import { pauseRuntime, restartRuntime, resumeRuntime } from '#schemas/contract/runtimes.ts';
import type { AnyRow, Owner } from '#tests/support/product.ts';
import { composes, stopBehindBack } from './dokploy.ts';
import { isUp } from './flow.ts';
import type { Purchase } from './purchase.ts';
import { hourPasses, listAll, minutePasses, put, sweep } from './stage.ts';
import { sweepUntil, sweepUntilDead } from './stage.ts';
import type { Stage } from './stage.ts';

const longAgoMs = 60 * 60_000;
/** Failures in a row after which a person is asked. */
const failuresAtMost = 8;

export interface Subject {
  readonly owner: Owner;
  readonly orderId: string;
  readonly runtimeId: string;
}

export const subjectOf = async (stage: Stage, purchase: Purchase): Promise<Subject> => {
  const { orderId, owner } = purchase;
  const runtimes = await listAll(stage, 'runtimes');
  const runtimeId = runtimes.find((row) => row['orderId'] === orderId)?.$id;
  if (runtimeId === undefined) throw new Error(`order ${orderId} has no runtime`);
  return { owner, orderId, runtimeId };
};

const dieAndRecover = async (stage: Stage, point: string): Promise<void> => {
  stage.kills.arm('reconcile', point);
  await sweepUntilDead(stage, point);
  await minutePasses(stage);
  await sweep(stage);
};

/** The customer proves the runtime; who asks the agent for it dies right after. */
export const proveRuntime = async (stage: Stage, at: Subject): Promise<AnyRow> => {
  await smoke(at.owner.customer, at.runtimeId);
  await dieAndRecover(stage, 'runtime.start_smoke.done');
  return stage.product.admin.get('runtimes', at.runtimeId);
};

/** Not verified for an hour, and failed as often as it is tried: tasks there are for it. */
export const askOperator = async (stage: Stage, at: Subject): Promise<readonly AnyRow[]> => {
  const { facts } = await stage.product.admin.get('runtimes', at.runtimeId);
  const past = new Date(Date.now() - longAgoMs).toISOString();
  const verify = { observedAt: past, error: 'agent_unreachable', report: null };
  const known = { ...(JSON.parse(String(facts)) as object), verify };
  const tried = { facts: JSON.stringify(known), failures: failuresAtMost, nextCheckAt: past };
  await put(stage, 'runtimes', at.runtimeId, tried);
  await dieAndRecover(stage, 'runtime.raise_task.done');
  await put(stage, 'runtimes', at.runtimeId, { failures: 0, nextCheckAt: past });
  await sweep(stage);
  const tasks = await listAll(stage, 'tasks');
  return tasks.filter((row) => row['subjectId'] === at.runtimeId);
};

const runtimeOf = (stage: Stage, at: Subject): Promise<AnyRow> =>
  stage.product.admin.get('runtimes', at.runtimeId);

/** Its containers are stopped behind our back; who looks, and who starts them, die. */
export const startAgain = async (stage: Stage, at: Subject): Promise<AnyRow> => {
  const stack = (await composes(stage)).find(({ name }) => name === composeName(at.runtimeId));
  await stopBehindBack(stage, stack?.composeId ?? '');
  await hourPasses(stage, at.runtimeId);
  for (const point of ['runtime.observe_machine.done', 'runtime.start.done']) {
    stage.kills.arm('reconcile', point);
    await sweepUntilDead(stage, point);
    await minutePasses(stage);
  }
  await sweepUntil(stage, 'up again', async () => {
    const { status, failures } = await runtimeOf(stage, at);
    return isUp({ status }) && failures === 0;
  });
  return runtimeOf(stage, at);
};

/** A member asks for it once; who stops the containers, and who starts them, die. */
export const restartOnce = async (stage: Stage, at: Subject): Promise<AnyRow> => {
  const { runtimeId } = at;
  const { revision } = await runtimeOf(stage, at);
  const points = ['runtime.restart_stop.done', 'runtime.restart_start.done'] as const;
  stage.kills.arm('reconcile', points[0]);
  const target = { runtimeId, revision: Number(revision) };
  await call(at.owner.customer.functions, restartRuntime, target);
  for (const point of points) {
    stage.kills.arm('reconcile', point);
    await sweepUntilDead(stage, point);
    await minutePasses(stage);
  }
  await sweepUntil(stage, 'back again', async () => {
    const { status, failures } = await runtimeOf(stage, at);
    return status === 'ready' && failures === 0;
  });
  return runtimeOf(stage, at);
};

/** Its owner pauses it and clicks once to go on; whoever asks for the new proof dies. */
export const pauseOnce = async (
  stage: Stage,
  at: Subject,
): Promise<{ readonly paused: AnyRow; readonly back: AnyRow }> => {
  const { functions } = at.owner.customer;
  const { runtimeId } = at;
  const target = async () => {
    const { revision } = await runtimeOf(stage, at);
    return { runtimeId, revision: Number(revision) };
  };
  await call(functions, pauseRuntime, await target());
  await sweepUntil(stage, 'paused', async () => {
    const row = await runtimeOf(stage, at);
    return row['status'] === 'suspended' && String(row['facts']).includes('"state":"stopped"');
  });
  const paused = await runtimeOf(stage, at);
  const point = 'runtime.ask_smoke.done';
  stage.kills.arm('reconcile', point);
  await call(functions, resumeRuntime, await target());
  await sweepUntilDead(stage, point);
  await minutePasses(stage);
  await sweepUntil(stage, 'proven again', async () => {
    const { status, failures } = await runtimeOf(stage, at);
    return status === 'ready' && failures === 0;
  });
  return { paused, back: await runtimeOf(stage, at) };
};

/** Money back, and the machine stopped; whoever stops it dies. */
export const suspend = async (stage: Stage, at: Subject): Promise<AnyRow> => {
  const { orderId } = at;
  const { revision } = await readOrder(at.owner.customer, orderId);
  const wish = { orderId, revision, amountKrw: null, reason: 'goodwill', confirmation: orderId };
  await call(stage.product.admin.functions, refundOrder, wish);
  await dieAndRecover(stage, 'runtime.stop.done');
  return runtimeOf(stage, at);
};

/** Taken down for good, and its slot given back; whoever does a step of it dies. */
export const remove = async (stage: Stage, at: Subject): Promise<AnyRow> => {
  const { runtimeId } = at;
  const { revision } = await runtimeOf(stage, at);
  await call(stage.product.admin.functions, actOnRuntime, {
    runtimeId,
    revision: Number(revision),
    action: 'delete',
    reason: 'nobody pays',
    confirmation: runtimeId,
    dryRun: false,
  });
  for (const point of [
    'runtime.remove.done',
    'runtime.look_gone.done',
    'runtime.prove_unrouted.done',
    'slot.released',
    'runtime.release_slot.done',
    'runtime.receipt_written',
    'runtime.issue_receipt.done',
  ]) {
    stage.kills.arm('reconcile', point);
    await sweepUntilDead(stage, point);
    await minutePasses(stage);
  }
  await sweep(stage);
  return runtimeOf(stage, at);
};
