/**
 * When a runtime is updated, as its members want it. A planned update is looked at again at once, so
 * that its page says the new time; one that closes a hole keeps its last moment whatever is chosen.
 * The same choice again writes nothing.
 */
import { takeTurn } from '#app/limits/take-turn.ts';
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import type { Account } from '#ports/accounts.ts';
import type { Stored } from '#ports/store.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { chooseUpdateTimes as chooseOperation } from '#schemas/contract/runtimes.ts';
import { holdDaysAtMost } from '#schemas/contract/updates.ts';
import type { RuntimesDeps } from './deps.ts';
import { runtimeFor, writeCommand } from './guard.ts';

/** Each adds an entry to the history. */
const choicesPerHour = 20;
const dayMs = 24 * 60 * 60_000;
/** A browser's clock may be ahead. */
const toleranceMs = 60 * 60_000;

type Body = BodyOf<typeof chooseOperation>;

export const chooseUpdateTimes = async (
  deps: RuntimesDeps,
  caller: Account,
  body: Body,
): Promise<Result<ValueOf<typeof chooseOperation>>> => {
  const { runtimeId, revision } = body;
  const found = await runtimeFor(deps, caller, { runtimeId, to: 'operate' });
  if (!found.ok) return found;
  const row = found.value;
  if (row.revision !== revision) return fail('stale_revision');
  if (row.desired === 'deleted') return fail('runtime_not_running');
  const now = deps.clock.now();
  const heldUntil = holdOf(body, now.getTime());
  if (heldUntil === 'too_long') return fail('body_invalid', { field: 'heldUntil' });
  const { quietHour, timeZone } = body;
  const chosen = { quietHour, timeZone, updatesHeldUntil: heldUntil };
  if (isSame(row, chosen)) return succeed({ revision });
  const turn = { what: 'update_times', whom: row.id, perHour: choicesPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  await appendEvidence(deps, row, {
    kind: 'update_times_chosen',
    detail: { quietHour, timeZone, heldUntil },
    actor: caller.userId,
    at: now,
  });
  const isPlanned = row.updateState === 'planned';
  const due = isPlanned ? { updateDueAt: now.toISOString() } : {};
  return writeCommand(deps, row, { ...chosen, ...due });
};

/** One that is over is none. */
const holdOf = ({ heldUntil }: Body, nowMs: number): string | null => {
  if (heldUntil === null) return null;
  const untilMs = Date.parse(heldUntil);
  if (untilMs > nowMs + holdDaysAtMost * dayMs + toleranceMs) return 'too_long';
  return untilMs <= nowMs ? null : new Date(untilMs).toISOString();
};

const isSame = (
  row: Stored<'runtimes'>,
  chosen: Pick<Stored<'runtimes'>, 'quietHour' | 'timeZone' | 'updatesHeldUntil'>,
): boolean => {
  const [held, wanted] = [row.updatesHeldUntil, chosen.updatesHeldUntil];
  const isSameHold = held === wanted || Date.parse(held ?? '') === Date.parse(wanted ?? '');
  return row.quietHour === chosen.quietHour && row.timeZone === chosen.timeZone && isSameHold;
};
