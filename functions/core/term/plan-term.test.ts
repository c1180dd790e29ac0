/** The table of non-payment, day by day, and with everything late, doubled or missed for weeks. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noticeKey, noticeOf, planTerm } from './plan-term.ts';
import type { TermFacts, TermStep } from './plan-term.ts';

const endMs = Date.parse('2026-12-23T09:00:00.000Z');
const dayMs = 24 * 60 * 60_000;

const running: TermFacts = {
  desired: 'running',
  status: 'ready',
  suspendedFor: null,
  suspendedAtMs: null,
  deletesAtMs: null,
  hasPayLink: false,
  endMs,
  exportUntilMs: null,
  switchesAtMs: null,
  chargesUntilMs: null,
  hasRenewal: false,
  sentAtMs: new Map(),
};

interface Life {
  term: TermFacts;
  nowMs: number;
  readonly log: { readonly what: string; readonly day: number }[];
}

const nameOf = (step: TermStep): string =>
  step.kind === 'announce'
    ? `${step.notice.kind} ${step.notice.about.slice(17)}`.trim()
    : step.kind;

/** Does what is planned; `postMs` after it is written a message goes out, null = never. */
const follow = (life: Life, postMs: number | null): number | null => {
  for (let round = 0; round < 20; round += 1) {
    const step = planTerm(life.term, life.nowMs);
    if (step.kind === 'wait') return step.untilMs;
    life.log.push({ what: nameOf(step), day: (life.nowMs - endMs) / dayMs });
    switch (step.kind) {
      case 'open_renewal':
        life.term = { ...life.term, hasRenewal: true };
        break;
      case 'announce': {
        const sent = postMs === null ? null : life.nowMs + postMs;
        const sentAtMs = new Map(life.term.sentAtMs).set(noticeKey(step.notice), sent);
        life.term = { ...life.term, sentAtMs };
        break;
      }
      case 'suspend':
        life.term = {
          ...life.term,
          desired: 'suspended',
          status: 'suspended',
          suspendedFor: 'unpaid',
          suspendedAtMs: life.nowMs,
        };
        break;
      case 'close_orders':
        life.term = { ...life.term, hasPayLink: false };
        break;
      case 'switch_plan':
        life.term = { ...life.term, switchesAtMs: null };
        break;
      case 'delete':
        life.term = { ...life.term, desired: 'deleted', status: 'deleted' };
    }
  }
  throw new Error('no end');
};

/** `awayDays`: nobody looks for that long, from that day on. */
const live = (
  options: {
    readonly postMs?: number | null;
    readonly away?: { readonly from: number; readonly days: number };
    readonly until?: number;
  } = {},
): Life => {
  const { postMs = 0, away, until = 120 } = options;
  const life: Life = { term: running, nowMs: endMs - 30 * dayMs, log: [] };
  const untilMs = endMs + until * dayMs;
  for (let look = 0; look < 40_000 && life.nowMs < untilMs; look += 1) {
    const nextMs = follow(life, postMs);
    if (nextMs === null) return life;
    expect(nextMs).toBeGreaterThan(life.nowMs);
    life.nowMs = nextMs;
    if (away === undefined) continue;
    const day = (life.nowMs - endMs) / dayMs;
    const isAway = day >= away.from && day < away.from + away.days;
    if (isAway) life.nowMs = endMs + (away.from + away.days) * dayMs;
  }
  return life;
};

