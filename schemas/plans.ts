/**
 * What is sold and for how much. Versioned: an order keeps the version and the price it was opened
 * with, so a change here never touches an order that exists. Prices are whole Korean won, VAT
 * included, for one month.
 */
export interface Plan {
  readonly key: string;
  readonly version: number;
  readonly priceKrw: number;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Product name PayApp shows to the payer. */
  readonly goodName: string;
}

export const plans = [
  {
    key: 'basic',
    version: 1,
    priceKrw: 39_000,
    memoryMiB: 2048,
    cpus: 2,
    goodName: 'OpenClaw 전용 런타임 Basic (1개월)',
  },
  {
    key: 'plus',
    version: 1,
    priceKrw: 69_000,
    memoryMiB: 4096,
    cpus: 2,
    goodName: 'OpenClaw 전용 런타임 Plus (1개월)',
  },
] as const satisfies readonly Plan[];

export const planOf = (key: string): Plan | undefined => plans.find((plan) => plan.key === key);
