/**
 * Lets an owner take a runtime along: a ticket of this user for this runtime, to be spent once, with
 * which the browser downloads everything from the tenant itself. One that is suspended is stopped:
 * for it a window is opened, in which its agent alone runs, and the ticket comes with the next call,
 * when the agent answers. Who asked stands in the history before anything happens. docs/adr/0019.
 */
import { isExportOnly, isExportOpen, isExportWanted } from '#core/runtime/export-plan.ts';
import { timeOf } from '#core/runtime/timing.ts';
import { takeTurn, turnsLeft } from '#app/limits/take-turn.ts';
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import { exportBudgetMs } from '#schemas/contract/agent-export.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { ErrorCode, Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { exportRuntime } from '#schemas/contract/runtimes.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import type { Account } from '#ports/accounts.ts';
import type { Stored } from '#ports/store.ts';
import type { RuntimesDeps } from './deps.ts';
import { runtimeFor, writeCommand } from './guard.ts';
import { passFor } from './pass.ts';

/** Each costs the tenant a copy of its state; downloads break off and are begun anew. */
const exportsPerHour = 20;
/** A download and an hour to begin it. */
const windowMs = exportBudgetMs + 60 * 60_000;
/** So that at most eighteen hours on end are one window after the other: then a deletion comes. */
const windowsPerDay = 3;

type Answer = Result<ValueOf<typeof exportRuntime>>;
type Runtime = Stored<'runtimes'>;

export const requestExport = async (
  deps: RuntimesDeps,
  caller: Account,
  { runtimeId }: BodyOf<typeof exportRuntime>,
): Promise<Answer> => {
  const found = await runtimeFor(deps, caller, { runtimeId, to: 'export' });
  if (!found.ok) return found;
  const row = found.value;
  const { userId } = caller;
  const turn = { what: 'export', whom: `${row.id} ${userId}`, perHour: exportsPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const facts = readJson(factsSchema, row.facts, noFacts);
  switch (row.desired) {
    case 'running': {
      const isThere = facts.deployment.status === 'done' && !isExportOnly(facts);
      return isThere ? give(deps, row, userId) : fail('runtime_not_running');
    }
    case 'suspended':
      return duringSuspension(deps, row, { facts, userId });
    case 'deleted':
      return fail('export_not_possible');
  }
};

interface Asking {
  readonly facts: Facts;
  readonly userId: string;
}

const duringSuspension = async (
  deps: RuntimesDeps,
  row: Runtime,
  asking: Asking,
): Promise<Answer> => {
  const { facts } = asking;
  const wasThere = facts.compose.composeId !== null && facts.deployment.attempt > 0;
  if (!wasThere) return fail('export_not_possible');
  const now = deps.clock.now();
  const { desired: state, exportUntil } = row;
  const isWanted = isExportWanted({ state, exportUntil }, now);
  const leftMs = timeOf(exportUntil) - now.getTime();
  // A download that is begun now is not cut off, as long as windows are left today.
  if (isWanted && leftMs >= exportBudgetMs) return answerIn(deps, row, asking);
  if ((await turnsLeft(deps, windowOf(row))) === 0) {
    return isWanted
      ? answerIn(deps, row, asking)
      : inTheirWindow(deps, row, { ...asking, otherwise: 'export_limit' });
  }
  return openWindow(deps, row, asking);
};

const windowOf = (row: Runtime) =>
  ({ what: 'export-window', whom: row.id, perDay: windowsPerDay }) as const;

/** Counted by whoever wrote it: two clicks at once open one window, and use one. */
const openWindow = async (deps: RuntimesDeps, row: Runtime, asking: Asking): Promise<Answer> => {
  const { userId } = asking;
  const now = deps.clock.now();
  const until = new Date(now.getTime() + windowMs).toISOString();
  const told = { detail: { until }, actor: userId, at: now };
  await appendEvidence(deps, row, { kind: 'export_opened', ...told });
  const changes = { exportUntil: until, failures: 0, nextCheckAt: now.toISOString() };
  const written = await writeCommand(deps, row, changes);
  if (!written.ok) return inTheirWindow(deps, row, { ...asking, otherwise: written.error.code });
  await takeTurn(deps, windowOf(row));
  deps.log.info('runtime.export_opened', { runtimeId: row.id, userId, until });
  return answerIn(deps, { ...row, exportUntil: until }, asking);
};

/** Somebody else may have written since: where that was a window, it is ours too. */
const inTheirWindow = async (
  deps: RuntimesDeps,
  { id, exportUntil }: Runtime,
  { userId, otherwise }: Asking & { readonly otherwise: ErrorCode },
): Promise<Answer> => {
  const row = await deps.store.get('runtimes', id);
  if (row === null || row.desired !== 'suspended') return fail(otherwise);
  const facts = readJson(factsSchema, row.facts, noFacts);
  const isTheirs = row.exportUntil !== null && row.exportUntil !== exportUntil;
  return isTheirs ? answerIn(deps, row, { facts, userId }) : fail(otherwise);
};

const answerIn = (deps: RuntimesDeps, row: Runtime, { facts, userId }: Asking): Promise<Answer> => {
  const { exportUntil } = row;
  if (isExportOpen(facts)) return give(deps, row, userId);
  return Promise.resolve(succeed({ state: 'preparing', until: exportUntil ?? '' }));
};

/** Told first: whoever holds a ticket stands in the history. */
const give = async (deps: RuntimesDeps, row: Runtime, userId: string): Promise<Answer> => {
  const at = deps.clock.now();
  await appendEvidence(deps, row, { kind: 'exported', detail: {}, actor: userId, at });
  const { endpoint, ticket, ticketExpiresAt } = await passFor(deps, row, {
    userId,
    scope: 'export',
  });
  deps.log.info('runtime.exported', { runtimeId: row.id, userId });
  return succeed({
    state: 'open',
    exportEndpoint: endpoint,
    exportTicket: ticket,
    ticketExpiresAt,
  });
};
