/** What one step of a runtime works on, and what comes of it. */
import type { Action } from '#core/runtime/timing.ts';
import type { DeployerOutcome } from '#ports/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import type { ReconcileDeps, RuntimeRecord } from './deps.ts';
import { deployerReason } from './observe.ts';
import type { RenderedStack } from './stack.ts';

export type Act = Exclude<Action, { kind: 'wait' }>;

/**
 * `failed` asks the caller to count the failure and back off; `recovered` to forget all failures.
 * `interrupted` counts too, but was waited for already (a deployment that got lost or cancelled): the
 * plan says how much of the pause is left.
 */
export interface Outcome {
  readonly facts: Facts;
  readonly progress: 'advanced' | 'failed' | 'interrupted' | 'recovered';
}

export interface Work {
  readonly deps: ReconcileDeps;
  readonly row: RuntimeRecord;
  readonly facts: Facts;
  readonly stack: RenderedStack;
}

type NotOk = Exclude<DeployerOutcome<unknown>, { kind: 'ok' }>;
type FactName =
  'project' | 'compose' | 'deployment' | 'machine' | 'restart' | 'takedown' | 'removal';

export const advanced = (facts: Facts): Outcome => ({ facts, progress: 'advanced' });
export const failed = (facts: Facts): Outcome => ({ facts, progress: 'failed' });
export const interrupted = (facts: Facts): Outcome => ({ facts, progress: 'interrupted' });

export const seenNow = (work: Work) => ({
  observedAt: work.deps.clock.now().toISOString(),
  error: null,
});

/** Keeps everything that was known and adds why the step did not work. */
export const refused = (work: Work, name: FactName, outcome: NotOk): Outcome => {
  const { observedAt } = seenNow(work);
  const error = deployerReason(outcome);
  const { log } = work.deps;
  log.warn('runtime.deployer_step_failed', { runtimeId: work.row.id, step: name, reason: error });
  return failed({ ...work.facts, [name]: { ...work.facts[name], observedAt, error } });
};

/**
 * Deleted behind our back: only a confirmed not-found lets it be made again, and what was deployed
 * is gone with it.
 */
export const forgetCompose = (work: Work): Outcome => {
  work.deps.log.warn('runtime.compose_missing', { runtimeId: work.row.id });
  return failed(withoutCompose(work.facts, seenNow(work).observedAt));
};

export const withoutCompose = (facts: Facts, observedAt: string): Facts => ({
  ...facts,
  compose: { observedAt, error: null, composeId: null, configHash: null, domainId: null },
  deployment:
    facts.deployment.status === 'none'
      ? facts.deployment
      : { ...facts.deployment, status: 'lost', finishedAt: observedAt },
});
