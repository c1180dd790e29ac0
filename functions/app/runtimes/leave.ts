/**
 * An owner deletes a runtime, and takes that back. Stopped and unrouted at once, gone for good after
 * some days (`core/term/plan-term.ts`). Key: the row's revision; who asked stands in the history
 * before anything happens.
 */
import { hasComeUp } from '#core/order/promise.ts';
import { isLeaving, keptBy, leavingFrom } from '#core/term/standstill.ts';
import { wakeAutopays } from '#app/autopay/agreements.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import { leavesAtMs } from '#schemas/contract/deletion.ts';
import type { DeletionView } from '#schemas/contract/deletion.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { deleteRuntime, keepRuntime } from '#schemas/contract/runtimes.ts';
import type { Account } from '#ports/accounts.ts';
import type { Stored } from '#ports/store.ts';
import type { RuntimesDeps } from './deps.ts';
import { runtimeFor, writeCommand } from './guard.ts';

type Runtime = Stored<'runtimes'>;

/** Every way back deploys it anew and costs a turn. */
const deletionsPerHour = 6;

export const requestDeletion = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof deleteRuntime>,
): Promise<Result<ValueOf<typeof deleteRuntime>>> => {
  const { runtimeId, revision, name } = body;
  const found = await runtimeFor(deps, caller, { runtimeId, to: 'delete' });
  if (!found.ok) return found;
  const row = found.value;
  if (name.trim() !== row.name.trim()) return fail('confirmation_mismatch', { field: 'name' });
  if (row.revision !== revision) return fail('stale_revision');
  if (row.desired === 'deleted') return fail('runtime_not_running');
  if (row.deletesAt !== null) return fail('runtime_leaving');
  // Until it has come up its first payment is held to a promise, which gives the money back.
  if (!hasStood(row)) return fail('runtime_not_running');
  const turn = { what: 'delete', whom: row.id, perHour: deletionsPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const now = deps.clock.now();
  const deletesAt = new Date(leavesAtMs(now.getTime())).toISOString();
  await appendEvidence(deps, row, {
    kind: 'deletion_requested',
    detail: { deletesAt },
    actor: caller.userId,
    at: now,
  });
  const at = now.toISOString();
  const asked: DeletionView = {
    ...{ reason: 'customer', askedBy: caller.userId, askedAt: at },
    ...{ declaredBy: null, receipt: null },
  };
  await wakeAutopays(deps, row.id);
  const wish = { ...leavingFrom(row, at), deletesAt, deletion: JSON.stringify(asked) };
  const written = await writeCommand(deps, row, { ...wish, ...dueNow(at) });
  if (!written.ok) return written;
  deps.log.warn('runtime.leaving', { runtimeId, deletesAt });
  return succeed({ ...written.value, deletesAt });
};

const hasStood = (row: Runtime): boolean =>
  row.desired === 'suspended' || hasComeUp({ status: row.status, proven: row.receipt !== null });

const dueNow = (at: string) => ({ failures: 0, nextCheckAt: at, termDueAt: at });

/** Late, but not gone yet, it still comes back. */
export const withdrawDeletion = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof keepRuntime>,
): Promise<Result<ValueOf<typeof keepRuntime>>> => {
  const { runtimeId, revision } = body;
  const found = await runtimeFor(deps, caller, { runtimeId, to: 'delete' });
  if (!found.ok) return found;
  const row = found.value;
  if (row.revision !== revision) return fail('stale_revision');
  if (!isLeaving(row)) return fail('runtime_not_leaving');
  const now = deps.clock.now();
  const entry = { kind: 'deletion_withdrawn', detail: {}, actor: caller.userId, at: now } as const;
  await appendEvidence(deps, row, entry);
  const wish = { ...keptBy(row), deletesAt: null, deletion: null };
  const written = await writeCommand(deps, row, { ...wish, ...dueNow(now.toISOString()) });
  if (written.ok) deps.log.info('runtime.kept', { runtimeId });
  return written;
};
