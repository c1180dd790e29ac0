/** Amounts are whole Korean won; PayApp takes nothing below 1,000. */
const lowestPriceKrw = 1_000;
const highestPriceKrw = 100_000_000;

export const isPriceKrw = (value: number): boolean =>
  Number.isSafeInteger(value) && value >= lowestPriceKrw && value <= highestPriceKrw;
