/** How bad the world is: drawn once for a seed, and gone when the world calms down. */
import type { Random } from './random.ts';

export interface Weather {
  /** An execution is killed at some call or fault point. */
  readonly kill: number;
  /** A call to the store fails, before or after its effect. */
  readonly storeFails: number;
  /** A call takes seconds instead of milliseconds. */
  readonly slow: number;
  readonly eventLost: number;
  readonly eventDoubled: number;
  readonly eventDelayMs: number;
  readonly sweepMissed: number;
  readonly sweepDoubled: number;
  readonly sweepLateMs: number;
  /** A notice never arrives at all, whatever PayApp tries. */
  readonly noticeLost: number;
  readonly noticeRepeated: number;
  readonly noticeLateMs: number;
  readonly noticeStrange: number;
  readonly wrongAmount: number;
  readonly requestLost: number;
  readonly requestRefused: number;
  readonly answerLost: number;
  readonly cancelRefused: number;
  readonly refundedThere: number;
  readonly settledAlready: number;
  readonly deployerSilent: number;
  readonly deployerRefuses: number;
  readonly deployFails: number;
  readonly deployStuck: number;
  readonly deployLost: number;
  readonly agentSilent: number;
  readonly gatewaySlow: number;
  readonly rungFails: number;
  readonly smokeFails: number;
  readonly loginExpires: number;
  /** A deployment opens something to strangers, until an operator mends it. */
  readonly exposes: number;
  /** A call to whoever delivers mail brings no answer. */
  readonly mailSilent: number;
  readonly mailFails: number;
  /** A charge that PayApp makes by itself fails; the first one says nothing. */
  readonly chargeFails: number;
  /** Made a second time within days, or after it was cancelled. */
  readonly chargedWrongly: number;
}

export const calm: Weather = {
  kill: 0,
  storeFails: 0,
  slow: 0,
  eventLost: 1,
  eventDoubled: 0,
  eventDelayMs: 0,
  sweepMissed: 0,
  sweepDoubled: 0,
  sweepLateMs: 0,
  noticeLost: 0,
  noticeRepeated: 0,
  noticeLateMs: 2_000,
  noticeStrange: 0,
  wrongAmount: 0,
  requestLost: 0,
  requestRefused: 0,
  answerLost: 0,
  cancelRefused: 0,
  refundedThere: 0,
  settledAlready: 0,
  deployerSilent: 0,
  deployerRefuses: 0,
  deployFails: 0,
  deployStuck: 0,
  deployLost: 0,
  agentSilent: 0,
  gatewaySlow: 0,
  rungFails: 0,
  smokeFails: 0,
  loginExpires: 0,
  exposes: 0,
  mailSilent: 0,
  mailFails: 0,
  chargeFails: 0,
  chargedWrongly: 0,
};

const seldom: readonly [number, ...number[]] = [0, 0, 0.01, 0.05, 0.15];
const often: readonly [number, ...number[]] = [0, 0.1, 0.3, 0.6];

export const drawWeather = (random: Random): Weather => ({
  kill: random.pick(often),
  storeFails: random.pick([0, 0, 0.002, 0.01, 0.04]),
  slow: random.pick([0, 0.005, 0.03]),
  eventLost: random.pick([0, 0.3, 0.9, 1]),
  eventDoubled: random.pick(seldom),
  eventDelayMs: random.pick([500, 5_000, 60_000]),
  sweepMissed: random.pick(often),
  sweepDoubled: random.pick(often),
  sweepLateMs: random.pick([0, 20_000, 50_000]),
  noticeLost: random.pick(seldom),
  noticeRepeated: random.pick([0, 0.5, 1]),
  noticeLateMs: random.pick([2_000, 60_000, 900_000, 7_200_000]),
  noticeStrange: random.pick(seldom),
  wrongAmount: random.pick(seldom),
  requestLost: random.pick(seldom),
  requestRefused: random.pick(seldom),
  answerLost: random.pick([0, 0.05, 0.2, 0.5]),
  cancelRefused: random.pick(seldom),
  refundedThere: random.pick(seldom),
  settledAlready: random.pick(often),
  deployerSilent: random.pick(seldom),
  deployerRefuses: random.pick(seldom),
  deployFails: random.pick(often),
  deployStuck: random.pick([0, 0, 0, 0.01, 0.1]),
  deployLost: random.pick(often),
  agentSilent: random.pick(seldom),
  gatewaySlow: random.pick(often),
  rungFails: random.pick(seldom),
  smokeFails: random.pick(often),
  loginExpires: random.pick(seldom),
  exposes: random.pick([0, 0, 0.05, 0.3]),
  mailSilent: random.pick(seldom),
  mailFails: random.pick(seldom),
  chargeFails: random.pick(seldom),
  chargedWrongly: random.pick(seldom),
});
