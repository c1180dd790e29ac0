/**
 * Brings one runtime's update one or more steps nearer to its end: planned, told, begun, kept or taken
 * back. The wishes are written on the row (image, what happens to the state); the reconciler follows
 * them as it follows any. Every step is one compare-and-set, or idempotent by the update's id.
 */
import { desiredOf } from '#app/reconcile/changes.ts';
import { renderStack } from '#app/reconcile/stack.ts';
import type { StackSettings } from '#app/reconcile/stack.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import { isRestartOwed } from '#core/runtime/restart.ts';
import { isBelowFloor, owedUpdate } from '#core/update/owed.ts';
import { planUpdate } from '#core/update/plan-update.ts';
import { ringOf, targetOf } from '#core/update/ring.ts';
import type { UpdateFacts, UpdateStep } from '#core/update/update.ts';
import { isBelow } from '#core/update/version.ts';
import type { Store, Stored } from '#ports/store.ts';
import type { Clock, FaultPoint, Ids, Log } from '#ports/system.ts';
import { defaultQuiet } from '#schemas/contract/updates.ts';
import type { UpdateRecord, UpdateState } from '#schemas/contract/updates.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { Release } from '#schemas/record/update.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { Releases, updateOf } from './releases.ts';
import { tellEnd, tellPlanned } from './tell-update.ts';

export interface UpdateDeps {
  readonly store: Store;
  readonly stack: StackSettings;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly faults: FaultPoint;
}

type Runtime = Stored<'runtimes'>;

const hourMs = 60 * 60_000;
/** More steps than one look at an update takes; a lost race takes one too. */
const roundsAtMost = 8;
const pinWithinMs = 2 * 60_000;
/** Whoever made it due may have a faster clock. */
const clockToleranceMs = 5_000;

/** What says whether one is owed; asked of everybody once an hour. */
const askedOf = (
  { stack }: Pick<UpdateDeps, 'stack'>,
  row: Runtime,
  release: Release,
): Pick<UpdateFacts, 'facts' | 'current' | 'target' | 'floor' | 'state' | 'update'> => {
  const facts = readJson(factsSchema, row.facts, noFacts);
  return {
    facts,
    current: {
      image: row.openclawImage ?? stack.openclawImage,
      version: facts.agent.version ?? row.openclawVersion,
    },
    target: targetOf(release, ringOf(row.id, row.ring)),
    floor: floorOf(stack.versionFloor, release),
    state: row.updateState,
    update: updateOf(row),
  };
};

export const updateFactsOf = (
  deps: Pick<UpdateDeps, 'stack' | 'ids'>,
  row: Runtime,
  around: { readonly release: Release; readonly gate: UpdateFacts['gate'] },
): UpdateFacts => {
  const { release, gate } = around;
  const asked = askedOf(deps, row, release);
  const configHash = renderStack(deps.stack, row, deps.ids).hash;
  return {
    ...asked,
    desired: row.desired,
    configHash,
    smokeId: row.smokeId,
    isRestartOwed: isRestartOwed(desiredOf(row, configHash, null), asked.facts),
    gate,
    quiet: {
      hour: row.quietHour ?? defaultQuiet.hour,
      timeZone: row.timeZone ?? defaultQuiet.timeZone,
    },
    heldUntilMs: row.updatesHeldUntil === null ? 0 : Date.parse(row.updatesHeldUntil),
  };
};

/** The installation's own floor allows no hold: it was never to be handed over below it. */
const floorOf = (own: string, release: Release): UpdateFacts['floor'] => {
  const raised = release.floor;
  if (raised === null || isBelow(raised.version, own)) return { version: own, endsHoldsMs: 0 };
  const endsHoldsMs = Date.parse(raised.raisedAt) + raised.graceHours * hourMs;
  return { version: raised.version, endsHoldsMs };
};

/** True when the row has to be looked at by `settleUpdate`, or its status is not what it should be. */
export const isUpdateDue = (
  deps: Pick<UpdateDeps, 'stack'>,
  row: Runtime,
  around: { readonly release: Release; readonly gate: UpdateFacts['gate'] },
): { readonly owed: boolean; readonly told: boolean } => {
  const known = askedOf(deps, row, around.release);
  const owed = owedUpdate(known) !== null && around.gate !== 'closed';
  return { owed, told: !(isBelowFloor(known) && row.status === 'ready') };
};

export const isUnderWay = ({ updateState }: Runtime): boolean =>
  updateState === 'applying' || updateState === 'returning';

const isDue = (row: Runtime, now: Date): boolean =>
  isUnderWay(row) ||
  (row.updateDueAt !== null && Date.parse(row.updateDueAt) <= now.getTime() + clockToleranceMs);

