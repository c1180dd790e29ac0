/**
 * Opens the runtime an order paid for. Key: the order's `runtimeId`, which is the row's id, so one
 * payment can never open two. Every step may be the last one executed; the next run goes on.
 */
import { firstPeriod } from '#core/term/periods.ts';
import { inspectionMinute } from '#core/runtime/slots.ts';
import { hostOf } from '#core/workspace/subdomain.ts';
import { appendTimeline } from '#app/timeline/append.ts';
import { paidTimeColumns } from '#app/terms/paid-time.ts';
import { termDays } from '#schemas/contract/terms.ts';
import { planSnapshot } from '#schemas/record/order.ts';
import { noFacts } from '#schemas/record/runtime.ts';
import { claimHost } from './claim-host.ts';
import type { OrderDeps } from './deps.ts';
import type { StoredOrder } from './order-row.ts';
import { firstImage } from '#core/update/first-image.ts';
import { neverUpdated } from '#app/updates/floor.ts';
import { readRelease } from '#app/updates/releases.ts';

const dayMs = 24 * 60 * 60_000;

export const openRuntime = async (
  deps: OrderDeps,
  order: StoredOrder,
): Promise<'opened' | 'not_placed'> => {
  if ((await deps.store.get('runtimes', order.runtimeId)) === null) {
    const host = await placeOf(deps, order);
    if (host === null) return 'not_placed';
    await deps.faults.reach('runtime.host_claimed');
    await createRow(deps, order, host);
    await deps.faults.reach('runtime.created');
  }
  await appendTimeline(
    deps,
    {
      subjectId: order.runtimeId,
      kind: 'runtime.opened',
      detail: { orderId: order.id },
      actor: 'system',
      at: deps.clock.now(),
      readers: { team: order.workspaceId },
    },
    (last) => last !== null,
  );
  return 'opened';
};

const placeOf = async (deps: OrderDeps, order: StoredOrder): Promise<string | null> => {
  const workspace = await deps.store.get('workspaces', order.workspaceId);
  if (workspace === null) {
    deps.log.error('runtime.workspace_missing', { orderId: order.id });
    return null;
  }
  const { workspaceId, userId, runtimeId } = order;
  const name = await claimHost(deps.store, workspace.subdomain, { workspaceId, userId, runtimeId });
  if (name === null) {
    deps.log.error('runtime.names_exhausted', { orderId: order.id });
    return null;
  }
  return hostOf(name, deps.runtimeDomain);
};

/** When its first reminder is due: before that nothing of its term happens. */
const firstLook = (paidUntil: string): string =>
  new Date(Date.parse(paidUntil) - termDays.renewal * dayMs).toISOString();

const createRow = async (deps: OrderDeps, order: StoredOrder, host: string): Promise<void> => {
  const now = deps.clock.now();
  const first = firstImage(await readRelease(deps.store));
  const { months } = planSnapshot.parse(JSON.parse(order.planSnapshot));
  const plan = { key: order.planKey, version: order.planVersion };
  const paid = firstPeriod({ orderId: order.id, months, plan }, now);
  const outcome = await deps.store.create('runtimes', order.runtimeId, {
    data: {
      workspaceId: order.workspaceId,
      orderId: order.id,
      name: order.runtimeName,
      host,
      planKey: order.planKey,
      desired: 'running',
      status: 'provisioning',
      conditions: '[]',
      facts: JSON.stringify(noFacts),
      receipt: null,
      revision: 1,
      ...paidTimeColumns(paid),
      verifyRequestedAt: null,
      smokeId: null,
      smokeNonce: null,
      smokeRequestedAt: null,
      restartId: null,
      failures: 0,
      nextCheckAt: now.toISOString(),
      inspectedAtMinute: inspectionMinute(order.runtimeId),
      planVersion: order.planVersion,
      nextPlanKey: null,
      nextPlanVersion: null,
      planChanges: null,
      suspendedFor: null,
      suspendedAt: null,
      pausedAt: null,
      exportUntil: null,
      deletesAt: null,
      deletion: null,
      termDueAt: firstLook(paid.paidUntil),
      ...neverUpdated,
      ...(first ?? {}),
    },
    readers: { team: order.workspaceId },
  });
  if (outcome === 'created') {
    deps.log.info('runtime.opened', { runtimeId: order.runtimeId, orderId: order.id });
  }
};
