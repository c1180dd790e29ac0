/**
 * What to do next for one runtime: desired × facts → one idempotent action and when to look again.
 * Pure and total; observations come in as facts, wishes as `desired`. An observation counts only
 * if it was made since `freshSince` (the start of this run), so that every run looks before it acts.
 */
import type { Facts } from '#schemas/record/runtime.ts';
import type { DesiredState } from '#schemas/contract/vocabulary.ts';

export interface Desired {
  readonly state: DesiredState;
  /** Hash of the rendered stack and its domain. */
  readonly configHash: string;
  readonly verifyRequestedAt: string | null;
  readonly smokeId: string | null;
  /** How often deploying or verifying has failed in a row. */
  readonly failures: number;
}

export interface Moment {
  readonly now: Date;
  readonly freshSince: Date;
}

export type Action =
  | { readonly kind: 'ensure_project' }
  | { readonly kind: 'ensure_compose' }
  | { readonly kind: 'configure' }
  /** The intent (title, attempt) is written before the call. */
  | { readonly kind: 'deploy'; readonly attempt: number }
  /** Asked for, but not to be seen anywhere for too long: may be asked for again. */
  | { readonly kind: 'declare_lost' }
  | { readonly kind: 'observe_deployment' }
  | { readonly kind: 'observe_agent' }
  | { readonly kind: 'verify' }
  | { readonly kind: 'start_smoke'; readonly smokeId: string }
  | { readonly kind: 'raise_task' }
  /** Nothing to do now. `settled`: and nothing is expected to happen by itself. */
  | { readonly kind: 'wait'; readonly untilMs: number; readonly settled: boolean };

const second = 1_000;
const minute = 60 * second;

/** Waits between looks while something is under way. */
const pollDeploymentMs = 2 * second;
const pollAgentMs = second;
const pollLoginMs = 1.5 * second;
/** A deploy that is neither listed nor queued for this long is lost (queue is in memory there). */
const lostAfterMs = 30 * second;
/** A deployment still `running` after the wait time-out and a margin hangs (lost SSH session). */
export const deployWaitSeconds = 240;
const hungAfterMs = (deployWaitSeconds + 60) * second;
const settledCheckMs = 24 * 60 * minute;
export const maxFailures = 8;

/** 5 s doubling to 10 min. Jitter is added where time is read, not here. */
export const backoffMs = (failures: number): number =>
  Math.min(5 * second * 2 ** Math.max(0, failures - 1), 10 * minute);

const timeOf = (iso: string | null): number => (iso === null ? 0 : Date.parse(iso));

const wait = (moment: Moment, ms: number, settled = false): Action => ({
  kind: 'wait',
  untilMs: moment.now.getTime() + ms,
  settled,
});

const isFresh = (observedAt: string | null, moment: Moment): boolean =>
  timeOf(observedAt) >= moment.freshSince.getTime();

/** Looks again every `everyMs`, and at least once in this run. */
const lookEvery = (
  observedAt: string | null,
  everyMs: number,
  at: { readonly moment: Moment; readonly action: Action },
): Action => {
  const { moment, action } = at;
  const nextMs = timeOf(observedAt) + everyMs;
  if (!isFresh(observedAt, moment) || nextMs <= moment.now.getTime()) return action;
  return { kind: 'wait', untilMs: nextMs, settled: false };
};

const retryOrGiveUp = (
  desired: Desired,
  moment: Moment,
  retry: { readonly lastAt: string | null; readonly action: Action },
): Action => {
  if (desired.failures === 0) return retry.action;
  const due = timeOf(retry.lastAt) + backoffMs(desired.failures);
  if (moment.now.getTime() < due) return { kind: 'wait', untilMs: due, settled: false };
  return desired.failures === maxFailures ? { kind: 'raise_task' } : retry.action;
};

const planDeployment = (desired: Desired, facts: Facts, moment: Moment): Action | null => {
  const { deployment } = facts;
  switch (deployment.status) {
    case 'requested':
    case 'running': {
      const ageMs = moment.now.getTime() - timeOf(deployment.requestedAt);
      const limitMs = deployment.status === 'requested' ? lostAfterMs : hungAfterMs;
      if (isFresh(deployment.observedAt, moment) && ageMs > limitMs)
        return { kind: 'declare_lost' };
      return lookEvery(deployment.observedAt, pollDeploymentMs, {
        moment,
        action: { kind: 'observe_deployment' },
      });
    }
    case 'done':
      if (deployment.configHash === desired.configHash) return null;
      return { kind: 'deploy', attempt: deployment.attempt + 1 };
    case 'none':
    case 'error':
    case 'cancelled':
    case 'lost':
      return retryOrGiveUp(desired, moment, {
        lastAt: deployment.finishedAt ?? deployment.requestedAt,
        action: { kind: 'deploy', attempt: deployment.attempt + 1 },
      });
  }
};

/** Cleared when a deployment is asked for, so a report is always about what runs now. */
const isVerified = (facts: Facts): boolean =>
  facts.verify.report?.rungs.every((rung) => rung.result !== 'fail') ?? false;

/** A ladder that could not be climbed proves nothing, whatever the one before it said. */
const needsVerify = (desired: Desired, facts: Facts): boolean =>
  facts.verify.error !== null ||
  !isVerified(facts) ||
  timeOf(desired.verifyRequestedAt) > timeOf(facts.verify.observedAt);

const planSmoke = (desired: Desired, facts: Facts, moment: Moment): Action | null => {
  if (desired.smokeId === null) return null;
  const report = facts.smoke.report;
  if (report?.smokeId !== desired.smokeId) {
    if (facts.codex.status !== 'ok' && facts.codex.status !== 'expiring') return null;
    return { kind: 'start_smoke', smokeId: desired.smokeId };
  }
  if (report.code !== 'running') return null;
  return lookEvery(facts.agent.observedAt, pollAgentMs, {
    moment,
    action: { kind: 'observe_agent' },
  });
};

const planHandover = (desired: Desired, facts: Facts, moment: Moment): Action => {
  const observe: Action = { kind: 'observe_agent' };
  if (!isFresh(facts.agent.observedAt, moment)) return observe;
  if (facts.agent.error !== null || facts.agent.gateway !== 'ready') {
    return lookEvery(facts.agent.observedAt, pollLoginMs, { moment, action: observe });
  }
  if (needsVerify(desired, facts)) {
    return retryOrGiveUp(desired, moment, {
      lastAt: facts.verify.observedAt,
      action: { kind: 'verify' },
    });
  }
  const smoke = planSmoke(desired, facts, moment);
  if (smoke !== null) return smoke;
  if (facts.codex.status === 'linking') {
    return lookEvery(facts.agent.observedAt, pollLoginMs, { moment, action: observe });
  }
  return wait(moment, settledCheckMs, true);
};

export const plan = (desired: Desired, facts: Facts, moment: Moment): Action => {
  // Suspending and deleting are decided with the runtime's later life; until then: hands off.
  if (desired.state !== 'running') return wait(moment, settledCheckMs, true);
  if (facts.project.environmentId === null) return { kind: 'ensure_project' };
  if (facts.compose.composeId === null) return { kind: 'ensure_compose' };
  if (facts.compose.configHash !== desired.configHash) return { kind: 'configure' };
  return planDeployment(desired, facts, moment) ?? planHandover(desired, facts, moment);
};
