/**
 * What an operator does with a runtime. Judged first, told in a dry run, written down with the reason,
 * then done: wishes are written on the row and the reconciler follows them; only a restart asks
 * Dokploy itself, and what dies in its middle the reconciler starts again. Key: the row's revision.
 */
import { wakeAutopays } from '#app/autopay/agreements.ts';
import { appendTimeline } from '#app/timeline/append.ts';
import type { Deployer } from '#ports/runtime.ts';
import type { Stored } from '#ports/store.ts';
import type { ErrorCode, Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { actOnRuntime as actOperation } from '#schemas/contract/operator-runtimes.ts';
import { readJson } from '#schemas/record/json.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { giveDays } from '#core/term/periods.ts';
import { releasedBy } from '#core/term/standstill.ts';
import { paidTimeColumns, paidTimeOf } from '#app/terms/paid-time.ts';
import type { OperatorDeps } from '../deps.ts';
import type { DeletionView } from '#schemas/contract/deletion.ts';
import { updateOf } from '#app/updates/releases.ts';
import { notBegun, returning } from '#app/updates/settle-update.ts';
import { deletionOf } from '#app/runtimes/deletion.ts';
import { judgeAction } from './judge.ts';

export interface ActDeps extends OperatorDeps {
  /** Made only where it is needed: the rest works while Dokploy is not set up. */
  readonly deployer: () => Pick<Deployer, 'stop' | 'start'>;
  /** A restart is written down, and the reconciler makes it: for many at once. */
  readonly restartsLater?: boolean;
}

type Body = BodyOf<typeof actOperation>;
type Answer = Promise<Result<ValueOf<typeof actOperation>>>;

const mismatch = fail('confirmation_mismatch', { field: 'confirmation' });

export const actOnRuntime = async (deps: ActDeps, actor: string, body: Body): Answer => {
  const { runtimeId, action, dryRun } = body;
  const row = await deps.store.get('runtimes', runtimeId);
  if (row === null) return fail('runtime_unknown', { field: 'runtimeId' });
  const isIncomplete = action === 'give_time' && body.days === undefined;
  if (isIncomplete && !dryRun) return fail('body_invalid', { field: 'days' });
  const destroys = action === 'delete' || action === 'declare_gone';
  if (destroys && !dryRun && body.confirmation?.trim() !== runtimeId) return mismatch;
  if (row.revision !== body.revision) return fail('stale_revision');
  const facts = readJson(factsSchema, row.facts, noFacts);
  const order = await deps.store.get('orders', row.orderId);
  const judged = judgeAction({ row, facts, order, nowMs: deps.clock.now().getTime() }, action);
  if (judged.kind === 'refused') return fail(judged.code);
  const answer = { runtimeId, dryRun, effects: [...judged.effects] };
  if (dryRun) return succeed({ ...answer, revision: row.revision });
  await audit(deps, actor, body);
  const isLater = action === 'restart' && deps.restartsLater === true;
  const failed = action === 'restart' && !isLater ? await restart(deps, facts) : null;
  if (failed !== null) return fail(failed);
  const revision = await write(deps, row, {
    ...wishOf({ row, body, facts, actor, at: deps.clock.now() }),
    ...(isLater ? { restartId: deps.ids.newId() } : {}),
  });
  return revision === null ? fail('stale_revision') : succeed({ ...answer, revision });
};

type UpdateColumn =
  'openclawImage' | 'openclawVersion' | 'stateOrder' | 'update' | 'updateState' | 'updateDueAt';
type Wish = Partial<
  Pick<
    RowOf<'runtimes'>,
    | 'desired'
    | 'facts'
    | 'suspendedFor'
    | 'suspendedAt'
    | 'exportUntil'
    | 'termDueAt'
    | 'paidUntil'
    | 'periods'
    | 'restartId'
    | 'deletesAt'
    | 'deletion'
    | UpdateColumn
  >
>;

interface Asked {
  readonly row: Stored<'runtimes'>;
  readonly body: Body;
  readonly facts: Facts;
  readonly actor: string;
  readonly at: Date;
}

const wishOf = ({ row, body, facts, actor, at }: Asked): Wish => {
  const now = at.toISOString();
  switch (body.action) {
    case 'retry':
    case 'restart':
      return {};
    case 'redeploy':
      // As after a deployment that got lost: the plan makes another one, at once.
      return {
        facts: JSON.stringify({ ...facts, deployment: { ...facts.deployment, status: 'lost' } }),
      };
    case 'suspend':
      return { desired: 'suspended', suspendedFor: 'operator', suspendedAt: now, termDueAt: now };
    case 'resume':
      return { ...releasedBy(row), termDueAt: now };
    case 'give_time':
      return timeGiven(row, body, at);
    case 'update_now':
      return begunNow(row, now);
    case 'roll_back':
      return takenBack(row, { now, attempt: facts.deployment.attempt });
    case 'delete':
      return {
        desired: 'deleted',
        deletesAt: null,
        deletion: asked(row, actor, now),
        termDueAt: now,
      };
    case 'declare_gone':
      return { deletion: declared(row, actor, now) };
  }
};

/** Also over its owner's own wish: then it is the operator's, and goes at once. */
const deletionBy = (row: Stored<'runtimes'>, askedBy: string, askedAt: string): DeletionView => {
  const reason = row.suspendedFor === 'refunded' ? 'refunded' : 'operator';
  return { reason, askedBy, askedAt, declaredBy: null, receipt: null };
};

const asked = (row: Stored<'runtimes'>, by: string, at: string): string =>
  JSON.stringify(deletionBy(row, by, at));

const declared = (row: Stored<'runtimes'>, by: string, at: string): string =>
  JSON.stringify({ ...(deletionOf(row) ?? deletionBy(row, by, at)), declaredBy: by });

/** Key: the revision it was given upon. What stood still for want of money starts again. */
const timeGiven = (row: Stored<'runtimes'>, { days = 1, revision }: Body, now: Date): Wish => {
  const longer = giveDays(paidTimeOf(row), { givenId: String(revision), days, now });
  if (longer === null) return {};
  const starts = row.suspendedFor === 'unpaid' && row.desired === 'suspended';
  return {
    ...paidTimeColumns(longer),
    termDueAt: now.toISOString(),
    ...(starts ? releasedBy(row) : {}),
  };
};

/** A try of its own: its copy of the state and its notices are told apart from those before. */
const begunNow = (row: Stored<'runtimes'>, now: string): Wish => {
  const update = updateOf(row);
  if (update === null) return {};
  const updateId = `${update.updateId.slice(0, 24)}${row.revision}`;
  const at = { earliestAt: now, startsAt: now, latestAt: null };
  const again = { ...update, ...notBegun, ...at, updateId, why: 'operator' as const };
  return { update: JSON.stringify(again), updateState: 'planned', updateDueAt: now };
};

const takenBack = (
  row: Stored<'runtimes'>,
  at: { readonly now: string; readonly attempt: number },
): Wish => {
  const update = updateOf(row);
  return update === null ? {} : returning(row, update, { ...at, failure: 'by_operator' });
};

/** A person asks: earlier failures hold nothing back. */
const write = async (
  deps: ActDeps,
  row: Stored<'runtimes'>,
  wish: Wish,
): Promise<number | null> => {
  const revision = row.revision + 1;
  const nextCheckAt = deps.clock.now().toISOString();
  const changes = { ...wish, revision, failures: 0, nextCheckAt };
  // What stands still, or is gone, is not charged for.
  if (wish.desired !== undefined && wish.desired !== 'running') await wakeAutopays(deps, row.id);
  const target = { id: row.id, version: row.version };
  const outcome = await deps.store.update('runtimes', target, changes);
  return outcome === 'updated' ? revision : null;
};

const restart = async (deps: ActDeps, facts: Facts): Promise<ErrorCode | null> => {
  const { composeId } = facts.compose;
  if (composeId === null) return 'action_not_possible';
  const deployer = deps.deployer();
  const stopped = await deployer.stop(composeId);
  if (stopped.kind !== 'ok') return 'deployer_unreachable';
  const started = await deployer.start(composeId);
  // Down and not up again: the reconciler finds that and starts it.
  return started.kind === 'ok' ? null : 'deployer_unreachable';
};

/** Written before anything is done: asked for is what it says, whatever comes of it. */
const audit = async (
  deps: ActDeps,
  actor: string,
  { runtimeId, action, reason, revision, days }: Body,
): Promise<void> => {
  await appendTimeline(deps, {
    subjectId: `audit-${runtimeId}`,
    kind: `operator.${action}`,
    detail: { reason, revision, ...(days === undefined ? {} : { days }) },
    actor,
    at: deps.clock.now(),
    readers: 'functions',
  });
  deps.log.warn('runtime.operator_acted', { runtimeId, action, actor });
};
