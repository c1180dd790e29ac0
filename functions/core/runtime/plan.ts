/**
 * What to do next for one runtime: desired × facts → one idempotent action and when to look again.
 * Pure and total; observations come in as facts, wishes as `desired`.
 */
import type { CheckReport } from '#schemas/contract/agent.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { planBackup, turnMs } from './backup-plan.ts';
import { nextOwnDayMs, ownDay } from './day.ts';
import { planDeployment } from './deployment-plan.ts';
import { isExportWanted, planExport } from './export-plan.ts';
import { hasLogin, isClosed, owesSmoke, proofOf } from './proof.ts';
import { planRestart } from './restart.ts';
import { isOnTrial, planRestore, trialEndsMs } from './restore.ts';
import { planSilence } from './silence.ts';
import { planRemoval, planSuspension } from './take-down.ts';
import {
  failedAt,
  isFresh,
  lookEvery,
  minute,
  retryOrGiveUp,
  second,
  settledUntil,
  timeOf,
  waitUntil,
} from './timing.ts';
import type { Action, Desired, Moment } from './timing.ts';

/** Waits between looks while something is under way. */
const pollAgentMs = second;
const pollLoginMs = 1.5 * second;
/** A tenth of what it has waited already, so that long waits cost little. */
const pollCapacityMs = (waitedMs: number): number =>
  Math.min(Math.max(waitedMs / 10, minute), 10 * minute);

/** Cleared when a deployment is asked for, so a report is always about what runs now. */
const isVerified = (facts: Facts): boolean =>
  facts.verify.report?.rungs.every((rung) => rung.result !== 'fail') ?? false;

/** A ladder that could not be climbed proves nothing, whatever the one before it said. */
const needsVerify = (desired: Desired, facts: Facts): boolean =>
  facts.verify.error !== null ||
  !isVerified(facts) ||
  timeOf(desired.verifyRequestedAt) > timeOf(facts.verify.observedAt);

const planSmoke = (desired: Desired, facts: Facts, moment: Moment): Action | null => {
  if (owesSmoke(desired, facts)) return { kind: 'ask_smoke' };
  if (desired.smokeId === null) return null;
  const report = facts.smoke.report;
  if (report?.smokeId !== desired.smokeId) {
    if (!hasLogin(facts)) return null;
    const action: Action = { kind: 'start_smoke', smokeId: desired.smokeId };
    return retryOrGiveUp(desired, moment, { lastAt: failedAt(facts.smoke), action });
  }
  if (report.code !== 'running') return null;
  return lookEvery(facts.agent.observedAt, pollAgentMs, {
    moment,
    action: { kind: 'observe_agent' },
  });
};

/** After each deployment (which clears the report), and once in each of the runtime's own days. */
const needsExposure = (desired: Desired, { exposure }: Facts, { now }: Moment): boolean => {
  const { error, report } = exposure;
  if (error !== null || report === null || !isClosed(report)) return true;
  return ownDay(report.atMs, desired.jitter) < ownDay(now.getTime(), desired.jitter);
};

const planExposure = (desired: Desired, facts: Facts, moment: Moment): Action | null => {
  if (!needsExposure(desired, facts, moment)) return null;
  const { error, report, observedAt } = facts.exposure;
  const isOpen = report !== null && !isClosed(report);
  const prove: Action = { kind: 'prove_exposure' };
  const lastAt = error !== null || isOpen ? observedAt : null;
  const action = retryOrGiveUp(desired, moment, { lastAt, action: prove });
  // Of one that is open an operator was told by the try itself.
  return action.kind === 'raise_task' && error === null ? prove : action;
};

/** A check that has not ended after this long never will (agents end theirs in one minute). */
const checkLimitMs = 5 * minute;

const checkOf = (day: number): string => `${checkPrefix}${day}`;
const checkPrefix = 'day-';

const dayOfCheck = (report: CheckReport | null): number =>
  report?.checkId.startsWith(checkPrefix) === true
    ? Number(report.checkId.slice(checkPrefix.length))
    : 0;

