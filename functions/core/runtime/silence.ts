/**
 * What to do while a deployed runtime does not answer. At first it is booting, and asked often.
 * Longer than any boot takes, its machine is asked instead, with growing pauses: a lost server is
 * waited for, containers that are down are started, and a runtime that is silent though it runs is
 * a person's matter in the end.
 */
import type { Facts } from '#schemas/record/runtime.ts';
import { isFresh, lookEvery, maxFailures, minute, second, timeOf, waitUntil } from './timing.ts';
import { backoffMs } from './timing.ts';
import type { Action, Desired, Moment } from './timing.ts';

const pollBootMs = 1.5 * second;
/** A gateway's first boot takes 15 s here; a slow disk and a big state may take a minute. */
const bootMs = 2 * minute;

const observe: Action = { kind: 'observe_agent' };

export const planSilence = (desired: Desired, facts: Facts, moment: Moment): Action => {
  const { agent, deployment, machine } = facts;
  const silentSinceMs = Math.max(timeOf(deployment.finishedAt), timeOf(startedAt(facts)));
  if (moment.now.getTime() - silentSinceMs < bootMs) {
    return lookEvery(agent.observedAt, pollBootMs, { moment, action: observe });
  }
  const dueMs = timeOf(machine.observedAt) + backoffMs(desired.failures, desired.jitter);
  if (desired.failures > 0 && moment.now.getTime() < dueMs) return waitUntil(dueMs);
  // The agent first: it may be back, and then its machine is of no interest.
  const asked = timeOf(agent.observedAt) > timeOf(machine.observedAt);
  if (!asked || !isFresh(agent.observedAt, moment)) return observe;
  if (machine.state === 'down') return { kind: 'start' };
  const isOwnFault = machine.state !== 'server_unreachable';
  if (desired.failures === maxFailures && isOwnFault) return { kind: 'raise_task' };
  return { kind: 'observe_machine' };
};

const startedAt = ({ machine }: Facts): string | null =>
  machine.state === 'started' ? machine.observedAt : null;
