/**
 * What comes next in the term of one runtime: facts → one idempotent step and when to look again.
 * Pure and total. Late, doubled or missed for weeks, it takes the same steps in the same order:
 * nobody is suspended before the message that says so had its days, and nobody is deleted whose two
 * warnings did not go out.
 */
import { leaveDays } from '#schemas/contract/deletion.ts';
import { termDays } from '#schemas/contract/terms.ts';
import type { SuspensionReason } from '#schemas/contract/terms.ts';
import type { DesiredState, RuntimeStatus } from '#schemas/contract/vocabulary.ts';

export type TermMessage =
  'renewal_due' | 'grace' | 'suspended' | 'deletion_warning' | 'deletion_planned' | 'deleted';

/** One message of one term: `about` tells two of a kind apart. */
export interface TermNotice {
  readonly kind: TermMessage;
  readonly about: string;
}

export interface TermFacts {
  readonly desired: DesiredState;
  readonly status: RuntimeStatus;
  readonly suspendedFor: SuspensionReason | null;
  readonly suspendedAtMs: number | null;
  /** Its owner is deleting it: from when on. */
  readonly deletesAtMs: number | null;
  /** Something of it can still be paid, and nobody has begun to close that. */
  readonly hasPayLink: boolean;
  readonly endMs: number;
  /** Until when it can be exported while it is suspended; null: it cannot. */
  readonly exportUntilMs: number | null;
  /** When another plan begins by what was paid; null: never. */
  readonly switchesAtMs: number | null;
  /** Until then a charge that comes by itself is waited for; null: none is. */
  readonly chargesUntilMs: number | null;
  /** An order that renews beyond this end exists, paid or not. */
  readonly hasRenewal: boolean;
  /** When each message went out; null = written down and not out yet; absent = not written. */
  readonly sentAtMs: ReadonlyMap<string, number | null>;
}

export type TermStep =
  | { readonly kind: 'open_renewal' }
  | { readonly kind: 'announce'; readonly notice: TermNotice }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'close_orders' }
  | { readonly kind: 'delete' }
  /** A period of another plan has begun. */
  | { readonly kind: 'switch_plan' }
  /** Null: nothing is expected any more. */
  | { readonly kind: 'wait'; readonly untilMs: number | null };

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
/** A message that has to go out first may take as long as its retries do; days are what counts here. */
const lookAgainMs = hourMs;

export const noticeKey = ({ kind, about }: TermNotice): string => `${kind} ${about}`;

/** Each end of a term has messages of its own, told apart to the minute. */
export const noticeOf = (kind: TermMessage, endMs: number, which = ''): TermNotice => {
  const end = new Date(endMs).toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length);
  return { kind, about: which === '' ? end : `${end}-${which}` };
};

const wait = (untilMs: number | null): TermStep => ({ kind: 'wait', untilMs });
const announce = (notice: TermNotice): TermStep => ({ kind: 'announce', notice });

export const planTerm = (term: TermFacts, nowMs: number): TermStep => {
  const { switchesAtMs, deletesAtMs } = term;
  if (term.desired !== 'deleted' && deletesAtMs !== null) {
    return planLeaving(term, deletesAtMs, nowMs);
  }
  if (term.desired === 'deleted' || switchesAtMs === null) return planByTable(term, nowMs);
  if (switchesAtMs <= nowMs) return { kind: 'switch_plan' };
  const step = planByTable(term, nowMs);
  return step.kind === 'wait' ? wait(Math.min(step.untilMs ?? switchesAtMs, switchesAtMs)) : step;
};

const planByTable = (term: TermFacts, nowMs: number): TermStep => {
  switch (term.desired) {
    case 'running':
      return planRunning(term, nowMs);
    case 'suspended':
      return planSuspended(term, nowMs);
    case 'deleted':
      return planDeleted(term, nowMs);
  }
};

const planRunning = (term: TermFacts, nowMs: number): TermStep => {
  const renewsMs = term.endMs - termDays.renewal * dayMs;
  if (nowMs < renewsMs) return wait(renewsMs);
  const { chargesUntilMs } = term;
  if (chargesUntilMs !== null && nowMs < chargesUntilMs) return wait(chargesUntilMs);
  if (!term.hasRenewal) return { kind: 'open_renewal' };
  return nowMs < term.endMs ? planReminders(term, nowMs) : planGrace(term, nowMs);
};

