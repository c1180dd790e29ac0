/**
 * What an operator decides about versions: targets, the floor, rings. Judged, told in a dry run,
 * written down with the reason in the history of `audit-updates`, then written: the minute sweep
 * follows it. Key: the settings row, compared and set.
 */
import { memberOf, readRelease, writeRelease } from '#app/updates/releases.ts';
import { appendTimeline } from '#app/timeline/append.ts';
import type { Detail } from '#app/timeline/append.ts';
import { pagesOf } from '#app/pages.ts';
import { ringOf, targetOf } from '#core/update/ring.ts';
import { isBelow } from '#core/update/version.ts';
import type { Stored } from '#ports/store.ts';
import type { Failure, Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type * as contract from '#schemas/contract/operator-updates.ts';
import { updateRings } from '#schemas/contract/updates.ts';
import type { UpdateRing } from '#schemas/contract/updates.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { Release, RingPin } from '#schemas/record/update.ts';
import type { OperatorDeps } from '../deps.ts';

export interface UpdatesDeps extends OperatorDeps {
  /** The installation's own image and floor, as the reconciler has them. */
  readonly own: { readonly image: string; readonly floor: string };
}

type Answer = Promise<Result<ValueOf<typeof contract.setTarget>>>;
type Runtime = Stored<'runtimes'>;

interface Change {
  readonly action: string;
  readonly detail: Detail;
  readonly dryRun: boolean;
  readonly judge: (known: Release) => Failure | null;
  readonly next: (known: Release) => Release;
  readonly isAffected: (row: Runtime) => boolean;
}

export const setTarget = (
  deps: UpdatesDeps,
  actor: string,
  body: BodyOf<typeof contract.setTarget>,
): Answer => {
  const { ring, image, version, noticeHours, soakMinutes, reason, dryRun } = body;
  const pin: RingPin = {
    ...{ image, version, noticeHours, soakMinutes },
    setAt: deps.clock.now().toISOString(),
    stoppedAt: null,
    resumedAt: null,
    provenAt: null,
  };
  return carryOut(deps, actor, {
    action: 'set_target',
    detail: { ring, image, version, reason },
    dryRun,
    judge: (known) => {
      const least = [known[ring]?.version, known.floor?.version, deps.own.floor];
      const isOlder = least.some((one) => isBelow(version, one ?? null));
      return isOlder ? { code: 'version_too_old', field: 'version' } : null;
    },
    next: (known) => ({ ...known, [ring]: pin }),
    isAffected: (row) => {
      const member = memberOf(row, deps.own.image);
      return member.ring === ring && member.image !== image;
    },
  });
};

export const raiseFloor = (
  deps: UpdatesDeps,
  actor: string,
  body: BodyOf<typeof contract.raiseFloor>,
): Answer => {
  const { version, graceHours, reason, dryRun } = body;
  const raisedAt = deps.clock.now().toISOString();
  return carryOut(deps, actor, {
    action: 'raise_floor',
    detail: { version, graceHours, reason },
    dryRun,
    judge: (known) => {
      const isLowered = isBelow(version, known.floor?.version ?? null);
      if (isLowered) return { code: 'version_too_old', field: 'version' };
      // Where would they go? The first ring shows the others.
      const first = known.canary?.version ?? null;
      const isReachable = first !== null && !isBelow(first, version);
      return isReachable ? null : { code: 'floor_above_target', field: 'version' };
    },
    next: (known) => withFloor(known, { version, raisedAt, graceHours }),
    isAffected: (row) => isBelow(runningVersion(row), version),
  });
};

/** Each ring keeps a proof of its own: what is below follows the ring before it, unproven. */
const withFloor = (known: Release, floor: NonNullable<Release['floor']>): Release => {
  const raised = { ...known, floor };
  const pins = updateRings.map((ring) => {
    const target = targetOf(raised, ring);
    const isOwn = target === null || target.image === known[ring]?.image;
    const setAt = floor.raisedAt;
    return [ring, isOwn ? known[ring] : { ...target, setAt, provenAt: null }] as const;
  });
  return { ...raised, ...Object.fromEntries(pins) };
};

export const haltRing = (
  deps: UpdatesDeps,
  actor: string,
  body: BodyOf<typeof contract.haltRing>,
): Answer => {
  const { ring, action, reason, dryRun } = body;
  const now = deps.clock.now().toISOString();
  const halted = (pin: RingPin): RingPin =>
    action === 'stop' ? { ...pin, stoppedAt: now } : { ...pin, stoppedAt: null, resumedAt: now };
  return carryOut(deps, actor, {
    action: `${action}_ring`,
    detail: { ring, reason },
    dryRun,
    judge: (known) =>
      known[ring] === null ? { code: 'action_not_possible', field: 'ring' } : null,
    next: (known) => {
      const pin = known[ring];
      return pin === null ? known : { ...known, [ring]: halted(pin) };
    },
    isAffected: (row) => {
      const { ring: own, state } = memberOf(row, deps.own.image);
      return own === ring && (state === 'planned' || state === 'rolled_back');
    },
  });
};

export const runningVersion = (row: Runtime): string | null =>
  readJson(factsSchema, row.facts, noFacts).agent.version ?? row.openclawVersion;

const carryOut = async (deps: UpdatesDeps, actor: string, change: Change): Answer => {
  const refused = change.judge(await readRelease(deps.store));
  if (refused !== null) return { ok: false, error: refused };
  const rows = await pagesOf(deps.store, 'runtimes', { desired: 'running' });
  const affected = rows.filter(change.isAffected);
  const { dryRun } = change;
  if (dryRun) return succeed({ dryRun, affected: affected.length });
  await audit(deps, actor, change);
  const written = await writeRelease(deps.store, change.next);
  if (written === null) return fail('stale_revision');
  deps.log.warn('update.operator_acted', { action: change.action, actor });
  await wakeFirst(deps, affected);
  return succeed({ dryRun, affected: affected.length });
};

/** Written before anything is done: asked for is what it says, whatever comes of it. */
const audit = async (deps: UpdatesDeps, actor: string, change: Change): Promise<void> => {
  await appendTimeline(deps, {
    subjectId: 'audit-updates',
    kind: `operator.${change.action}`,
    detail: change.detail,
    actor,
    at: deps.clock.now(),
    readers: 'functions',
  });
};

/** So many are looked at in the next minute; all others within the hour, each in its own minute. */
const wokenAtMost = 20;

const wakeFirst = async (deps: UpdatesDeps, affected: readonly Runtime[]): Promise<void> => {
  const first = affected.filter((row) => isFirst(row) && row.updateDueAt === null);
  const updateDueAt = deps.clock.now().toISOString();
  for (const { id, version } of first.slice(0, wokenAtMost)) {
    // Lost to another write: its own minute comes.
    await deps.store.update('runtimes', { id, version }, { updateDueAt });
  }
};

const isFirst = (row: Runtime): boolean => ringOf(row.id, row.ring) === 'canary';

export const chooseRing = async (
  deps: OperatorDeps,
  actor: string,
  body: BodyOf<typeof contract.chooseRing>,
): Promise<Result<{ readonly dryRun: boolean; readonly ring: UpdateRing }>> => {
  const { runtimeId, ring, reason, dryRun } = body;
  const row = await deps.store.get('runtimes', runtimeId);
  if (row === null) return fail('runtime_unknown', { field: 'runtimeId' });
  const chosen = ringOf(row.id, ring);
  if (dryRun || row.ring === ring) return succeed({ dryRun, ring: chosen });
  await appendTimeline(deps, {
    subjectId: `audit-${runtimeId}`,
    kind: 'operator.choose_ring',
    detail: { ring: chosen, reason },
    actor,
    at: deps.clock.now(),
    readers: 'functions',
  });
  const updateDueAt = row.updateDueAt ?? deps.clock.now().toISOString();
  const target = { id: row.id, version: row.version };
  const written = await deps.store.update('runtimes', target, { ring, updateDueAt });
  return written === 'updated' ? succeed({ dryRun, ring: chosen }) : fail('stale_revision');
};
