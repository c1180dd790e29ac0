/**
 * What comes next in the update of one runtime: facts → one idempotent step and when to look again.
 * Total; late, doubled or missed for days it takes the same steps. What is under way is never left
 * without an end: it is kept, or it goes back, or a person is told.
 */
import { hasLogin } from '#core/runtime/proof.ts';
import { isRestoring } from '#core/runtime/restore.ts';
import type { UpdateRecord } from '#schemas/contract/updates.ts';
import { isWell, judge } from './judge.ts';
import type { Verdict } from './judge.ts';
import { isBelowFloor, owedUpdate } from './owed.ts';
import { startMs } from './quiet-hour.ts';
import { hour, minute, rest } from './update.ts';
import type { Target, UpdateFacts, UpdateStep } from './update.ts';

const pollMs = 30_000;
const lookAgainMs = 10 * minute;
/** From the notice of one that closes a hole; there is a night in its grace as a rule. */
const floorNoticeMs = hour;
/** The old one comes up within this, or a person is told. */
const returnMs = 30 * minute;

export const planUpdate = (known: UpdateFacts, nowMs: number): UpdateStep => {
  if (known.desired === 'deleted') return rest(null);
  const { state, update } = known;
  if (update === null) return planNew(known, nowMs);
  switch (state) {
    case 'planned':
      return planPlanned(known, update, nowMs);
    case 'applying':
      return planApplying(known, update, nowMs);
    case 'returning':
      return planReturning(known, update, nowMs);
    case 'done':
    case 'rolled_back':
    case null:
      return planNew(known, nowMs);
  }
};

/** Null: nothing keeps anybody from holding it. */
const latestMsOf = (known: UpdateFacts): number | null =>
  isBelowFloor(known) ? (known.floor?.endsHoldsMs ?? null) : null;

const startsMsOf = (known: UpdateFacts, earliestMs: number, nowMs: number): number =>
  startMs(known.quiet, {
    earliestMs,
    heldUntilMs: known.heldUntilMs,
    latestMs: latestMsOf(known),
    nowMs,
  });

/** What is to be told needs its hours, but nothing waits beyond the end of the holds. */
const earliestMsOf = (known: UpdateFacts, to: Target, nowMs: number): number => {
  const latestMs = latestMsOf(known);
  if (latestMs === null) return nowMs + to.noticeHours * hour;
  return Math.min(
    nowMs + Math.min(to.noticeHours * hour, floorNoticeMs),
    Math.max(latestMs, nowMs),
  );
};

const planNew = (known: UpdateFacts, nowMs: number): UpdateStep => {
  const owed = owedUpdate(known);
  // One that is not running is told of it when it runs again.
  if (owed === null || known.gate === 'closed' || known.desired !== 'running') return rest(null);
  const earliestMs = earliestMsOf(known, owed.to, nowMs);
  const startsMs = startsMsOf(known, earliestMs, nowMs);
  return { kind: 'plan', ...owed, earliestMs, startsMs, latestMs: latestMsOf(known) };
};

const planPlanned = (known: UpdateFacts, update: UpdateRecord, nowMs: number): UpdateStep => {
  const isForced = update.why === 'operator';
  const owed = owedUpdate({ ...known, state: null });
  if (!isForced && (owed?.to.image !== update.to.image || known.gate === 'closed')) {
    return { kind: 'drop' };
  }
  // One that stands still is told of it anew when it runs again.
  if (known.desired !== 'running') return { kind: 'drop' };
  if (isForced) {
    // Not beside a state that is brought back.
    return isRestoring(known.facts) ? rest(nowMs + lookAgainMs) : roomOrStart(known, nowMs);
  }
  const startsMs = startsMsOf(known, Date.parse(update.earliestAt), nowMs);
  const latestMs = latestMsOf(known);
  const knownLatestMs = update.latestAt === null ? null : Date.parse(update.latestAt);
  if (startsMs !== Date.parse(update.startsAt) || latestMs !== knownLatestMs) {
    return { kind: 'replan', startsMs, latestMs };
  }
  if (nowMs < startsMs) return rest(startsMs);
  // In a quarter of an hour somebody's turn may be over, or another of the ring may be done.
  if (known.gate === 'busy' || !isWell(known)) return rest(nowMs + lookAgainMs);
  return roomOrStart(known, nowMs);
};

/** The copy, what the new version adds, and what the server needs to go on. */
const spareBytes = 512 * 1024 ** 2;

const roomOrStart = ({ facts: { usage } }: UpdateFacts, nowMs: number): UpdateStep => {
  const isShort =
    usage !== null && usage.diskAvailableBytes < 2 * (usage.stateBytes ?? 0) + spareBytes;
  // Nobody has said how large that disk is.
  const isKnown = usage !== null && usage.diskTotalBytes > 0;
  return isKnown && isShort ? { kind: 'blocked', untilMs: nowMs + hour } : { kind: 'start' };
};

/** A smoke of its own for each deployment and each try. */
const smokeOf = (update: UpdateRecord, known: UpdateFacts): string =>
  `${update.updateId.slice(0, 24)}-${known.facts.deployment.attempt}-${update.smokes + 1}`;

const verdictOf = (
  known: UpdateFacts,
  update: UpdateRecord,
  at: { readonly version: string | null; readonly since: string | null; readonly nowMs: number },
): Verdict =>
  judge(
    known,
    {
      version: at.version,
      sinceMs: Date.parse(at.since ?? update.startsAt),
      attemptBefore: update.attemptBefore,
      hadLogin: update.hadLogin,
      smokes: update.smokes,
    },
    at.nowMs,
  );

const planApplying = (known: UpdateFacts, update: UpdateRecord, nowMs: number): UpdateStep => {
  // Its term ended, or its owner paused it: what was begun goes on when it runs again.
  if (known.desired !== 'running') return rest(null);
  const at = { version: update.to.version, since: update.startedAt, nowMs };
  const verdict = verdictOf(known, update, at);
  switch (verdict.kind) {
    case 'waiting':
      return rest(nowMs + pollMs);
    case 'well':
      return { kind: 'keep', proven: update.hadLogin };
    case 'unproven':
      return { kind: 'keep', proven: false };
    case 'ask_smoke':
      return { kind: 'ask_smoke', smokeId: smokeOf(update, known) };
    case 'wrong':
      return { kind: 'roll_back', failure: verdict.failure };
  }
};

const planReturning = (known: UpdateFacts, update: UpdateRecord, nowMs: number): UpdateStep => {
  if (known.desired !== 'running') return rest(null);
  const at = { version: update.from.version, since: update.returnedAt, nowMs };
  const verdict = verdictOf(known, update, at);
  switch (verdict.kind) {
    case 'well':
    case 'unproven':
      return { kind: 'end_rolled_back' };
    case 'ask_smoke':
      return { kind: 'ask_smoke', smokeId: smokeOf(update, known) };
    case 'waiting':
    case 'wrong': {
      // It runs as before, and its login or the model is the customer's matter.
      const isUp = isWell(known) && verdict.kind === 'wrong';
      if (isUp && (verdict.failure === 'smoke_failed' || !hasLogin(known.facts))) {
        return { kind: 'end_rolled_back' };
      }
      const isLate = nowMs - Date.parse(update.returnedAt ?? update.startsAt) > returnMs;
      if (!isLate) return rest(nowMs + pollMs);
      return { kind: 'call_person', untilMs: nowMs + lookAgainMs };
    }
  }
};
