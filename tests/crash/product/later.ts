/** A runtime's later life, one death each: its smoke, an operator's help, an effect not sold yet. */
import { smoke } from '#local/customer/customer.ts';
import type { AnyRow, Owner } from '#tests/support/product.ts';
import type { Purchase } from './purchase.ts';
import { listAll, minutePasses, put, sweep, sweepUntilDead } from './stage.ts';
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

/** Renewals are not sold yet, so the owner of the installation writes the effect by hand. */
export const oweRenewal = async (stage: Stage, at: Subject): Promise<unknown> => {
  const past = new Date(Date.now() - longAgoMs).toISOString();
  const owed = JSON.stringify([{ kind: 'extend_runtime' }]);
  await put(stage, 'orders', at.orderId, { effects: owed, nextCheckAt: past });
  await dieAndRecover(stage, 'effect.extend_runtime');
  const { effects } = await stage.product.admin.get('orders', at.orderId);
  await put(stage, 'orders', at.orderId, { effects: '[]', nextCheckAt: past });
  await sweep(stage);
  return JSON.parse(String(effects));
};
