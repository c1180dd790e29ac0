/** Money and plan agree, whatever is renewed, changed, taken back, and in whichever order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plans } from '#schemas/plans.ts';
import { addPeriod, firstPeriod, giveDays, withdrawPeriod } from './periods.ts';
import { planAt, switchesAtMs, upgradeKrw, withChange, withoutChange } from './plans.ts';
import type { Planned } from './plans.ts';

const now = new Date('2026-12-01T00:00:00.000Z');
const dayMs = 24 * 60 * 60_000;
const later = (days: number): Date => new Date(now.getTime() + days * dayMs);
const [basicPlan, plusPlan] = plans;
const basic = { key: 'basic', version: 1 };
const plus = { key: 'plus', version: 1 };
const prices = { from: basicPlan.pricesKrw, to: plusPlan.pricesKrw };

const opened = (months = 1): Planned => ({
  planKey: 'basic',
  planVersion: 1,
  periods: firstPeriod({ orderId: 'o1', months, plan: basic }, now).periods,
  changes: [],
});
const endOf = ({ periods }: Planned): string => periods.at(-1)?.to ?? '';
const renewed = (planned: Planned, orderId: string, plan = basic, at = now): Planned => {
  const paid = { paidUntil: endOf(planned), periods: planned.periods };
  const longer = addPeriod(paid, { orderId, months: 1, now: at, plan });
  return { ...planned, periods: longer?.periods ?? planned.periods };
};
const scopeAt = (planned: Planned, at: Date) => ({
  from: basic,
  at: at.toISOString(),
  until: endOf(planned),
});
const changed = (planned: Planned, orderId: string, at: Date): Planned | null => {
  const made = withChange(
    planned,
    { orderId, to: plus, scope: scopeAt(planned, at) },
    at.getTime(),
  );
  if (made === null) return null;
  const { key, version } = planAt({ ...planned, ...made }, at.getTime());
  return { ...planned, ...made, planKey: key, planVersion: version };
};

describe('a larger plan', () => {
  test('costs the difference of the same term, for what is left of it', () => {
    const at = (planned: Planned, days: number): number =>
      upgradeKrw(planned, scopeAt(planned, later(days)), prices);
    expect(at(opened(), 0)).toBe(30_000);
    expect(at(opened(), 15.5)).toBe(15_000);
    expect(at(opened(), 31)).toBe(0);
    expect(at(opened(12), 0)).toBe(306_000);
    expect(at(renewed(opened(), 'o2'), 15.5)).toBe(45_000);
  });

  test('of days that were given costs by the month', () => {
    const paid = { paidUntil: endOf(opened()), periods: opened().periods };
    const given = giveDays(paid, { givenId: '1', days: 10, now });
    const planned = { ...opened(), periods: given?.periods ?? [] };
    expect(upgradeKrw(planned, scopeAt(planned, now), prices)).toBe(40_000);
  });

  test('does not cost again what was renewed as that plan already', () => {
    const planned = renewed(opened(), 'o2', plus);
    expect(upgradeKrw(planned, scopeAt(planned, now), prices)).toBe(30_000);
  });

  test('is given once, and not to what is another plan by then', () => {
    const once = changed(opened(), 'c1', later(3));
    expect(once?.planKey).toBe('plus');
    expect(once && changed(once, 'c2', later(4))).toBeNull();
  });

  test('is not given once its time is over', () => {
    const scope = scopeAt(opened(), later(3));
    const change = { orderId: 'c1', to: plus, scope };
    expect(withChange(opened(), change, later(31).getTime())).toBeNull();
  });

  test('leaves a renewal that was paid meanwhile at the plan it was paid for', () => {
    const scope = scopeAt(opened(), later(3));
    const longer = renewed(opened(), 'o2', basic, later(4));
    const made = withChange(longer, { orderId: 'c1', to: plus, scope }, later(5).getTime());
    expect(made?.periods.map(({ plan }) => plan)).toEqual([plus, basic]);
    const row = { ...longer, ...made, planKey: 'plus' };
    expect(switchesAtMs(row, later(6).getTime())).toBe(Date.parse('2027-01-01T00:00:00.000Z'));
  });

  test('goes when its money goes, before it was given too', () => {
    const once = changed(opened(), 'c1', later(3));
    const never = { from: basic, to: plus, at: later(3).toISOString() };
    const back = once && withoutChange(once, 'c1', never);
    expect(back?.periods.map(({ plan }) => plan)).toEqual([basic]);
    expect(once && back && withoutChange({ ...once, ...back }, 'c1', never)).toBeNull();
    const early = withoutChange(opened(), 'c1', never);
    expect(early?.changes).toMatchObject([{ orderId: 'c1', withdrawn: true }]);
  });
});

test('a smaller plan begins with the renewal that was paid for it', () => {
  const bought = { ...opened(), planKey: 'plus' };
  const first = bought.periods.map((period) => ({ ...period, plan: plus }));
  const planned = renewed({ ...bought, periods: first }, 'o2', basic);
  const endMs = Date.parse('2027-01-01T00:00:00.000Z');
  expect(switchesAtMs(planned, now.getTime())).toBe(endMs);
  expect(planAt(planned, endMs - 1)).toEqual(plus);
  expect(planAt(planned, endMs)).toEqual(basic);
  expect(switchesAtMs(planned, endMs)).toBe(endMs);
});

const step = fc.record({
  what: fc.constantFrom('renew', 'renew plus', 'change', 'give back', 'withdraw'),
  order: fc.integer({ min: 2, max: 6 }),
  afterDays: fc.integer({ min: 0, max: 20 }),
});

test('whatever happens, each period is the plan that was paid for it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 16 }), (steps) => {
      let planned = opened();
      let day = 0;
      const sold = new Map([['o1', basic]]);
      for (const { what, order, afterDays } of steps) {
        day += afterDays;
        const at = later(day);
        const orderId = `${what}-${order}`;
        if (what === 'renew' || what === 'renew plus') {
          const plan = what === 'renew' ? basic : plus;
          planned = renewed(planned, orderId, plan, at);
          sold.set(orderId, plan);
        } else if (what === 'change') {
          // One order is carried out once: `app/terms/change-plan.ts` looks for it first.
          const isKnown = planned.changes.some((change) => change.orderId === orderId);
          planned = (isKnown ? null : changed(planned, orderId, at)) ?? planned;
        } else if (what === 'give back') {
          const never = { from: basic, to: plus, at: at.toISOString() };
          planned = { ...planned, ...withoutChange(planned, `change-${order}`, never) };
        } else {
          const paid = { paidUntil: endOf(planned), periods: planned.periods };
          const left = withdrawPeriod(paid, `renew-${order}`);
          if (left !== null) planned = { ...planned, periods: left.periods };
        }
        const { key, version } = planAt(planned, at.getTime());
        planned = { ...planned, planKey: key, planVersion: version };
      }
      const made = planned.changes.filter(({ withdrawn }) => !withdrawn);
      for (const { orderId, plan, withdrawn } of planned.periods) {
        if (withdrawn) continue;
        const isChanged = made.some(({ covers }) => covers.includes(orderId));
        expect(plan).toEqual(isChanged ? plus : sold.get(orderId));
      }
    }),
  );
});
