/**
 * A restart that a member asked for: down, then up, once for each request. Both halves are written
 * down, so that whoever dies between them or after one is followed by a run that interrupts nothing
 * twice: stopping what is down and starting what is up change nothing. Pure.
 */
import type { Facts } from '#schemas/record/runtime.ts';
import { failedAt, retryOrGiveUp } from './timing.ts';
import type { Action, Desired, Moment } from './timing.ts';

type Half = NonNullable<Facts['restart']['state']> | 'none';

/** How far the wanted restart has come; `started` too when none was ever asked for. */
const halfOf = ({ restartId }: Pick<Desired, 'restartId'>, { restart }: Facts): Half => {
  if (restartId === null) return 'started';
  return restart.restartId === restartId ? (restart.state ?? 'none') : 'none';
};

export const planRestart = (desired: Desired, facts: Facts, moment: Moment): Action | null => {
  const half = halfOf(desired, facts);
  if (half === 'started') return null;
  const kind = half === 'stopped' ? 'restart_start' : 'restart_stop';
  return retryOrGiveUp(desired, moment, { lastAt: failedAt(facts.restart), action: { kind } });
};

export const isRestartOwed = (desired: Pick<Desired, 'restartId'>, facts: Facts): boolean =>
  halfOf(desired, facts) !== 'started';

/** Owed, or told to come up and not seen to answer yet; one that boots too long is a problem again. */
export const isComingBack = (desired: Pick<Desired, 'restartId'>, facts: Facts): boolean => {
  if (desired.restartId === null) return false;
  if (isRestartOwed(desired, facts)) return true;
  // Started at another moment, it came up from something else.
  const { machine, restart } = facts;
  return machine.state === 'started' && machine.observedAt === restart.observedAt;
};

/** The same, until its ladder is climbed and it is shown to be closed once more. */
export const isRestarting = (desired: Pick<Desired, 'restartId'>, facts: Facts): boolean => {
  if (desired.restartId === null) return false;
  if (isComingBack(desired, facts)) return facts.restart.error === null;
  const answers = facts.agent.error === null && facts.agent.gateway === 'ready';
  return answers && (facts.verify.report === null || facts.exposure.report === null);
};
