/**
 * How an update that was begun, or taken back, stands: still under way, well, or wrong and why. Only
 * what was seen since its own deployment counts. Pure.
 */
import type { UpdateFailure } from '#schemas/contract/updates.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { hasLogin, isClosed, proofOf } from '#core/runtime/proof.ts';
import { isRestoring } from '#core/runtime/restore.ts';
import { timeOf } from '#core/runtime/timing.ts';
import { hour, minute } from './update.ts';
import type { UpdateFacts } from './update.ts';

/** A deployer that is away for this long is not waited for: the old one still runs, and stays. */
const notDeployedMs = 2 * hour;
/** A cold start takes 13–43 s on two cores, a migration of a large state some minutes. */
const notWellMs = 12 * minute;
/** A turn has 180 s, and is tried thrice. */
const notProvenMs = 30 * minute;
/** The image may fail to come once for reasons of the network. */
const deploymentsAtMost = 2;
export const smokesAtMost = 3;

export type Verdict =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'well' }
  | { readonly kind: 'ask_smoke' }
  /** The ladder is climbed, and the customer's account does not allow a turn now. */
  | { readonly kind: 'unproven' }
  | { readonly kind: 'wrong'; readonly failure: UpdateFailure };

const waiting: Verdict = { kind: 'waiting' };
const wrong = (failure: UpdateFailure): Verdict => ({ kind: 'wrong', failure });

interface Tried {
  readonly version: string | null;
  readonly sinceMs: number;
  readonly attemptBefore: number;
  readonly hadLogin: boolean;
  readonly smokes: number;
}

const passed = ({ verify, exposure }: Facts): { verified: boolean; closed: boolean } => ({
  verified:
    verify.error === null &&
    (verify.report?.rungs.every(({ result }) => result !== 'fail') ?? false),
  closed: exposure.report !== null && isClosed(exposure.report),
});

const answers = ({ agent }: Facts): boolean => agent.error === null && agent.gateway === 'ready';

/** Deployed as wanted, up, its ladder climbed, closed to strangers; nobody is in its middle. */
export const isWell = ({ facts, configHash, isRestartOwed }: UpdateFacts): boolean => {
  const { deployment, takedown, codex, smoke } = facts;
  const { verified, closed } = passed(facts);
  const isBusy = isRestartOwed || isRestoring(facts);
  const isStill = codex.status !== 'linking' && smoke.report?.code !== 'running' && !isBusy;
  const isThere = deployment.status === 'done' && deployment.configHash === configHash;
  return isThere && takedown.state === null && answers(facts) && verified && closed && isStill;
};

const notWell = (facts: Facts): UpdateFailure => {
  if (!answers(facts)) return 'not_reachable';
  const { verified, closed } = passed(facts);
  if (!verified) return 'verify_failed';
  return closed ? 'not_reachable' : 'exposed';
};

export const judge = (known: UpdateFacts, tried: Tried, nowMs: number): Verdict => {
  const { deployment, machine } = known.facts;
  // Its term ended, or its owner paused it: what was begun goes on when it runs again.
  if (known.desired !== 'running') return waiting;
  const isOurs = deployment.configHash === known.configHash;
  if (!isOurs || deployment.status !== 'done') {
    const asked = deployment.attempt - tried.attemptBefore;
    const isRefused = isOurs && deployment.status === 'error' && asked >= deploymentsAtMost;
    if (isRefused) return wrong('deploy_failed');
    return nowMs - tried.sinceMs > notDeployedMs ? wrong('not_deployed') : waiting;
  }
  if (machine.state === 'server_unreachable') return waiting;
  const ageMs = nowMs - timeOf(deployment.finishedAt);
  const { verified, closed } = passed(known.facts);
  if (!answers(known.facts) || !verified || !closed || known.isRestartOwed) {
    return ageMs > notWellMs ? wrong(notWell(known.facts)) : waiting;
  }
  const seen = known.facts.verify.report?.openclawVersion ?? null;
  if (tried.version !== null && seen !== tried.version) return wrong('version_differs');
  return tried.hadLogin ? judgeLogin(known, tried, ageMs) : { kind: 'well' };
};

const judgeLogin = (known: UpdateFacts, tried: Tried, ageMs: number): Verdict => {
  const { facts, smokeId } = known;
  if (proofOf(facts) !== null) return { kind: 'well' };
  if (!hasLogin(facts)) return ageMs > notWellMs ? wrong('login_lost') : waiting;
  const isAsked = smokeId !== null && smokeId !== facts.deployment.precedingSmokeId;
  if (!isAsked) {
    // The reconciler asks for the first one itself, where it was ready before.
    const isOwed = facts.deployment.proves && ageMs <= notProvenMs;
    return isOwed ? waiting : { kind: 'ask_smoke' };
  }
  const { report } = facts.smoke;
  if (report?.smokeId !== smokeId || report.code === 'running') {
    return ageMs > notProvenMs ? wrong('smoke_failed') : waiting;
  }
  // The account's own limits: another image would meet them too.
  if (report.code === 'rate_limit' || report.code === 'billing') return { kind: 'unproven' };
  return tried.smokes < smokesAtMost ? { kind: 'ask_smoke' } : wrong('smoke_failed');
};
