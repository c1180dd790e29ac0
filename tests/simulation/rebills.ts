/**
 * PayApp's recurring payments as they are: approved by the payer, then charged on the day of each
 * month, at an hour of its own; a first charge that fails is told to nobody. In bad weather it charges
 * twice, or after it said that it had stopped.
 */
import type { RecurringRequest } from '#ports/payments.ts';
import type { PayApp } from './payapp.ts';
import type { World } from './world.ts';

export interface Rebill extends RecurringRequest {
  readonly rebillNo: string;
  state: 'registered' | 'approved' | 'cancelled';
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const koreaMs = 9 * hourMs;

export class Rebills {
  readonly all = new Map<string, Rebill>();
  /** Years are lived; a few minutes are not long enough for a second month. */
  chargesMonthly = false;
  readonly #world: World;
  readonly #payapp: PayApp;

  constructor(world: World, payapp: PayApp) {
    this.#world = world;
    this.#payapp = payapp;
  }

  register(request: RecurringRequest): Rebill {
    const rebillNo = String(900_001 + this.all.size);
    const rebill: Rebill = { ...request, rebillNo, state: 'registered' };
    this.all.set(rebillNo, rebill);
    return rebill;
  }

  /** A second time is refused, and so may the first one be. */
  cancel(rebillNo: string): 'cancelled' | 'refused' {
    const { random, weather } = this.#world;
    const rebill = this.all.get(rebillNo);
    if (rebill === undefined || rebill.state === 'cancelled') return 'refused';
    if (random.chance(weather.cancelRefused)) return 'refused';
    rebill.state = 'cancelled';
    this.#world.note('payapp', `rebill ${rebillNo} cancelled`);
    if (random.chance(weather.chargedWrongly)) this.#chargeSoon(rebill);
    return 'cancelled';
  }

  /** The payer approves the first charge. */
  approve(autopayId: string): void {
    const rebill = [...this.all.values()].find((each) => each.autopayId === autopayId);
    if (rebill?.state !== 'registered') return;
    const { random, weather } = this.#world;
    if (random.chance(weather.chargeFails)) return;
    rebill.state = 'approved';
    this.#charge(rebill);
    if (random.chance(weather.chargedWrongly)) this.#chargeSoon(rebill);
    if (this.chargesMonthly) this.#waitForNext(rebill);
  }

  #charge({ autopayId, priceKrw, rebillNo }: Rebill): void {
    this.#payapp.charge(autopayId, priceKrw, rebillNo);
  }

  #chargeSoon(rebill: Rebill): void {
    this.#world.scheduler.after(this.#world.random.int(1_000, hourMs), () => this.#charge(rebill));
  }

  #waitForNext(rebill: Rebill): void {
    const { random, scheduler, nowMs } = this.#world;
    const today = new Date(nowMs + koreaMs);
    const isPast = today.getUTCDate() >= rebill.chargeDay;
    const month = today.getUTCMonth() + (isPast ? 1 : 0);
    const dayStartsMs = Date.UTC(today.getUTCFullYear(), month, rebill.chargeDay) - koreaMs;
    const atMs = dayStartsMs + random.int(0, dayMs - 1);
    scheduler.after(atMs - nowMs, () => this.#cycle(rebill));
  }

  #cycle(rebill: Rebill): void {
    if (rebill.state !== 'approved') return;
    const { random, weather } = this.#world;
    if (random.chance(weather.chargeFails)) {
      this.#payapp.tellFailed(rebill.autopayId, rebill.rebillNo);
    } else this.#charge(rebill);
    if (random.chance(weather.chargedWrongly)) this.#chargeSoon(rebill);
    this.#waitForNext(rebill);
  }
}