export const settleUpdate = async (
  deps: UpdateDeps,
  runtimeId: string,
  releases: Releases = new Releases(deps, deps.stack.openclawImage),
): Promise<void> => {
  for (let round = 0; round < roundsAtMost; round += 1) {
    const row = await deps.store.get('runtimes', runtimeId);
    if (row === null || !isDue(row, deps.clock.now())) return;
    const ring = ringOf(row.id, row.ring);
    // What is under way is ended whatever became of its ring.
    const gate = isUnderWay(row) ? 'open' : await releases.gate(ring);
    const known = updateFactsOf(deps, row, { release: await releases.current(), gate });
    const step = planUpdate(known, deps.clock.now().getTime());
    if ((await take(deps, { row, known, step, begun: () => releases.begun(ring) })) === 'rest')
      return;
  }
};

interface Taking {
  readonly row: Runtime;
  readonly known: UpdateFacts;
  readonly step: UpdateStep;
  readonly begun: () => void;
}

const take = async (deps: UpdateDeps, taking: Taking): Promise<'again' | 'rest'> => {
  const { row, known, step } = taking;
  const { update } = known;
  if (step.kind === 'rest') return lookAt(deps, row, step.untilMs);
  if (step.kind === 'plan') return plan(deps, row, { known, step });
  if (update === null) return 'rest';
  const each = { row, known, update };
  switch (step.kind) {
    case 'replan':
      return replan(deps, each, step);
    case 'drop':
      await write(deps, row, { updateState: null, update: null, updateDueAt: null });
      return 'rest';
    case 'start':
      if (row.openclawImage === null) return pinFirst(deps, row);
      if (await start(deps, each)) taking.begun();
      return 'rest';
    case 'blocked':
      await callPerson(deps, row, 'update_blocked', update);
      return lookAt(deps, row, step.untilMs);
    case 'ask_smoke':
      await askSmoke(deps, each, step.smokeId);
      return 'rest';
    case 'keep':
      await end(deps, each, { state: 'done', proven: step.proven });
      return 'rest';
    case 'roll_back':
      await rollBack(deps, each, step.failure);
      return 'rest';
    case 'end_rolled_back':
      await end(deps, each, { state: 'rolled_back', proven: false });
      return 'rest';
    case 'call_person':
      await callPerson(deps, row, 'update_stuck', update);
      return lookAt(deps, row, step.untilMs);
  }
};

interface Each {
  readonly row: Runtime;
  readonly known: UpdateFacts;
  readonly update: UpdateRecord;
}

const iso = (ms: number): string => new Date(ms).toISOString();

const write = async (
  deps: UpdateDeps,
  row: Runtime,
  changes: Partial<RowOf<'runtimes'>>,
): Promise<boolean> => {
  const { id, version } = row;
  return (await deps.store.update('runtimes', { id, version }, changes)) === 'updated';
};

/** What a member sees on the page changes: whoever acts on an older picture looks again. */
const seen = (row: Runtime, state: UpdateState, update: UpdateRecord) => ({
  updateState: state,
  update: JSON.stringify(update),
  revision: row.revision + 1,
});

const lookAt = async (
  deps: UpdateDeps,
  row: Runtime,
  untilMs: number | null,
): Promise<'again' | 'rest'> => {
  const updateDueAt = untilMs === null ? null : iso(untilMs);
  if (row.updateDueAt === updateDueAt) return 'rest';
  return (await write(deps, row, { updateDueAt })) ? 'rest' : 'again';
};

/** What it would go back to is written down first, by the reconciler (`pin-image.ts`). */
const pinFirst = async (deps: UpdateDeps, row: Runtime): Promise<'rest'> => {
  const now = deps.clock.now().getTime();
  await write(deps, row, { nextCheckAt: iso(now), updateDueAt: iso(now + pinWithinMs) });
  return 'rest';
};

type Planned = Extract<UpdateStep, { kind: 'plan' }>;

/** One id for each way from one image to another, and each try of it. */
const plan = async (
  deps: UpdateDeps,
  row: Runtime,
  { known, step }: { readonly known: UpdateFacts; readonly step: Planned },
): Promise<'again' | 'rest'> => {
  const { current } = known;
  const before = known.update?.updateId ?? '';
  const update: UpdateRecord = {
    updateId: deps.ids.idFrom('update', row.id, current.image, step.to.image, before),
    why: step.why,
    from: current,
    to: { image: step.to.image, version: step.to.version },
    earliestAt: iso(step.earliestMs),
    startsAt: iso(step.startsMs),
    latestAt: step.latestMs === null ? null : iso(step.latestMs),
    ...notBegun,
  };
  await tellPlanned(deps, row, update);
  await deps.faults.reach('update.planned');
  const updateDueAt = deps.clock.now().toISOString();
  await write(deps, row, { ...seen(row, 'planned', update), updateDueAt });
  return 'again';
};

export const notBegun = {
  startedAt: null,
  attemptBefore: 0,
  hadLogin: false,
  smokes: 0,
  returnedAt: null,
  failure: null,
  endedAt: null,
  proven: false,
} as const;

