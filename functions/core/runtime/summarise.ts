/**
 * The public face of a runtime, derived from what is desired and known. Nobody sets it by hand.
 * `ready` needs a smoke receipt newer than the last deployment: a proof, not a flag.
 */
import type {
  Actor,
  ConditionType,
  ReasonCode,
  RuntimeStatus,
} from '#schemas/contract/vocabulary.ts';
import type { Condition, Facts, Receipt } from '#schemas/record/runtime.ts';
import { isExportOnly, isExportOpen, isExportWanted } from './export-plan.ts';
import { isBelow } from '#core/update/version.ts';
import {
  hasLogin,
  hasPassed,
  isClosed,
  isCurrent,
  isRefused,
  isReturning,
  owesSmoke,
  proofOf,
} from './proof.ts';
import { maxFailures, minute, timeOf } from './timing.ts';
import { termDays } from '#schemas/contract/terms.ts';
import { isComingBack, isRestarting } from './restart.ts';
import { isGone } from './take-down.ts';
import type { Desired } from './timing.ts';

export interface Summary {
  readonly status: RuntimeStatus;
  readonly conditions: readonly Condition[];
  readonly receipt: Receipt | null;
}

type Judgement = readonly [value: Condition['value'], reason: ReasonCode, actor: Actor];

const good: Judgement = ['true', 'ok', 'none'];
const pending = (reason: ReasonCode): Judgement => ['unknown', reason, 'system'];

/** Says how its term stands; what follows from that is decided elsewhere (core/term). */
const paid = ({ paidUntil }: Desired, now: Date): Judgement => {
  const leftMs = timeOf(paidUntil) - now.getTime();
  if (leftMs <= 0) return ['false', 'payment_overdue', 'customer'];
  return leftMs <= termDays.renewal * 24 * 60 * minute ? ['true', 'renewal_due', 'customer'] : good;
};

/** A suspended runtime is not deployed; while it can be exported, that is what there is to say. */
const exporting = (desired: Desired, facts: Facts, now: Date): Judgement | null => {
  if (!isExportWanted(desired, now) || facts.compose.composeId === null) return null;
  if (isExportOpen(facts)) return ['false', 'export_open', 'customer'];
  return desired.failures >= maxFailures
    ? ['false', 'retries_exhausted', 'operator']
    : pending('export_preparing');
};

const deployed = (desired: Desired, facts: Facts, now: Date): Judgement => {
  const exported = exporting(desired, facts, now);
  if (exported !== null) return exported;
  // Its gateway was not in it.
  if (isExportOnly(facts)) return pending('not_started');
  if (facts.placement.error !== null) return ['false', facts.placement.error, 'operator'];
  if (facts.project.error !== null) return pending(facts.project.error);
  if (facts.compose.error !== null) return pending(facts.compose.error);
  const exhausted = desired.failures >= maxFailures;
  switch (facts.deployment.status) {
    case 'done':
      return good;
    case 'none':
      return pending('not_started');
    case 'requested':
      return pending('deploy_queued');
    case 'running':
      return pending('deploy_running');
    case 'lost':
      return exhausted ? ['false', 'retries_exhausted', 'operator'] : pending('deploy_lost');
    case 'error':
    case 'cancelled':
      return exhausted
        ? ['false', 'retries_exhausted', 'operator']
        : ['false', 'deploy_failed', 'system'];
  }
};

/** What its machine showed says more than that the agent is silent. */
const silence = (desired: Desired, facts: Facts): Judgement | null => {
  switch (facts.machine.state) {
    case 'server_unreachable':
      return ['false', 'server_unreachable', 'operator'];
    case 'down':
      return ['false', 'containers_down', 'system'];
    case 'up':
    case 'started':
    case null:
      return desired.failures > maxFailures ? ['false', 'retries_exhausted', 'operator'] : null;
  }
};

const reachable = (desired: Desired, facts: Facts): Judgement => {
  if (facts.deployment.status !== 'done') return pending('not_started');
  // It answers, so waiting and starting again help nothing.
  if (facts.agent.error === 'storage_full') return ['false', 'storage_full', 'operator'];
  if (isComingBack(desired, facts)) return pending(facts.restart.error ?? 'restarting');
  const isWell = facts.agent.error === null && facts.agent.gateway === 'ready';
  const silent = isWell ? null : silence(desired, facts);
  if (silent !== null) return silent;
  if (facts.agent.error !== null) return ['false', facts.agent.error, 'system'];
  switch (facts.agent.gateway) {
    case 'ready':
      return good;
    case 'starting':
      return pending('gateway_starting');
    case 'unreachable':
      return ['false', 'gateway_unreachable', 'system'];
    case null:
      return pending('not_started');
  }
};

const verified = (desired: Desired, facts: Facts): Judgement => {
  const report = facts.verify.report;
  if (facts.verify.error !== null) return ['unknown', facts.verify.error, 'system'];
  if (report === null) return pending('not_started');
  if (report.rungs.every((rung) => rung.result !== 'fail')) return good;
  return ['false', 'verify_failed', desired.failures >= maxFailures ? 'operator' : 'system'];
};

/** A try that failed to be made takes nothing from the proof that was made since the deployment. */
const isPrivate = ({ exposure }: Facts): Judgement => {
  const { error, report } = exposure;
  if (report === null) return pending(error ?? 'exposure_not_tried');
  return isClosed(report) ? good : ['false', 'exposed', 'operator'];
};

