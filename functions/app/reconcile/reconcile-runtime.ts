/**
 * Brings one runtime as near to what it should be as a bounded run can: look, plan, act, write,
 * again. Intent is written before the act, ids right after it: any line may be the last one
 * executed. Idempotent by runtime id; a settled runtime causes no write.
 */
import { isExportWanted } from '#core/runtime/export-plan.ts';
import { plan } from '#core/runtime/plan.ts';
import { backoffMs } from '#core/runtime/timing.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { withLease } from '#app/lease.ts';
import { tellOfLogin } from '#app/messages/tell-of-runtime.ts';
import type { Lease } from '#app/lease.ts';
import { changesOf, columnReaders, desiredOf, dueTime, jitterOf } from './changes.ts';
import type { After, ColumnReaders } from './changes.ts';
import { eventBudget } from './deps.ts';
import type { ReconcileDeps, RunBudget, RuntimeRecord } from './deps.ts';
import { intendDeployment } from './deployer-steps.ts';
import { perform } from './perform.ts';
import { needsPin, pinImage } from './pin-image.ts';
import { recordStatus } from './record-status.ts';
import type { Act, Outcome } from './work.ts';
import { floorVersion } from '#app/updates/floor.ts';
import { readRelease } from '#app/updates/releases.ts';
import { stackReader } from './stack.ts';
import type { RenderedStack } from './stack.ts';

export type RunEnd = 'settled' | 'later' | 'held' | 'missing';

/** How far apart the clocks of two executions may be. */
const clockSkewMs = 2_000;

interface Run {
  readonly deps: ReconcileDeps;
  readonly budget: RunBudget;
  readonly startedAt: Date;
  readonly lease: Lease;
  readonly versionFloor: string;
  readonly columns: ColumnReaders;
}

/** False when somebody else wrote meanwhile: the caller looks again. */
const write = async (
  run: Run,
  row: RuntimeRecord,
  write: { readonly after: After; readonly stack: RenderedStack },
): Promise<boolean> => {
  const { deps } = run;
  const now = deps.clock.now();
  const changes = changesOf(row, write.after, {
    configHash: write.stack.hash,
    image: write.stack.images.openclawImage,
    versionFloor: run.versionFloor,
    now,
    columns: run.columns,
  });
  if (Object.keys(changes).length === 0) return true;
  const before = run.columns.facts(row.facts);
  await tellOfLogin(deps, row, { before, after: write.after.facts });
  const { id, version } = row;
  const written = await deps.store.update('runtimes', { id, version }, changes);
  if (written !== 'updated') return false;
  if (changes.status !== undefined) {
    deps.log.info('runtime.status_changed', {
      runtimeId: id,
      from: row.status,
      to: changes.status,
    });
    await recordStatus(deps, { ...row, status: changes.status }, { from: row.status });
  }
  return true;
};

const failuresAfter = (row: RuntimeRecord, outcome: Outcome): number => {
  switch (outcome.progress) {
    case 'failed':
    case 'interrupted':
      return row.failures + 1;
    case 'recovered':
      return 0;
    case 'advanced':
      return row.failures;
  }
};

/** Looking changes nothing, so it must not make a settled row due either. */
const isLook = (action: Act): boolean =>
  ['observe_agent', 'observe_deployment', 'observe_export'].includes(action.kind);

const nextCheck = (run: Run, row: RuntimeRecord, done: { act: Act; outcome: Outcome }): string => {
  const now = run.deps.clock.now();
  if (done.outcome.progress === 'failed') {
    return new Date(now.getTime() + backoffMs(row.failures + 1, jitterOf(row.id))).toISOString();
  }
  return isLook(done.act) && row.nextCheckAt !== null ? row.nextCheckAt : dueTime(row, now);
};

interface Current {
  readonly row: RuntimeRecord;
  readonly facts: Facts;
  readonly stack: RenderedStack;
}

/** Intent first where the act cannot be found again without it. Null: somebody else wrote. */
const intend = async (run: Run, act: Act, current: Current): Promise<Current | null> => {
  if (act.kind !== 'deploy') return current;
  const { row, stack } = current;
  const at = run.deps.clock.now().toISOString();
  const facts = intendDeployment(current.facts, {
    runtimeId: row.id,
    attempt: act.attempt,
    configHash: stack.hash,
    smokeId: row.smokeId,
    restartId: row.restartId,
    wasReady: row.receipt !== null,
    services: stack.services,
    at,
  });
  const after = { facts, failures: row.failures, nextCheckAt: dueTime(row, run.deps.clock.now()) };
  if (!(await write(run, row, { after, stack }))) return null;
  await run.deps.faults.reach('runtime.deploy.intended');
  const fresh = await run.deps.store.get('runtimes', row.id);
  return fresh === null ? null : { row: fresh, facts, stack };
};

interface Acted {
  readonly facts: Facts;
  /** Pause before the next step; 0 when the step went well. */
  readonly pauseMs: number;
}

const act = async (run: Run, action: Act, before: Current): Promise<Acted> => {
  const current = await intend(run, action, before);
  if (current === null) return { facts: before.facts, pauseMs: 0 };
  const { row, stack } = current;
  const outcome = await perform(action, { deps: run.deps, row, facts: current.facts, stack });
  await run.deps.faults.reach(`runtime.${action.kind}.done`);
  const after: After = {
    facts: outcome.facts,
    failures: failuresAfter(row, outcome),
    nextCheckAt: nextCheck(run, row, { act: action, outcome }),
  };
  // Refused when a customer's command came between: what was learnt goes with the next write.
  await write(run, row, { after, stack });
  const isFailed = outcome.progress === 'failed';
  const pauseMs = isFailed ? backoffMs(after.failures, jitterOf(row.id)) : 0;
  return { facts: outcome.facts, pauseMs };
};

