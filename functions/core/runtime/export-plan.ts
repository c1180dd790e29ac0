/**
 * A suspended runtime that is to be exported: its agent alone is deployed, without a gateway, until the
 * window ends; then it is stopped as any suspended one. What ran before is stopped first, so that
 * there is no moment with a gateway. Pure. docs/adr/0019-backups-and-leaving.md.
 */
import type { Facts } from '#schemas/record/runtime.ts';
import { planDeployment } from './deployment-plan.ts';
import { planSuspension } from './take-down.ts';
import {
  failedAt,
  lookEvery,
  minute,
  retryOrGiveUp,
  second,
  settledUntil,
  timeOf,
  waitUntil,
} from './timing.ts';
import type { Action, Desired, Moment } from './timing.ts';

const pollAgentMs = 1.5 * second;
/** Without a gateway it starts in seconds; after that something is wrong, and time helps or nothing. */
const bootMs = 2 * minute;
const pollSilentMs = 30 * second;

/** Open now, whatever has been done about it yet. */
export const isExportWanted = (
  { state, exportUntil }: Pick<Desired, 'state' | 'exportUntil'>,
  now: Date,
): boolean => state === 'suspended' && timeOf(exportUntil) > now.getTime();

/** The newest deployment has no gateway: it proves nothing of the runtime. */
export const isExportOnly = ({ deployment, export: { title } }: Facts): boolean =>
  title !== null && title === deployment.title;

/** It runs, and was seen to answer. */
export const isExportOpen = (facts: Facts): boolean =>
  isExportOnly(facts) &&
  facts.export.answers &&
  facts.deployment.status === 'done' &&
  facts.takedown.state === null;

const planAgent = (desired: Desired, facts: Facts, moment: Moment): Action => {
  const untilMs = timeOf(desired.exportUntil);
  if (isExportOpen(facts)) return settledUntil(untilMs);
  const bootedMs = timeOf(facts.deployment.finishedAt) + bootMs;
  const pauseMs = moment.now.getTime() < bootedMs ? pollAgentMs : pollSilentMs;
  const look = lookEvery(facts.export.observedAt, pauseMs, {
    moment,
    action: { kind: 'observe_export' },
  });
  return look.kind === 'wait' ? waitUntil(Math.min(look.untilMs, untilMs)) : look;
};

export const planExport = (desired: Desired, facts: Facts, moment: Moment): Action => {
  const { compose, deployment, takedown } = facts;
  const isOther = deployment.configHash !== desired.configHash;
  // Not there, or still running what it ran before it was suspended.
  if (compose.composeId === null || (takedown.state === null && isOther)) {
    return planSuspension(desired, facts, moment);
  }
  if (compose.configHash !== desired.configHash) {
    const action: Action = { kind: 'configure' };
    return retryOrGiveUp(desired, moment, { lastAt: failedAt(compose), action });
  }
  return planDeployment(desired, facts, moment) ?? planAgent(desired, facts, moment);
};
