/** Folds one answer of the outside world into the facts. Pure but for the time it is given. */
import { usageWorthKeeping } from '#core/runtime/usage.ts';
import type { CheckReport, StateAnswer, VerifyAnswer } from '#schemas/contract/agent.ts';
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

/** Why the agent could not be asked, in our words. */
export const agentReason = (
  outcome: Exclude<AgentOutcome<unknown>, { kind: 'ok' }>,
): ReasonCode => {
  if (outcome.kind === 'unreachable') return 'agent_unreachable';
  return outcome.code === 'storage_full' ? 'storage_full' : 'agent_refused';
};

/** What goes with a state: when it was seen, and what only the control plane can say of it. */
export interface Seen {
  readonly at: string;
  /** Users with a session there who may have none. */
  readonly strangers: readonly string[];
  /** The smoke that is wanted and the hash of its nonce; '' = the nonce is not known any more. */
  readonly smokeId: string | null;
  readonly nonceHash: string;
  readonly planKey: string;
  readonly jitter: number;
}

/** A gateway that does not answer now has not lost the login. */
const foldCodex = (known: Facts['codex'], { codex }: StateAnswer, at: string): Facts['codex'] => {
  const isUnknown = codex.status === 'unknown';
  return {
    observedAt: at,
    error: null,
    status: isUnknown ? known.status : codex.status,
    attemptId: codex.attemptId,
    attemptExpiresAt: iso(codex.attemptExpiresAtMs),
    loginId: isUnknown ? known.loginId : codex.loginId,
    ended: codex.ended,
  };
};

const foldSmoke = (known: Facts['smoke'], { smoke }: StateAnswer, seen: Seen): Facts['smoke'] => {
  const report = smoke ?? known.report;
  const isWanted = report !== null && report.smokeId === seen.smokeId && seen.nonceHash !== '';
  const isKnown = report !== null && report.smokeId === known.report?.smokeId;
  const nonceHash = isWanted ? seen.nonceHash : isKnown ? known.nonceHash : '';
  return { observedAt: seen.at, error: null, report, nonceHash };
};

/** While a new check runs, and after one that says nothing of the login, the last word holds. */
export const foldCheck = (
  known: Facts['check'],
  seen: { readonly report: CheckReport; readonly loginId: string | null; readonly at: string },
): Facts['check'] => {
  const { report, loginId, at } = seen;
  const refused =
    report.code === 'auth'
      ? { loginId, atMs: report.startedAtMs }
      : report.code === 'passed'
        ? null
        : known.refused;
  return { observedAt: at, error: null, report, loginId, refused };
};

/** A check that is new here was about the login that is known now. */
const checkIn = (facts: Facts, { check }: StateAnswer, at: string): Facts['check'] => {
  const { check: known, codex } = facts;
  if (check === null) return known;
  const loginId = known.report?.checkId === check.checkId ? known.loginId : codex.loginId;
  return foldCheck(known, { report: check, loginId, at });
};

/** Null: an agent that makes none. What the last one does just now is of no interest here. */
export const foldBackup = (
  known: Facts['backup'],
  { backup }: Pick<StateAnswer, 'backup'>,
  at: string,
): Facts['backup'] => {
  if (backup === null) return known;
  const { last, kept } = backup;
  const report = last === null ? known.report : { ...last, step: null };
  // What somebody brought in is no backup of this runtime's own state.
  const isProven = report?.code === 'proven' && report.origin === 'runtime';
  const owedSince = isProven ? null : known.owedSince;
  const listed = kept.map(({ backupId, origin, madeAtMs, sizeBytes, offsite, ...backup }) => ({
    ...{ backupId, origin, madeAtMs, sizeBytes },
    recoverable: backup.recoverable,
    openclawVersion: backup.openclawVersion,
    offsite: offsite?.state ?? null,
  }));
  const newest = kept.find(({ origin }) => origin === 'runtime') ?? null;
  const seen = { observedAt: at, error: null };
  return { ...known, ...seen, report, newest, kept: listed, owedSince };
};

export const foldState = (facts: Facts, state: AgentOutcome<StateAnswer>, seen: Seen): Facts => {
  const { at } = seen;
  if (state.kind !== 'ok') {
    return { ...facts, agent: { ...facts.agent, observedAt: at, error: agentReason(state) } };
  }
  const { gateway } = state.value;
  const strangers = [...seen.strangers];
  return {
    ...facts,
    agent: {
      observedAt: at,
      error: null,
      gateway: gateway.status,
      version: gateway.version ?? facts.agent.version,
    },
    codex: foldCodex(facts.codex, state.value, at),
    smoke: foldSmoke(facts.smoke, state.value, seen),
    check: checkIn(facts, state.value, at),
    backup: foldBackup(facts.backup, state.value, at),
    offsite: state.value.offsite,
    restore: { ...facts.restore, observedAt: at, error: null, report: state.value.restore },
    access: { ...facts.access, observedAt: at, strangers },
    usage: usageWorthKeeping(facts.usage, state.value.usage, { ...seen, nowMs: Date.parse(at) }),
  };
};

export const foldVerify = (facts: Facts, seen: AgentOutcome<VerifyAnswer>, at: string): Facts => {
  if (seen.kind !== 'ok') {
    return { ...facts, verify: { ...facts.verify, observedAt: at, error: agentReason(seen) } };
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