describe('a term that nobody renews', () => {
  test('ends by the table', () => {
    expect(live().log).toEqual([
      { what: 'open_renewal', day: -7 },
      { what: 'renewal_due 7d', day: -7 },
      { what: 'renewal_due 3d', day: -3 },
      { what: 'renewal_due 1d', day: -1 },
      { what: 'grace', day: 0 },
      { what: 'suspend', day: 7 },
      { what: 'suspended', day: 7 },
      { what: 'deletion_warning first', day: 14 },
      { what: 'deletion_warning second', day: 20 },
      { what: 'delete', day: 21 },
      { what: 'deleted', day: 21 },
    ]);
  });

  test('after a week in which nobody looked is told first, and has its days of grace', () => {
    const { log } = live({ away: { from: -2, days: 12 } });
    expect(log.filter(({ day }) => day >= -2).slice(0, 3)).toEqual([
      { what: 'grace', day: 10 },
      { what: 'suspend', day: 13 },
      { what: 'suspended', day: 13 },
    ]);
  });

  test('is suspended late, and never deleted, while no message goes out', () => {
    const { log } = live({ postMs: null });
    expect(log.at(-1)).toEqual({ what: 'deletion_warning first', day: 21 });
    expect(log.find(({ what }) => what === 'suspend')?.day).toBe(14);
  });

  test('missed reminders are not all sent at once', () => {
    const { log } = live({ away: { from: -8, days: 6 }, until: -1 });
    expect(log.map(({ what }) => what)).toEqual(['open_renewal', 'renewal_due 3d']);
  });
});

test.each(['operator', 'refunded'] as const)('what %s stopped stays as it is', (suspendedFor) => {
  const term = { ...running, desired: 'suspended', suspendedFor } as const;
  expect(planTerm(term, endMs + 100 * dayMs)).toEqual({ kind: 'wait', untilMs: null });
});

test('another plan begins when its time begins, whatever else is due then', () => {
  const switchesAtMs = endMs - 20 * dayMs;
  const term = { ...running, switchesAtMs };
  expect(planTerm(term, switchesAtMs - dayMs)).toEqual({ kind: 'wait', untilMs: switchesAtMs });
  expect(planTerm(term, switchesAtMs)).toEqual({ kind: 'switch_plan' });
  const gone = { ...term, desired: 'deleted' } as const;
  expect(planTerm(gone, switchesAtMs).kind).toBe('wait');
});

test('paid time runs on while its owner pauses it', () => {
  const paused = { ...running, desired: 'suspended', suspendedFor: 'customer' } as const;
  const sentAtMs = new Map([[noticeKey(noticeOf('grace', endMs)), endMs]]);
  const term = { ...paused, hasRenewal: true, sentAtMs };
  expect(planTerm(term, endMs + 7 * dayMs)).toEqual({ kind: 'suspend' });
});

test('nobody is deleted while an export is open, and an export opened later holds nothing up', () => {
  const unpaid = { ...running, desired: 'suspended', suspendedFor: 'unpaid' } as const;
  const at = (kind: 'suspended' | 'deletion_warning', which: string, day: number) =>
    [noticeKey(noticeOf(kind, endMs, which)), endMs + day * dayMs] as const;
  const sentAtMs = new Map([
    at('suspended', '', 7),
    at('deletion_warning', 'first', 14),
    at('deletion_warning', 'second', 20),
  ]);
  const term = { ...unpaid, suspendedAtMs: endMs + 7 * dayMs, sentAtMs };
  const deletesMs = endMs + 21 * dayMs;
  const exportUntilMs = deletesMs + dayMs / 12;
  const open = { ...term, exportUntilMs };
  expect(planTerm(open, deletesMs)).toEqual({ kind: 'wait', untilMs: exportUntilMs });
  expect(planTerm(open, exportUntilMs)).toEqual({ kind: 'delete' });
  const early = { ...term, exportUntilMs: deletesMs - dayMs };
  expect(planTerm(early, deletesMs)).toEqual({ kind: 'delete' });
});