const replan = async (
  deps: UpdateDeps,
  { row, update }: Each,
  step: Extract<UpdateStep, { kind: 'replan' }>,
): Promise<'again' | 'rest'> => {
  const latestAt = step.latestMs === null ? null : iso(step.latestMs);
  const why = latestAt !== null && update.why === 'target' ? ('floor' as const) : update.why;
  const after = { ...update, startsAt: iso(step.startsMs), latestAt, why };
  // Told again where what they knew does not hold any more: it cannot be held as it could.
  if (latestAt !== null && update.latestAt === null) await tellPlanned(deps, row, after);
  await write(deps, row, seen(row, 'planned', after));
  return 'again';
};

const due = (deps: UpdateDeps) => {
  const now = deps.clock.now().toISOString();
  return { failures: 0, nextCheckAt: now, updateDueAt: now };
};

const start = async (deps: UpdateDeps, { row, known, update }: Each): Promise<boolean> => {
  const { codex, deployment } = known.facts;
  const begun: UpdateRecord = {
    ...update,
    from: known.current,
    startedAt: deps.clock.now().toISOString(),
    attemptBefore: deployment.attempt,
    hadLogin: codex.status === 'ok' || codex.status === 'expiring',
  };
  const written = await write(deps, row, {
    ...seen(row, 'applying', begun),
    openclawImage: update.to.image,
    openclawVersion: update.to.version,
    stateOrder: `copy:${update.updateId}`,
    ...due(deps),
  });
  if (!written) return false;
  await deps.faults.reach('update.started');
  deps.log.info('update.started', { runtimeId: row.id, to: update.to.version });
  return true;
};

/** As a member's own smoke: a real turn on the login that is there. */
const askSmoke = async (
  deps: UpdateDeps,
  { row, update }: Each,
  smokeId: string,
): Promise<void> => {
  const now = deps.clock.now().toISOString();
  const written = await write(deps, row, {
    update: JSON.stringify({ ...update, smokes: update.smokes + 1 }),
    revision: row.revision + 1,
    smokeId,
    smokeNonce: deps.ids.newToken().slice(0, 32),
    smokeRequestedAt: now,
    ...due(deps),
  });
  if (written) await deps.faults.reach('update.smoke_asked');
};

/** Old image and old state, which bootstrap puts back by rename before the old gateway starts. */
export const returning = (
  row: Runtime,
  update: UpdateRecord,
  at: { readonly failure: UpdateRecord['failure']; readonly now: string; readonly attempt: number },
): Partial<RowOf<'runtimes'>> => {
  const { failure, now: returnedAt, attempt: attemptBefore } = at;
  const after: UpdateRecord = { ...update, failure, returnedAt, attemptBefore, smokes: 0 };
  return {
    ...seen(row, 'returning', { ...after, endedAt: null }),
    openclawImage: update.from.image,
    openclawVersion: update.from.version,
    stateOrder: `restore:${update.updateId}`,
    failures: 0,
    nextCheckAt: returnedAt,
    updateDueAt: returnedAt,
  };
};

const rollBack = async (
  deps: UpdateDeps,
  { row, known, update }: Each,
  failure: NonNullable<UpdateRecord['failure']>,
): Promise<void> => {
  const now = deps.clock.now().toISOString();
  const { attempt } = known.facts.deployment;
  if (!(await write(deps, row, returning(row, update, { failure, now, attempt })))) return;
  await deps.faults.reach('update.taken_back');
  deps.log.warn('update.taken_back', { runtimeId: row.id, to: update.to.version, failure });
};

/** Told before it is written: afterwards nobody would know that it has just ended. */
const end = async (
  deps: UpdateDeps,
  { row, known, update }: Each,
  how: { readonly state: 'done' | 'rolled_back'; readonly proven: boolean },
): Promise<void> => {
  const endedAt = deps.clock.now().toISOString();
  const ended = { ...update, endedAt, proven: how.proven };
  await tellEnd(deps, row, { state: how.state, update: ended });
  await deps.faults.reach('update.told');
  const isUnsafe = isBelow(update.from.version, known.floor?.version ?? null);
  if (how.state === 'rolled_back' && isUnsafe) await callPerson(deps, row, 'update_needed', update);
  const due = { updateDueAt: endedAt, nextCheckAt: endedAt };
  if (!(await write(deps, row, { ...seen(row, how.state, ended), ...due }))) return;
  await deps.faults.reach('update.ended');
  deps.log.info('update.ended', {
    runtimeId: row.id,
    state: how.state,
    version: update.to.version,
  });
};

const callPerson = async (
  deps: UpdateDeps,
  row: Runtime,
  kind: 'update_stuck' | 'update_blocked' | 'update_needed',
  update: UpdateRecord,
): Promise<void> => {
  await raiseTask(deps, {
    kind,
    subjectId: row.id,
    mulNo: '',
    about: update.updateId,
    detail: { from: update.from.version, to: update.to.version, failure: update.failure },
  });
};
