/** Folds one answer of the outside world into the facts. Pure but for the time it is given. */
import type { StateAnswer, VerifyAnswer } from '#schemas/contract/agent.ts';
import type { ReasonCode } from '#schemas/contract/vocabulary.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import type { AgentOutcome, DeployerOutcome, DeploymentStatus } from '#ports/runtime.ts';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Why a look at the deployer failed, in our words. */
export const deployerReason = (
  outcome: Exclude<DeployerOutcome<unknown>, { kind: 'ok' }>,
): ReasonCode => (outcome.kind === 'refused' ? 'deployer_refused' : 'deployer_unreachable');

const statusAfter = (
  known: Facts['deployment']['status'],
  seen: DeploymentStatus,
): Facts['deployment']['status'] => {
  if (seen === 'absent' || seen === 'queued') return known;
  return seen === 'stalled' ? 'lost' : seen;
};

export const foldDeployment = (
  facts: Facts,
  seen: { readonly status: DeploymentStatus; readonly finishedAt: string | null },
  at: string,
): Facts => {
  const { deployment } = facts;
  // Neither listed nor queued says nothing new: the plan decides when that means lost.
  const status = statusAfter(deployment.status, seen.status);
  const ended = status !== 'requested' && status !== 'running' && status !== 'none';
  return {
    ...facts,
    deployment: {
      ...deployment,
      status,
      observedAt: at,
      error: null,
      finishedAt: ended ? (deployment.finishedAt ?? at) : null,
      // Queued again counts as asked for just now, so that waiting in line is not being lost.
      requestedAt: seen.status === 'queued' ? at : deployment.requestedAt,
    },
  };
};

export const foldState = (facts: Facts, seen: AgentOutcome<StateAnswer>, at: string): Facts => {
  if (seen.kind !== 'ok') {
    const error = seen.kind === 'refused' ? 'agent_refused' : 'agent_unreachable';
    return { ...facts, agent: { ...facts.agent, observedAt: at, error } };
  }
  const { gateway, codex, smoke } = seen.value;
  return {
    ...facts,
    agent: {
      observedAt: at,
      error: null,
      gateway: gateway.status,
      version: gateway.version ?? facts.agent.version,
    },
    codex: {
      observedAt: at,
      error: null,
      // A gateway that does not answer now has not lost the login.
      status: codex.status === 'unknown' ? facts.codex.status : codex.status,
      attemptId: codex.attemptId,
      attemptExpiresAt: iso(codex.attemptExpiresAtMs),
    },
    smoke: { observedAt: at, error: null, report: smoke ?? facts.smoke.report },
  };
};

export const foldVerify = (facts: Facts, seen: AgentOutcome<VerifyAnswer>, at: string): Facts => {
  if (seen.kind !== 'ok') {
    const error = seen.kind === 'refused' ? 'agent_refused' : 'agent_unreachable';
    return { ...facts, verify: { ...facts.verify, observedAt: at, error } };
  }
  return { ...facts, verify: { observedAt: at, error: null, report: seen.value } };
};

/** True when nothing but the times of looking differs: then there is nothing to write. */
export const sameFacts = (left: Facts, right: Facts): boolean => sameBesidesTimes(left, right);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const sameBesidesTimes = (left: unknown, right: unknown): boolean => {
  if (left === right) return true;
  if (!isObject(left) || !isObject(right)) return false;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => name === 'observedAt' || sameBesidesTimes(left[name], right[name]));
};
