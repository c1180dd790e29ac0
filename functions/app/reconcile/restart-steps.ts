/**
 * The halves of a restart that a member asked for. Down: the deployer stops the containers as it
 * does for a suspension, but nobody's place is given up. Up: from the files of the last deployment;
 * what was proven of the processes that ran before has to be proven again, the login and the receipt
 * stay. Key: the row's `restartId`.
 */
import type { Facts } from '#schemas/record/runtime.ts';
import { startMachine } from './machine-steps.ts';
import { advanced, failed, forgetCompose, refused, seenNow } from './work.ts';
import type { Outcome, Work } from './work.ts';

const nothingSeen = { observedAt: null, error: null };

const withRestart = (work: Work, state: Facts['restart']['state']): Facts => ({
  ...work.facts,
  restart: { ...seenNow(work), restartId: work.row.restartId, state },
});

export const stopForRestart = async (work: Work, composeId: string): Promise<Outcome> => {
  const outcome = await work.deps.deployer.stop(composeId);
  if (outcome.kind === 'not_found') return forgetCompose(work);
  if (outcome.kind !== 'ok') return refused(work, 'restart', outcome);
  // It is being deployed at this moment, by whomever.
  if (outcome.value.state === 'still_running') return failed(withRestart(work, null));
  return advanced({
    ...withRestart(work, 'stopped'),
    agent: { ...work.facts.agent, gateway: null },
    verify: { ...nothingSeen, report: null },
    exposure: { ...nothingSeen, report: null },
  });
};

/** A deployer that cannot for a moment is asked again: deploying anew would cost the proof. */
const triesBeforeDeploying = 3;

export const startAfterRestart = async (work: Work, composeId: string): Promise<Outcome> => {
  const outcome = await work.deps.deployer.start(composeId);
  if (outcome.kind === 'not_found') return forgetCompose(work);
  if (outcome.kind !== 'ok') {
    const isStubborn = outcome.kind === 'refused' && work.row.failures >= triesBeforeDeploying;
    return isStubborn ? startMachine(work, composeId) : refused(work, 'restart', outcome);
  }
  const facts = withRestart(work, 'started');
  // The same moment in both: the boot that is waited for is the restart's.
  const machine = { observedAt: facts.restart.observedAt, error: null, state: 'started' as const };
  work.deps.log.info('runtime.restarted', { runtimeId: work.row.id });
  return advanced({ ...facts, machine });
};