const codexLinked = (facts: Facts): Judgement => {
  if (hasLogin(facts) && isRefused(facts)) return ['false', 'login_refused', 'customer'];
  switch (facts.codex.status) {
    case 'ok':
      return good;
    case 'expiring':
      return ['true', 'login_expiring', 'customer'];
    case 'linking':
      return ['unknown', 'login_in_progress', 'customer'];
    case 'expired':
      return ['false', 'login_expired', 'customer'];
    case 'none':
      return ['false', 'login_missing', 'customer'];
    case 'unknown':
      return pending('not_started');
  }
};

/** Said until the next attempt; one that was replaced by another says nothing of its own. */
const attemptIn = ({ codex }: Facts): Pick<Condition, 'attempt'> => {
  const { ended } = codex;
  if (ended === null || ended.ending === 'linked' || ended.ending === 'replaced') return {};
  return codex.status === 'linking' ? {} : { attempt: ended };
};

/** We ask for the turn that proves it ourselves. */
const isUpdating = ({ update }: Desired): boolean =>
  update === 'applying' || update === 'returning';

const smokePassed = (desired: Desired, facts: Facts): Judgement => {
  const report = facts.smoke.report;
  // Asked for before the login is there, it waits for the customer, not for us.
  const asked = desired.smokeId !== null && report?.smokeId !== desired.smokeId && hasLogin(facts);
  if (asked || owesSmoke(desired, facts) || report?.code === 'running') {
    return ['unknown', 'smoke_running', 'system'];
  }
  if (report === null) {
    return isUpdating(desired) ? pending('updating') : ['unknown', 'smoke_not_run', 'customer'];
  }
  if (isUpdating(desired) && !isCurrent(report, facts)) return pending('updating');
  if (!hasPassed(report)) return ['false', 'smoke_failed', 'customer'];
  return isCurrent(report, facts) ? good : ['false', 'smoke_outdated', 'customer'];
};

const receiptOf = (facts: Facts, image: string): Receipt | null => {
  const report = proofOf(facts);
  if (report === null) return null;
  return {
    smokeId: report.smokeId,
    nonceMatched: true,
    provider: report.provider,
    model: report.model,
    latencyMs: report.latencyMs,
    image,
    openclawVersion: facts.agent.version ?? '',
    at: new Date(report.finishedAtMs ?? report.startedAtMs).toISOString(),
    nonceHash: facts.smoke.nonceHash,
  };
};

/** Nobody is told that all is well of a version with a known hole, however well it answers. */
const supported = ({ versionFloor, update }: Desired, { agent }: Facts): Judgement => {
  if (agent.version === null) return pending('not_started');
  if (!isBelow(agent.version, versionFloor)) return good;
  return update === 'rolled_back'
    ? ['false', 'update_needed', 'operator']
    : ['false', 'version_below_floor', 'system'];
};

type Judgements = Readonly<Record<ConditionType, Judgement>>;

interface Judged {
  readonly desired: Desired;
  readonly facts: Facts;
  readonly judged: Judgements;
}

const statusOf = ({ desired, facts, judged }: Judged, wasReady: boolean): RuntimeStatus => {
  if (desired.state === 'suspended') return 'suspended';
  if (desired.state === 'deleted') return isGone(facts) ? 'deleted' : 'deleting';
  const holds = (type: ConditionType): boolean => judged[type][0] === 'true';
  const exhausted = [judged.deployed, judged.reachable].some(
    ([, reason]) => reason === 'retries_exhausted',
  );
  if (exhausted) return wasReady ? 'degraded' : 'failed';
  // It is not ready for a while because somebody of its workspace wanted that.
  if (holds('deployed') && isRestarting(desired, facts)) return 'running';
  const isUp = holds('deployed') && holds('reachable');
  if (!isUp || !holds('verified') || !holds('private')) {
    // It is away for an update, which ends one way or the other by itself.
    if (isUpdating(desired)) return 'running';
    if (!wasReady) return isUp ? 'running' : 'provisioning';
    // Not reached yet is what a boot looks like; what failed is told as that.
    const failed = [judged.deployed, judged.verified, judged.private].some(
      ([value]) => value === 'false',
    );
    return isReturning(facts) && !failed ? 'running' : 'degraded';
  }
  if (judged.codex_linked[1] === 'login_in_progress') return 'linking';
  if (!holds('codex_linked')) return 'auth_required';
  if (!holds('smoke_passed')) return 'running';
  if (judged.supported[0] === 'false') return wasReady ? 'degraded' : 'running';
  return 'ready';
};

export const summarise = (
  desired: Desired,
  facts: Facts,
  before: {
    readonly conditions: readonly Condition[];
    readonly wasReady: boolean;
    readonly image: string;
    readonly now: Date;
  },
): Summary => {
  const judged: Judgements = {
    paid: paid(desired, before.now),
    deployed: deployed(desired, facts, before.now),
    reachable: reachable(desired, facts),
    verified: verified(desired, facts),
    private: isPrivate(facts),
    codex_linked: codexLinked(facts),
    smoke_passed: smokePassed(desired, facts),
    supported: supported(desired, facts),
  };
  const types = Object.keys(judged) as ConditionType[];
  const conditions = types.map((type): Condition => {
    const [value, reason, actor] = judged[type];
    const old = before.conditions.find((condition) => condition.type === type);
    const same = old?.value === value && old.reason === reason && old.actor === actor;
    const since = same ? old.since : before.now.toISOString();
    const attempt = type === 'codex_linked' ? attemptIn(facts) : {};
    return { type, value, reason, actor, since, ...attempt };
  });
  return {
    status: statusOf({ desired, facts, judged }, before.wasReady),
    conditions,
    receipt: receiptOf(facts, before.image),
  };
};
