/** A deployment from being asked for to its end, and what follows when it does not end well. Pure. */
import type { Facts } from '#schemas/record/runtime.ts';
import { isFresh, lookEvery, retryOrGiveUp, second, timeOf } from './timing.ts';
import type { Action, Desired, Moment } from './timing.ts';

const pollDeploymentMs = 2 * second;
/** A deploy that is neither listed nor queued for this long is lost (queue is in memory there). */
const lostAfterMs = 30 * second;
/** A deployment still `running` after the wait time-out and a margin hangs (lost SSH session). */
export const deployWaitSeconds = 240;
const hungAfterMs = (deployWaitSeconds + 60) * second;

export const planDeployment = (desired: Desired, facts: Facts, moment: Moment): Action | null => {
  const { deployment } = facts;
  const again: Action = { kind: 'deploy', attempt: deployment.attempt + 1 };
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
    case 'done': {
      const isCurrent = deployment.configHash === desired.configHash;
      // Started again after a suspension: what was stopped has to be deployed.
      return isCurrent && facts.takedown.state === null ? null : again;
    }
    // Nothing of ours went wrong, and the time it was waited for counts: a deployer that restarts
    // under many runtimes is not followed by a pause for each.
    case 'cancelled':
    case 'lost':
      return retryOrGiveUp(desired, moment, { lastAt: deployment.requestedAt, action: again });
    case 'none':
    case 'error': {
      const lastAt = deployment.finishedAt ?? deployment.requestedAt;
      return retryOrGiveUp(desired, moment, { lastAt, action: again });
    }
  }
};
