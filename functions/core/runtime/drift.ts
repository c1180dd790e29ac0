/**
 * How a service can differ from what we left at the deployer, and which facts stop being true by
 * it. The plan then repairs what is safe to repair. Pure.
 */
import type { Facts } from '#schemas/record/runtime.ts';

/**
 * missing: the service is gone. moved: it lies on another server. deployed_by_hand: its newest
 * deployment is not ours. changed: its file, settings or domains are not ours. down: nothing runs.
 * up: it runs though nobody pays for it.
 */
export type Drift = 'missing' | 'moved' | 'deployed_by_hand' | 'changed' | 'down' | 'up';

interface AsLeft {
  readonly hash: string;
  readonly title: string | null;
  readonly serverId: string | null;
}

export const driftOf = (
  seen: {
    readonly hash: string;
    readonly latestTitle: string | null;
    readonly serverId: string | null;
  },
  left: AsLeft,
): Drift | null => {
  if (seen.serverId !== left.serverId) return 'moved';
  // The list of deployments is short: an old one may have been dropped, never replaced by nothing.
  if (seen.latestTitle !== null && seen.latestTitle !== left.title) return 'deployed_by_hand';
  return seen.hash === left.hash ? null : 'changed';
};

/** Null: nothing we could do about it would be safe, so a person decides. */
export const afterDrift = (
  facts: Facts,
  drift: Exclude<Drift, 'missing'>,
  at: string,
): Facts | null => {
  switch (drift) {
    case 'moved':
      return null;
    case 'deployed_by_hand':
      // What runs now was never proven: deployed anew, as ours.
      return {
        ...facts,
        compose: { ...facts.compose, configHash: null },
        deployment: { ...facts.deployment, status: 'lost', finishedAt: at },
      };
    case 'changed':
      // Written back; what runs was deployed from ours and goes on.
      return { ...facts, compose: { ...facts.compose, configHash: null } };
    case 'up':
      return { ...facts, takedown: { observedAt: at, error: null, state: null } };
    case 'down':
      // The next look finds it silent, and its machine down.
      return facts;
  }
};
