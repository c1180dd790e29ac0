/**
 * Asks for a runtime to be taken down for good; the reconciler does it. Never one that somebody
 * pays for: then the money goes back first, which suspends it. Key: the runtime.
 */
import { earnsRuntime } from '#core/order/machine.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { removeRuntime as removeOperation } from '#schemas/contract/operator.ts';
import type { OperatorDeps } from './deps.ts';

const mismatch = fail('confirmation_mismatch', { field: 'confirmation' });

export const removeRuntime = async (
  deps: OperatorDeps,
  actor: string,
  body: BodyOf<typeof removeOperation>,
): Promise<Result<ValueOf<typeof removeOperation>>> => {
  const { runtimeId } = body;
  const row = await deps.store.get('runtimes', runtimeId);
  if (row === null) return fail('runtime_unknown');
  if (body.confirmation.trim() !== runtimeId) return mismatch;
  if (row.revision !== body.revision) return fail('stale_revision');
  if (row.desired === 'deleted') return succeed({ runtimeId, revision: row.revision });
  const order = await deps.store.get('orders', row.orderId);
  if (order !== null && earnsRuntime(order.state)) return fail('runtime_paid');
  const revision = row.revision + 1;
  const target = { id: row.id, version: row.version };
  const outcome = await deps.store.update('runtimes', target, {
    desired: 'deleted',
    revision,
    failures: 0,
    nextCheckAt: deps.clock.now().toISOString(),
  });
  if (outcome !== 'updated') return fail('stale_revision');
  deps.log.warn('runtime.removal_asked', { runtimeId, actor });
  return succeed({ runtimeId, revision });
};
