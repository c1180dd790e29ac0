/**
 * One action over several runtimes: each is judged, told in the dry run, and acted upon by itself,
 * as if an operator had opened it, with its own audit entry. How many there may be in an hour is
 * counted for all operators together; each takes its turn before anything of it begins.
 */
import { actOnRuntime } from '#app/operator/runtimes/act.ts';
import type { ActDeps } from '#app/operator/runtimes/act.ts';
import { takeTurn, turnsLeft } from '#app/limits/take-turn.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { actOnFleet as actOperation } from '#schemas/contract/operator-fleet.ts';
import {
  actsPerHour,
  confirmationOf,
  graveActsPerHour,
  isGrave,
} from '#schemas/contract/operator-fleet.ts';
import type { FleetAction } from '#schemas/contract/operator-fleet.ts';

type Body = BodyOf<typeof actOperation>;
type Answer = ValueOf<typeof actOperation>;
type One = Answer['results'][number];
type Target = Body['targets'][number];

/** Well below the function's own limit: what is not begun by then is said to be. */
const beginsWithinMs = 15_000;

const turnOf = (action: FleetAction) =>
  isGrave(action)
    ? { what: 'fleet-grave', whom: 'operators', perHour: graveActsPerHour }
    : { what: 'fleet', whom: 'operators', perHour: actsPerHour };

export const actOnFleet = async (
  from: ActDeps,
  actor: string,
  body: Body,
): Promise<Result<Answer>> => {
  const deps: ActDeps = { ...from, restartsLater: true };
  const { action, dryRun, days } = body;
  // A runtime that is named twice is meant once.
  const targets = [...new Map(body.targets.map((each) => [each.runtimeId, each])).values()];
  if (action === 'give_time' && days === undefined && !dryRun) {
    return fail('body_invalid', { field: 'days' });
  }
  const isConfirmed = body.confirmation?.trim() === confirmationOf(action, targets.length);
  if (isGrave(action) && !dryRun && !isConfirmed) {
    return fail('confirmation_mismatch', { field: 'confirmation' });
  }
  const untilMs = deps.clock.now().getTime() + beginsWithinMs;
  const results: One[] = [];
  let isOver = false;
  for (const target of targets) {
    isOver ||= deps.clock.now().getTime() > untilMs;
    const one = isOver
      ? await notBegun(deps, target, null)
      : await act(deps, actor, { body, target });
    if (one.code === 'too_many_requests') isOver = true;
    results.push(one);
  }
  const done = results.filter(({ outcome }) => outcome === 'done').length;
  if (!dryRun) deps.log.warn('fleet.acted', { action, actor, asked: targets.length, done });
  const leftThisHour = await turnsLeft(deps, turnOf(action));
  return succeed({ dryRun, leftThisHour, results });
};

const act = async (
  deps: ActDeps,
  actor: string,
  { body, target }: { readonly body: Body; readonly target: Target },
): Promise<One> => {
  const { runtimeId, revision } = target;
  const { action, reason, dryRun, days } = body;
  const name = await nameOf(deps, target);
  const wish = { runtimeId, revision, action, reason, ...(days === undefined ? {} : { days }) };
  const told = await actOnRuntime(deps, actor, { ...wish, dryRun: true });
  if (!told.ok) return { runtimeId, name, outcome: 'refused', effects: [], code: told.error.code };
  const { effects } = told.value;
  if (dryRun) return { runtimeId, name, outcome: 'would', effects, code: null };
  // Only what can be done takes a turn.
  if (!(await takeTurn(deps, turnOf(action)))) return notBegun(deps, target, 'too_many_requests');
  const sure = { ...wish, dryRun: false, confirmation: runtimeId };
  const acted = await actOnRuntime(deps, actor, sure);
  if (acted.ok) return { runtimeId, name, outcome: 'done', effects, code: null };
  return { runtimeId, name, outcome: 'refused', effects: [], code: acted.error.code };
};

const notBegun = async (deps: ActDeps, target: Target, code: string | null): Promise<One> => {
  const name = await nameOf(deps, target);
  return { runtimeId: target.runtimeId, name, outcome: 'not_begun', effects: [], code };
};

const nameOf = async ({ store }: ActDeps, { runtimeId }: Target): Promise<string> =>
  (await store.get('runtimes', runtimeId))?.name ?? runtimeId;
