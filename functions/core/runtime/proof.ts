/** What the facts prove of a runtime: that it is closed to strangers, and that its login works. Pure. */
import type { ExposureReport, SmokeReport } from '#schemas/contract/agent.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import type { Desired } from './timing.ts';

export const isClosed = (report: ExposureReport): boolean =>
  report.checks.every(({ result }) => result !== 'fail');

export const hasLogin = ({ codex }: Facts): boolean =>
  codex.status === 'ok' || codex.status === 'expiring';

export const hasPassed = (report: SmokeReport): boolean =>
  report.code === 'passed' && report.nonceMatched;

/**
 * Asked for after the last deployment was, and answered on the login that is there now; told by
 * ids, because two clocks may disagree.
 */
export const isCurrent = (report: SmokeReport, { deployment, codex }: Facts): boolean =>
  deployment.status === 'done' &&
  report.smokeId !== deployment.precedingSmokeId &&
  report.loginId === codex.loginId;

/** The smoke that proves what runs now on the login that is there now, or null. */
export const proofOf = (facts: Facts): SmokeReport | null => {
  const { report } = facts.smoke;
  return report !== null && hasPassed(report) && isCurrent(report, facts) ? report : null;
};

/** The model refused this very login, to a check or to a turn, and no turn has worked since. */
export const isRefused = (facts: Facts): boolean => {
  const turn = facts.smoke.report;
  if (turn?.code === 'auth' && turn.loginId === facts.codex.loginId) return true;
  const { refused } = facts.check;
  if (refused?.loginId !== facts.codex.loginId) return false;
  // Both by the tenant's clock.
  const provenMs = proofOf(facts)?.startedAtMs ?? 0;
  return provenMs <= refused.atMs;
};

/** A turn has passed that was asked for after the newest deployment was. */
const hasPassedSince = ({ deployment, smoke }: Facts): boolean =>
  smoke.report !== null &&
  hasPassed(smoke.report) &&
  smoke.report.smokeId !== deployment.precedingSmokeId;

/**
 * Whether the deployment that is asked for now is to be followed by a smoke of its own: what was
 * ready before and was stopped, or deployed from other files, shows by itself that it still works.
 */
export const provesAnew = (
  facts: Facts,
  next: { readonly wasReady: boolean; readonly configHash: string },
): boolean => {
  const { deployment, takedown } = facts;
  if (deployment.proves && !hasPassedSince(facts)) return true;
  const isOther = deployment.configHash !== null && deployment.configHash !== next.configHash;
  return next.wasReady && (takedown.state !== null || isOther);
};

/** Nobody has asked for one since; whoever does so by hand takes its place. */
export const owesSmoke = ({ smokeId }: Pick<Desired, 'smokeId'>, facts: Facts): boolean => {
  const { proves, precedingSmokeId } = facts.deployment;
  return proves && smokeId === precedingSmokeId && hasLogin(facts);
};

/** It was ready, and is on its way back because somebody wanted that: no fault. */
export const isReturning = (facts: Facts): boolean =>
  facts.takedown.state !== null || (facts.deployment.proves && !hasPassedSince(facts));
