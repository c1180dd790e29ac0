/**
 * What is sold, for how long and for how much. Versioned: an order keeps the version and the price
 * it was opened with, and a runtime is renewed at the price it was bought for, so a change here (a
 * new version of a key, put after the old one) never touches what exists. Prices are whole Korean
 * won, VAT included.
 */
import { termMonths } from './contract/terms.ts';
import type { TermMonths } from './contract/terms.ts';

export interface Plan {
  readonly key: string;
  readonly version: number;
  /** For the whole term, by its months. */
  readonly pricesKrw: Readonly<Record<TermMonths, number>>;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Product name PayApp shows to the payer, before the term. */
  readonly goodName: string;
}

export const plans = [
  {
    key: 'basic',
    version: 1,
    pricesKrw: { 1: 39_000, 3: 111_000, 12: 398_000 },
    memoryMiB: 2048,
    cpus: 2,
    goodName: 'OpenClaw 전용 런타임 Basic',
  },
  {
    key: 'plus',
    version: 1,
    pricesKrw: { 1: 69_000, 3: 197_000, 12: 704_000 },
    memoryMiB: 4096,
    cpus: 2,
    goodName: 'OpenClaw 전용 런타임 Plus',
  },
] as const satisfies readonly Plan[];

/** The version that is sold today. */
export const planOf = (key: string): Plan | undefined =>
  plans.findLast((plan: Plan) => plan.key === key);

/** The version that was bought; rows of before the column bought the first one. */
export const planBought = (key: string, version: number | null): Plan | undefined =>
  plans.find((plan: Plan) => plan.key === key && plan.version === (version ?? 1)) ?? planOf(key);

/** What goes on at the price it was bought for, or at today's where that is lower. */
export const planForRenewal = (
  key: string,
  version: number | null,
  months: TermMonths,
): Plan | undefined => {
  const bought = planBought(key, version);
  const today = planOf(key);
  if (bought === undefined || today === undefined) return bought ?? today;
  return today.pricesKrw[months] < bought.pricesKrw[months] ? today : bought;
};

export const goodNameOf = (plan: Plan, months: TermMonths | 0): string =>
  months === 0 ? `${plan.goodName} (요금제 변경)` : `${plan.goodName} (${months}개월)`;

export const isTermMonths = (months: number): months is TermMonths =>
  termMonths.some((each) => each === months);

/** Larger is more memory: what costs more at once. Anything else waits for the next renewal. */
export const isLarger = (plan: Plan, than: Plan): boolean => plan.memoryMiB > than.memoryMiB;

/** What renewals of a runtime buy: its own plan, or the one its members chose for then. */
export const renewalPlanOf = (
  row: {
    readonly planKey: string;
    readonly planVersion: number | null;
    readonly nextPlanKey: string | null;
    readonly nextPlanVersion: number | null;
  },
  months: TermMonths,
): Plan | undefined =>
  row.nextPlanKey === null
    ? planForRenewal(row.planKey, row.planVersion, months)
    : planForRenewal(row.nextPlanKey, row.nextPlanVersion, months);
