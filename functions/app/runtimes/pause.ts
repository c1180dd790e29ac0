/**
 * Its owner stops a runtime for a while, and starts it again. The paid time runs on. Key: the row's
 * revision; who asked stands in the history before anything happens. The reconciler stops it and
 * takes its route away, and on the way back climbs the ladder and asks for a smoke by itself.
 */
import { hasComeUp } from '#core/order/promise.ts';
import { isPaused, pausedFrom, unpaused } from '#core/term/standstill.ts';
import { wakeAutopays } from '#app/autopay/agreements.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import { fail } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { pauseRuntime, resumeRuntime } from '#schemas/contract/runtimes.ts';
import type { Account } from '#ports/accounts.ts';
import type { Stored } from '#ports/store.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import type { RuntimesDeps } from './deps.ts';
import { commandTarget, runtimeFor, writeCommand } from './guard.ts';

/** Every way back deploys it anew and costs a turn. */
const pausesPerHour = 6;

export const pause = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof pauseRuntime>,
): Promise<Result<ValueOf<typeof pauseRuntime>>> => {
  const target = await commandTarget(deps, caller, body);
  if (!target.ok) return target;
  const row = target.value;
  // Until it has come up its first payment is held to a promise, which a pause would end.
  const cameUp = hasComeUp({ status: row.status, proven: row.receipt !== null });
  if (!cameUp) return fail('runtime_not_running');
  const turn = { what: 'pause', whom: row.id, perHour: pausesPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const wish = pausedFrom(deps.clock.now().toISOString());
  return command(deps, row, { kind: 'pause_requested', wish, actor: caller.userId });
};

/** Only what its owner stopped. Over its term it runs on as any other does, and ends as it. */
export const resume = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof resumeRuntime>,
): Promise<Result<ValueOf<typeof resumeRuntime>>> => {
  const found = await runtimeFor(deps, caller, { runtimeId: body.runtimeId, to: 'operate' });
  if (!found.ok) return found;
  const row = found.value;
  if (row.revision !== body.revision) return fail('stale_revision');
  if (!isPaused(row)) return fail('runtime_not_paused');
  return command(deps, row, { kind: 'resume_requested', wish: unpaused, actor: caller.userId });
};

interface Command {
  readonly kind: 'pause_requested' | 'resume_requested';
  readonly wish: Partial<RowOf<'runtimes'>>;
  readonly actor: string;
}

const command = async (
  deps: RuntimesDeps,
  row: Stored<'runtimes'>,
  { kind, wish, actor }: Command,
): Promise<Result<{ readonly revision: number }>> => {
  const at = deps.clock.now();
  await appendEvidence(deps, row, { kind, detail: {}, actor, at });
  const changes = { ...wish, failures: 0, nextCheckAt: at.toISOString() };
  // Nothing is charged for what its owner stopped.
  if (kind === 'pause_requested') await wakeAutopays(deps, row.id);
  const written = await writeCommand(deps, row, changes);
  if (written.ok) deps.log.info('runtime.standing_changed', { runtimeId: row.id, kind });
  return written;
};