test('however late it is looked at, warnings are apart and deletion comes after both', () => {
  const lateness = fc.record({
    postMs: fc.integer({ min: 0, max: 5 * dayMs }),
    away: fc.record({
      from: fc.integer({ min: -10, max: 25 }),
      days: fc.integer({ min: 0, max: 40 }),
    }),
  });
  fc.assert(
    fc.property(lateness, ({ postMs, away }) => {
      const { log } = live({ postMs, away });
      const dayOf = (what: string): number => {
        const found = log.filter((entry) => entry.what === what);
        expect(found).toHaveLength(1);
        return found[0]?.day ?? Number.NaN;
      };
      const postDays = postMs / dayMs;
      expect(dayOf('suspend')).toBeGreaterThanOrEqual(7);
      expect(dayOf('suspend') - dayOf('grace') - postDays).toBeGreaterThanOrEqual(3 - 1e-6);
      const first = dayOf('deletion_warning first');
      const second = dayOf('deletion_warning second');
      expect(second - first - postDays).toBeGreaterThanOrEqual(3 - 1e-6);
      expect(dayOf('delete') - second - postDays).toBeGreaterThanOrEqual(1 - 1e-6);
      expect(dayOf('delete') - dayOf('suspend')).toBeGreaterThanOrEqual(14 - 1e-6);
    }),
  );
});

describe('what its owner is deleting', () => {
  const deletesAtMs = endMs + 40 * dayMs;
  const askedMs = deletesAtMs - 7 * dayMs;
  const leaving: TermFacts = {
    ...running,
    desired: 'suspended',
    status: 'suspended',
    suspendedFor: 'leaving',
    suspendedAtMs: askedMs,
    deletesAtMs,
  };
  const notice = noticeOf('deletion_planned', deletesAtMs);
  const told = (sentMs: number | null): TermFacts => ({
    ...leaving,
    sentAtMs: new Map([[noticeKey(notice), sentMs]]),
  });

  test('closes what can be paid, tells the date, and asks for no renewal', () => {
    expect(planTerm({ ...leaving, hasPayLink: true }, askedMs)).toEqual({ kind: 'close_orders' });
    expect(planTerm(leaving, askedMs)).toEqual({ kind: 'announce', notice });
    const untilMs = deletesAtMs;
    expect(planTerm(told(askedMs), askedMs)).toEqual({ kind: 'wait', untilMs });
    // Over its end, in the last week, unpaid: all the same.
    for (const facts of [{ endMs: askedMs }, { suspendedFor: 'unpaid' as const }]) {
      expect(planTerm({ ...told(askedMs), ...facts }, askedMs)).toEqual({ kind: 'wait', untilMs });
    }
  });

  test('goes at its date, or three days after the message went out', () => {
    expect(planTerm(told(askedMs), deletesAtMs - 1).kind).toBe('wait');
    expect(planTerm(told(askedMs), deletesAtMs)).toEqual({ kind: 'delete' });
    const lateMs = deletesAtMs - dayMs;
    const untilMs = lateMs + 3 * dayMs;
    expect(planTerm(told(lateMs), deletesAtMs)).toEqual({ kind: 'wait', untilMs });
    expect(planTerm(told(lateMs), untilMs)).toEqual({ kind: 'delete' });
  });

  test('waits two weeks for a message that cannot be sent at all', () => {
    const lastMs = askedMs + 14 * dayMs;
    for (let nowMs = askedMs; nowMs < lastMs; nowMs += 6 * 3_600_000) {
      const step = planTerm(told(null), nowMs);
      expect(step.kind === 'wait' && (step.untilMs ?? 0) > nowMs).toBe(true);
    }
    expect(planTerm(told(null), lastMs)).toEqual({ kind: 'delete' });
  });

  test('is announced once as deleted, and looked at no more', () => {
    const gone = { ...leaving, desired: 'deleted', status: 'deleted', deletesAtMs: null } as const;
    const notice = noticeOf('deleted', endMs);
    expect(planTerm(gone, deletesAtMs)).toEqual({ kind: 'announce', notice });
    const after = { ...gone, sentAtMs: new Map([[noticeKey(notice), null]]) };
    expect(planTerm(after, deletesAtMs)).toEqual({ kind: 'wait', untilMs: null });
  });
});
