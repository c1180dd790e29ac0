/**
 * How a ring stands with its target: who runs it and is proven, who went back, who is under way, and
 * what follows: whether the ring is proven, whether it is stopped, whether another may begin. Pure.
 */
import type { UpdateRing, UpdateState } from '#schemas/contract/updates.ts';
import type { RuntimeStatus } from '#schemas/contract/vocabulary.ts';
import type { Release, RingPin } from '#schemas/record/update.ts';
import { failuresAtMost, provenEnough, underWayAtMost } from '#schemas/record/update.ts';
import { ringsAwaited, targetOf } from './ring.ts';
import type { Gate } from './update.ts';

/** One runtime, as far as its ring is concerned. */
export interface Member {
  readonly ring: UpdateRing;
  /** One that was stopped counts only where it went back: whoever stops it has a reason. */
  readonly runs: boolean;
  readonly status: RuntimeStatus;
  readonly image: string;
  readonly state: UpdateState | null;
  /** Of its newest update. */
  readonly to: string | null;
  readonly endedAtMs: number;
}

export interface RingReport {
  readonly members: number;
  readonly proven: number;
  /** On it, proven or not. */
  readonly kept: number;
  readonly underWay: number;
  readonly planned: number;
  readonly failed: number;
  /** Of these, stopped since. */
  readonly failedAndStopped: number;
  /** Gone back and running, whenever that was: whoever resumes a ring forgives, and proves nothing. */
  readonly wentBack: number;
  /** Not on it, not gone back, and well enough to be updated: something is still to be learnt. */
  readonly left: number;
  /** Not on it, not gone back, and still on its way to be well. */
  readonly coming: number;
  readonly newestEndMs: number;
}

const isUnderWay = ({ state }: Member): boolean => state === 'applying' || state === 'returning';

const hasGoneBack = ({ state, to }: Member, pin: RingPin): boolean =>
  state === 'rolled_back' && to === pin.image;

const isUntried = (member: Member, pin: RingPin): boolean =>
  member.image !== pin.image && !hasGoneBack(member, pin) && member.status !== 'failed';

export const reportOf = (
  members: readonly Member[],
  ring: UpdateRing,
  pin: RingPin,
): RingReport => {
  const all = members.filter((member) => member.ring === ring);
  const own = all.filter(({ runs }) => runs);
  const countedMs = Date.parse(pin.resumedAt ?? pin.setAt);
  const untried = own.filter((one) => isUntried(one, pin));
  const ready = own.filter(
    (one) => one.image === pin.image && one.status === 'ready' && !isUnderWay(one),
  );
  // One that is going back has failed already: nobody begins while the third one returns.
  const failed = all.filter(
    ({ state, to, endedAtMs }) =>
      to === pin.image &&
      (state === 'returning' || (state === 'rolled_back' && endedAtMs > countedMs)),
  );
  return {
    members: own.length,
    proven: ready.length,
    kept: own.filter((one) => one.image === pin.image && !isUnderWay(one)).length,
    underWay: own.filter(isUnderWay).length,
    planned: own.filter(({ state }) => state === 'planned').length,
    failed: failed.length,
    failedAndStopped: failed.filter(({ runs }) => !runs).length,
    wentBack: own.filter((one) => hasGoneBack(one, pin)).length,
    left: untried.filter(({ status }) => status !== 'provisioning').length,
    coming: untried.filter(({ status }) => status === 'provisioning').length,
    newestEndMs: Math.max(0, ...own.map((one) => (one.image === pin.image ? one.endedAtMs : 0))),
  };
};

export const isStoppedByFailures = ({ failed }: RingReport): boolean => failed >= failuresAtMost;

/**
 * All that could be tried went back, so that nothing follows by itself: neither another of this ring
 * nor the next ring. Three stop it before; one or two, or what went back before it was resumed, do not.
 */
export const isLeftWithout = (report: RingReport): boolean =>
  !isStoppedByFailures(report) &&
  report.wentBack + report.failedAndStopped > 0 &&
  report.kept + report.underWay + report.left + report.coming === 0;

/** A ring without anybody proves nothing and keeps nobody waiting: the next one begins with one. */
export const isProven = (report: RingReport, pin: RingPin, nowMs: number): boolean => {
  if (isStoppedByFailures(report)) return false;
  // Whoever was tried and went back keeps the next ring waiting, stopped since or not.
  if (report.members === 0) return report.failed === 0;
  if (report.underWay > 0) return false;
  if (nowMs < report.newestEndMs + pin.soakMinutes * 60_000) return false;
  // All were tried, and whoever has no login cannot prove anything: nobody is waited for in vain.
  const failed = report.failed - report.failedAndStopped;
  const others = report.members - failed;
  // Where some went back and nobody has it, nothing speaks for it.
  if (report.left === 0 && (report.wentBack === 0 || report.kept > 0)) return true;
  return report.proven >= Math.min(provenEnough, Math.max(1, others));
};

export const gateOf = (release: Release, ring: UpdateRing, members: readonly Member[]): Gate => {
  const pin = targetOf(release, ring);
  if (pin === null) return 'closed';
  // Whoever stopped this ring stopped it whatever pin it follows.
  if (release[ring]?.stoppedAt != null) return 'closed';
  if (ringsAwaited(release, ring, pin.image).length > 0) return 'closed';
  const report = reportOf(members, ring, pin);
  if (isStoppedByFailures(report)) return 'closed';
  const atMost = report.proven > 0 ? underWayAtMost : 1;
  return report.underWay < atMost ? 'open' : 'busy';
};