/** Of reminders that were missed only the newest is worth sending. */
const planReminders = ({ endMs, sentAtMs }: TermFacts, nowMs: number): TermStep => {
  const timeOf = (days: number): number => endMs - days * dayMs;
  const due = termDays.reminders.findLast((days) => timeOf(days) <= nowMs);
  if (due !== undefined) {
    const notice = noticeOf('renewal_due', endMs, `${due}d`);
    if (!sentAtMs.has(noticeKey(notice))) return announce(notice);
  }
  const next = termDays.reminders.find((days) => timeOf(days) > nowMs);
  return wait(next === undefined ? endMs : timeOf(next));
};

const planGrace = (term: TermFacts, nowMs: number): TermStep => {
  const notice = noticeOf('grace', term.endMs);
  const sentMs = term.sentAtMs.get(noticeKey(notice));
  if (sentMs === undefined) return announce(notice);
  if (sentMs === null) {
    const lastMs = term.endMs + termDays.graceWithoutNotice * dayMs;
    return nowMs >= lastMs ? { kind: 'suspend' } : wait(Math.min(nowMs + lookAgainMs, lastMs));
  }
  const suspendsMs = Math.max(
    term.endMs + termDays.grace * dayMs,
    sentMs + termDays.graceNotice * dayMs,
  );
  return nowMs >= suspendsMs ? { kind: 'suspend' } : wait(suspendsMs);
};

const planSuspended = (term: TermFacts, nowMs: number): TermStep => {
  switch (term.suspendedFor) {
    // What a person stopped, or whose money went back, a person goes on with.
    case 'operator':
    case 'refunded':
    case null:
      return wait(null);
    // Paid time runs on while it is paused by its owner.
    case 'customer':
      return planRunning(term, nowMs);
    // Without its date it is leaving no more.
    case 'leaving':
      return wait(null);
    case 'unpaid':
      return planDeletion(term, nowMs);
  }
};

const planDeletion = (term: TermFacts, nowMs: number): TermStep => {
  const { endMs, sentAtMs } = term;
  const stoppedMs = term.suspendedAtMs ?? nowMs;
  const told = noticeOf('suspended', endMs);
  if (!sentAtMs.has(noticeKey(told))) return announce(told);
  const warn = (which: 'first' | 'second', dueMs: number): TermStep | number => {
    const notice = noticeOf('deletion_warning', endMs, which);
    const sentMs = sentAtMs.get(noticeKey(notice));
    if (sentMs === undefined) return nowMs >= dueMs ? announce(notice) : wait(dueMs);
    return sentMs ?? wait(nowMs + lookAgainMs);
  };
  const first = warn('first', stoppedMs + termDays.firstWarning * dayMs);
  if (typeof first !== 'number') return first;
  const second = warn(
    'second',
    Math.max(stoppedMs + termDays.secondWarning * dayMs, first + termDays.betweenWarnings * dayMs),
  );
  if (typeof second !== 'number') return second;
  const deletesMs = Math.max(
    stoppedMs + termDays.kept * dayMs,
    second + termDays.afterSecondWarning * dayMs,
  );
  // Nobody's download is cut off by it. Three windows a day of three hours are no way to stay.
  const dueMs = Math.max(deletesMs, term.exportUntilMs ?? 0);
  return nowMs >= dueMs ? { kind: 'delete' } : wait(dueMs);
};

/**
 * Its owner's wish stands above the table: nothing is sold for it, and nobody is reminded. It goes at
 * its date, and only some days after the message that says so went out.
 */
const planLeaving = (term: TermFacts, deletesAtMs: number, nowMs: number): TermStep => {
  if (term.hasPayLink) return { kind: 'close_orders' };
  const notice = noticeOf('deletion_planned', deletesAtMs);
  const sentMs = term.sentAtMs.get(noticeKey(notice));
  if (sentMs === undefined) return announce(notice);
  if (sentMs === null) {
    const lastMs = deletesAtMs + (leaveDays.withoutNotice - leaveDays.kept) * dayMs;
    if (nowMs >= lastMs) return { kind: 'delete' };
    return wait(Math.min(Math.max(nowMs + lookAgainMs, deletesAtMs), lastMs));
  }
  const goesMs = Math.max(deletesAtMs, sentMs + leaveDays.notice * dayMs);
  return nowMs >= goesMs ? { kind: 'delete' } : wait(goesMs);
};

const planDeleted = ({ status, endMs, sentAtMs }: TermFacts, nowMs: number): TermStep => {
  if (status !== 'deleted') return wait(nowMs + lookAgainMs);
  const notice = noticeOf('deleted', endMs);
  return sentAtMs.has(noticeKey(notice)) ? wait(null) : announce(notice);
};