/** Sleeps through a short wait; writes the time of a long one and says how the run ended. */
const pause = async (
  run: Run,
  wait: { readonly untilMs: number; readonly settled: boolean },
  current: Current,
): Promise<RunEnd | 'continue'> => {
  const { deps, budget, startedAt } = run;
  const now = deps.clock.now().getTime();
  const pauseMs = Math.max(0, wait.untilMs - now);
  const deadline = startedAt.getTime() + budget.runMs;
  const isShort = !wait.settled && pauseMs <= budget.maxPauseMs;
  if (isShort && budget.stays && now + pauseMs < deadline) {
    await deps.clock.sleep(pauseMs);
    return 'continue';
  }
  const { row, facts, stack } = current;
  const isDue = row.nextCheckAt === null || Date.parse(row.nextCheckAt) <= now;
  const nextCheckAt = isDue && !isShort ? new Date(wait.untilMs).toISOString() : row.nextCheckAt;
  const after = { facts, failures: row.failures, nextCheckAt };
  if (!(await write(run, row, { after, stack }))) return 'continue';
  return wait.settled ? 'settled' : 'later';
};

/**
 * What earlier runs saw does not count in this one, even where their clock runs ahead of ours or a
 * run began in the very millisecond in which the last one ended.
 */
const freshSinceOf = (facts: Facts, startedAt: Date): Date => {
  const { agent, deployment, export: exported, placement, machine } = facts;
  const seenAtMs = [agent, deployment, exported, placement, machine].map(({ observedAt }) =>
    observedAt === null ? 0 : Date.parse(observedAt) + 1,
  );
  const startedMs = startedAt.getTime();
  // A clock that is further ahead has jumped: then every look would be one too many.
  return new Date(Math.min(Math.max(startedMs, ...seenAtMs), startedMs + clockSkewMs));
};

const servicesWanted = ({ desired: state, exportUntil }: RuntimeRecord, now: Date) =>
  isExportWanted({ state, exportUntil }, now) ? 'export' : 'all';

const converge = async (run: Run, runtimeId: string): Promise<RunEnd> => {
  const { deps, budget, startedAt } = run;
  let facts: Facts | null = null;
  let freshSince: Date | null = null;
  const stackOf = stackReader(deps.stack, deps.ids);
  for (let step = 0; step < budget.maxSteps; step += 1) {
    if (!(await run.lease.keep())) return 'held';
    const row = await deps.store.get('runtimes', runtimeId);
    if (row === null) return 'missing';
    if (needsPin(row)) {
      if ((await pinImage(deps, row)) === 'unknown') return 'later';
      continue;
    }
    if (facts === null) await recordStatus(deps, row);
    facts ??= run.columns.facts(row.facts);
    freshSince ??= freshSinceOf(facts, startedAt);
    const now = deps.clock.now();
    const stack = stackOf(row, servicesWanted(row, now));
    const action = plan(desiredOf(row, stack.hash, run.versionFloor), facts, { now, freshSince });
    if (action.kind === 'wait') {
      const end = await pause(run, action, { row, facts, stack });
      if (end !== 'continue') return end;
      continue;
    }
    if (now.getTime() - startedAt.getTime() > budget.runMs) return 'later';
    const acted = await act(run, action, { row, facts, stack });
    facts = acted.facts;
    if (acted.pauseMs > (budget.stays ? budget.maxPauseMs : 0)) return 'later';
    if (acted.pauseMs > 0) await deps.clock.sleep(acted.pauseMs);
  }
  return 'later';
};

const isDue = ({ nextCheckAt }: RuntimeRecord, now: Date): boolean =>
  nextCheckAt !== null && Date.parse(nextCheckAt) <= now.getTime() + clockSkewMs;

/** A command written just before the lease was given back would wait a minute: look once more. */
const maxRounds = 3;

export const reconcileRuntime = async (
  deps: ReconcileDeps,
  runtimeId: string,
  budget: RunBudget = eventBudget,
): Promise<RunEnd> => {
  const deadline = deps.clock.now().getTime() + budget.runMs;
  const known = await deps.store.get('runtimes', runtimeId);
  if (known === null) return 'missing';
  // Never left again; what was deleted before there were receipts has none.
  if (known.status === 'deleted') return 'settled';
  // An event about a row that waits, our own write as a rule: nothing is due, nothing is taken.
  if (!isDue(known, deps.clock.now())) return 'settled';
  let end: RunEnd = 'held';
  for (let round = 0; round < maxRounds; round += 1) {
    const startedAt = deps.clock.now();
    const versionFloor = floorVersion(deps.stack.versionFloor, await readRelease(deps.store));
    end = await withLease(deps, runtimeId, (lease) =>
      converge(
        { deps, budget, startedAt, lease, versionFloor, columns: columnReaders() },
        runtimeId,
      ),
    );
    if (end !== 'settled') return end;
    const row = await deps.store.get('runtimes', runtimeId);
    const now = deps.clock.now();
    if (row === null || !isDue(row, now) || now.getTime() > deadline) return end;
  }
  return end;
};