/** Once in each own day of a proven runtime; a smoke of the same day says more than a check. */
const planCheck = (desired: Desired, facts: Facts, moment: Moment): Action | null => {
  const proof = proofOf(facts);
  if (proof === null || !hasLogin(facts)) return null;
  const { report, loginId } = facts.check;
  const nowMs = moment.now.getTime();
  const asked = loginId === facts.codex.loginId ? report : null;
  if (asked?.code === 'running' && nowMs - asked.startedAtMs < checkLimitMs) {
    const action: Action = { kind: 'observe_agent' };
    return lookEvery(facts.agent.observedAt, pollAgentMs, { moment, action });
  }
  const today = ownDay(nowMs, desired.jitter);
  // Told by the day in its id: the tenant's clock may be another than ours.
  const lastDay = Math.max(ownDay(proof.startedAtMs, desired.jitter), dayOfCheck(asked));
  if (lastDay >= today) return null;
  const action: Action = { kind: 'start_check', checkId: checkOf(today) };
  return retryOrGiveUp(desired, moment, { lastAt: failedAt(facts.check), action });
};

const planHandover = (desired: Desired, facts: Facts, moment: Moment): Action => {
  const observe: Action = { kind: 'observe_agent' };
  const isSeen = facts.agent.error === null && isFresh(facts.agent.observedAt, moment);
  if (isSeen && facts.access.strangers.length > 0) {
    const action: Action = { kind: 'end_access' };
    return retryOrGiveUp(desired, moment, { lastAt: failedAt(facts.access), action });
  }
  if (facts.agent.error !== null || facts.agent.gateway !== 'ready') {
    return planSilence(desired, facts, moment);
  }
  if (!isFresh(facts.agent.observedAt, moment)) return observe;
  if (needsVerify(desired, facts)) {
    return retryOrGiveUp(desired, moment, {
      lastAt: facts.verify.observedAt,
      action: { kind: 'verify' },
    });
  }
  const next =
    planExposure(desired, facts, moment) ??
    planSmoke(desired, facts, moment) ??
    planCheck(desired, facts, moment) ??
    planBackup(desired, facts, moment);
  if (next !== null) return next;
  if (facts.codex.status === 'linking') {
    return lookEvery(facts.agent.observedAt, pollLoginMs, { moment, action: observe });
  }
  const nextDayMs = nextOwnDayMs(moment.now.getTime(), desired.jitter);
  return settledUntil(Math.min(nextDayMs, turnMs(facts, moment.now) ?? nextDayMs));
};

/** Its place, its service, its files: each once, before anything is deployed. */
const planPlace = (desired: Desired, facts: Facts, moment: Moment): Action | null => {
  const { placement, project, compose } = facts;
  if (placement.slotId === null) {
    if (placement.error === null || !isFresh(placement.observedAt, moment)) {
      return { kind: 'claim_slot' };
    }
    const lookedMs = timeOf(placement.observedAt);
    return waitUntil(lookedMs + pollCapacityMs(lookedMs - timeOf(placement.waitingSince)));
  }
  const retry = (lastAt: string | null, action: Action): Action =>
    retryOrGiveUp(desired, moment, { lastAt, action });
  if (project.environmentId === null) return retry(failedAt(project), { kind: 'ensure_project' });
  if (compose.composeId === null) return retry(failedAt(compose), { kind: 'ensure_compose' });
  if (compose.configHash === desired.configHash) return null;
  return retry(failedAt(compose), { kind: 'configure' });
};

/** On trial nothing is settled. */
const noLaterThanTrial = (facts: Facts, action: Action): Action =>
  isOnTrial(facts) && action.kind === 'wait'
    ? waitUntil(Math.min(action.untilMs, trialEndsMs(facts)))
    : action;

export const plan = (desired: Desired, facts: Facts, moment: Moment): Action => {
  switch (desired.state) {
    case 'running':
      return (
        planPlace(desired, facts, moment) ??
        planDeployment(desired, facts, moment) ??
        planRestart(desired, facts, moment) ??
        planRestore(desired, facts, moment) ??
        noLaterThanTrial(facts, planHandover(desired, facts, moment))
      );
    case 'suspended':
      return isExportWanted(desired, moment.now)
        ? planExport(desired, facts, moment)
        : planSuspension(desired, facts, moment);
    case 'deleted':
      return planRemoval(desired, facts, moment);
  }
};
