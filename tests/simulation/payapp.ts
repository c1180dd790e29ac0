/**
 * PayApp as it is: every request makes a bill, whether or not its answer arrives; every change of a
 * bill is told by notices that come late, again, in any order or never, and are repeated up to ten
 * times until the body is SUCCESS.
 */
import type { NoticeFields, Payments, RefundRequest } from '#ports/payments.ts';
import type { Execution } from './execution.ts';
import type { Rebills } from './rebills.ts';
import type { World } from './world.ts';

export type BillState = 'open' | 'waiting' | 'paid' | 'dead' | 'refunded' | 'part_refunded';

export interface Bill {
  readonly mulNo: string;
  readonly orderId: string;
  /** What was asked for. */
  readonly priceKrw: number;
  state: BillState;
  /** What was really paid. */
  paidKrw: number | null;
  /** A notice of state 4 is in our inbox. */
  paidNoticeStored: boolean;
  /** Refunds that we asked for and that were made. */
  refundsMade: number;
  refundedKrw: number;
  /** Charged by itself under it; then `orderId` is the agreement's id. */
  readonly rebillNo: string | null;
}

/** Gives one notice to the payapp function; true when it answered SUCCESS. */
export type Deliver = (orderId: string, notice: NoticeFields) => Promise<boolean>;

const attemptsAtMost = 10;
const requestTimeoutMs = 12_000;

export class PayApp {
  readonly bills = new Map<string, Bill>();
  readonly #world: World;
  readonly #deliver: Deliver;

  constructor(world: World, deliver: Deliver) {
    this.#world = world;
    this.#deliver = deliver;
  }

  billsOf(orderId: string): readonly Bill[] {
    return [...this.bills.values()].filter((bill) => bill.orderId === orderId);
  }

  /** Of an order, whoever asked for them. */
  billsFor(order: { readonly id: string; readonly mulNo: string | null }): readonly Bill[] {
    const charged = order.mulNo === null ? undefined : this.bills.get(order.mulNo);
    const own = this.billsOf(order.id);
    return charged?.rebillNo == null ? own : [...own, charged];
  }

  open(orderId: string, priceKrw: number): Bill {
    const bill = this.#add(orderId, priceKrw, null);
    this.#world.note('payapp', `opened ${bill.mulNo} for ${orderId}`);
    this.#tell(bill, '1');
    return bill;
  }

  /** PayApp takes money by itself. */
  charge(autopayId: string, priceKrw: number, rebillNo: string): void {
    const bill = this.#add(autopayId, priceKrw, rebillNo);
    this.pay(bill);
  }

  /** Told of an agreement: there is no payment. */
  tellFailed(autopayId: string, rebillNo: string): void {
    const { random, weather } = this.#world;
    if (random.chance(weather.noticeLost)) return;
    const bare = { ...this.#bill(autopayId, 0, rebillNo), mulNo: '0' };
    const inMs = random.int(1, weather.noticeLateMs);
    this.#post(bare, this.#notice(bare, '99'), { inMs, attempt: 1 });
  }

  #add(orderId: string, priceKrw: number, rebillNo: string | null): Bill {
    const bill = this.#bill(orderId, priceKrw, rebillNo);
    this.bills.set(bill.mulNo, bill);
    return bill;
  }

  #bill(orderId: string, priceKrw: number, rebillNo: string | null): Bill {
    const mulNo = String(1_760_000_000_001 + this.bills.size);
    return {
      mulNo,
      orderId,
      priceKrw,
      state: 'open',
      paidKrw: null,
      paidNoticeStored: false,
      refundsMade: 0,
      refundedKrw: 0,
      rebillNo,
    };
  }

  /** A customer pays, if the bill can still be paid. */
  pay(bill: Bill): void {
    if (bill.state !== 'open' && bill.state !== 'waiting') return;
    const { random, weather } = this.#world;
    bill.paidKrw = random.chance(weather.wrongAmount) ? bill.priceKrw - 1_000 : bill.priceKrw;
    this.#move(bill, 'paid', '4');
    if (!random.chance(weather.refundedThere)) return;
    const isPart = random.chance(0.2);
    this.#world.scheduler.after(random.int(1_000, 1_800_000), () => {
      if (bill.state !== 'paid') return;
      if (isPart) this.#move(bill, 'part_refunded', random.pick(['70', '71']));
      else this.#move(bill, 'refunded', random.pick(['9', '64']));
    });
  }

  /** A virtual account: the deposit comes later, or the account lapses. */
  issueAccount(bill: Bill): void {
    if (bill.state !== 'open') return;
    const { random, scheduler } = this.#world;
    this.#move(bill, 'waiting', '10');
    const comes = random.chance(0.6);
    scheduler.after(random.int(5_000, 3_600_000), () => {
      if (bill.state !== 'waiting') return;
      if (comes) this.pay(bill);
      else this.#move(bill, 'dead', '16');
    });
  }

  /** Only a bill that is still unpaid dies; for a virtual account PayApp may refuse even that. */
  cancelIfUnpaid(bill: Bill | undefined): 'unpaid_and_dead' | 'refused' {
    const { random, weather } = this.#world;
    if (bill === undefined || (bill.state !== 'open' && bill.state !== 'waiting')) return 'refused';
    if (random.chance(weather.cancelRefused)) return 'refused';
    this.#move(bill, 'dead', random.pick(['8', '8', '16', '31', '32']));
    return 'unpaid_and_dead';
  }

  /** At once; a payment that is settled to the seller already is refused. */
  refund(bill: Bill | undefined, wish: RefundRequest): boolean {
    const { random, weather } = this.#world;
    if (bill === undefined || random.chance(weather.settledAlready)) return false;
    return this.#giveBack(bill, wish, wish.part ? '70' : '9');
  }

  /** Taken now, done when the seller has paid it in. */
  requestRefund(bill: Bill | undefined, wish: RefundRequest): boolean {
    if (bill?.state !== 'paid' && bill?.state !== 'part_refunded') return false;
    this.#world.scheduler.after(this.#world.random.int(60_000, 3_600_000), () => {
      this.#giveBack(bill, wish, wish.part ? '71' : '64');
    });
    return true;
  }

  #giveBack(bill: Bill, wish: RefundRequest, payState: string): boolean {
    if (bill.state !== 'paid' && bill.state !== 'part_refunded') return false;
    const leftKrw = (bill.paidKrw ?? 0) - bill.refundedKrw;
    const amountKrw = wish.part ? wish.amountKrw : leftKrw;
    if (amountKrw > leftKrw) return false;
    bill.refundsMade += 1;
    bill.refundedKrw += amountKrw;
    this.#move(bill, wish.part ? 'part_refunded' : 'refunded', payState);
    return true;
  }

  #move(bill: Bill, state: BillState, payState: string): void {
    bill.state = state;
    this.#world.note('payapp', `${bill.mulNo} ${state} (${payState})`);
    this.#tell(bill, payState);
  }

  #tell(bill: Bill, payState: string): void {
    const { random, weather } = this.#world;
    if (random.chance(weather.noticeLost)) return;
    const notice = this.#notice(bill, payState);
    const lateMs = random.int(1, weather.noticeLateMs);
    this.#post(bill, notice, { inMs: lateMs, attempt: 1 });
    if (!random.chance(weather.noticeRepeated)) return;
    for (let again = random.int(1, 4); again > 0; again -= 1) {
      const inMs = random.int(1, weather.noticeLateMs * 2);
      this.#post(bill, notice, { inMs, attempt: attemptsAtMost });
    }
  }

  #post(bill: Bill, notice: NoticeFields, post: { inMs: number; attempt: number }): void {
    this.#world.scheduler.after(post.inMs, () => {
      void this.#deliver(bill.orderId, notice).then((isTaken) => {
        if (isTaken && notice.payState === '4') bill.paidNoticeStored = true;
        if (isTaken || post.attempt >= attemptsAtMost) return;
        const attempt = post.attempt + 1;
        this.#post(bill, notice, { inMs: attempt * 10_000, attempt });
      });
    });
  }

  #notice(bill: Bill, payState: string): NoticeFields {
    const at = koreanTime(this.#world.nowMs);
    const { mulNo, priceKrw, paidKrw, rebillNo } = bill;
    const isPaid = payState === '4';
    return {
      mulNo,
      payState,
      payType: '1',
      priceKrw: paidKrw ?? priceKrw,
      payDate: isPaid ? at : '',
      cancelDate: /^(9|64|70|71)$/.test(payState) ? at : '',
      currency: 'krw',
      receiptUrl: isPaid ? `https://pay.example/c/${mulNo}` : null,
      rebillNo,
    };
  }
}

const koreaMs = 9 * 3_600_000;
export const koreanTime = (atMs: number): string =>
  new Date(atMs + koreaMs).toISOString().slice(0, 19).replace('T', ' ');

export const simPayments = (execution: Execution, payapp: PayApp, rebills: Rebills): Payments => {
  const { world } = execution;
  const { random } = world;
  const latencyMs = (): number => random.int(100, 1_500);
  /** The effect happens, its answer is lost: silence until our own timeout. */
  const silence = async (): Promise<{ readonly kind: 'unknown' }> => {
    await execution.sleep(requestTimeoutMs);
    return { kind: 'unknown' };
  };
  const isLost = (): boolean => random.chance(world.weather.answerLost);
  return {
    request: async ({ orderId, priceKrw }) => {
      if (random.chance(world.weather.requestLost)) return silence();
      const isRefused = random.chance(world.weather.requestRefused);
      const bill = await execution.call(latencyMs(), () =>
        isRefused ? null : payapp.open(orderId, priceKrw),
      );
      if (isLost()) return silence();
      if (bill === null) return { kind: 'refused', reason: 'feedback_unreachable' };
      const { mulNo } = bill;
      return { kind: 'opened', mulNo, payUrl: `https://pay.example/p/${mulNo}` };
    },
    cancelIfUnpaid: async (mulNo) => {
      if (random.chance(world.weather.requestLost)) return (await silence()).kind;
      const outcome = await execution.call(latencyMs(), () =>
        payapp.cancelIfUnpaid(payapp.bills.get(mulNo)),
      );
      return isLost() ? (await silence()).kind : outcome;
    },
    refund: async (wish) => {
      if (random.chance(world.weather.requestLost)) return silence();
      const isDone = await execution.call(latencyMs(), () =>
        payapp.refund(payapp.bills.get(wish.mulNo), wish),
      );
      if (isLost()) return silence();
      return isDone ? { kind: 'refunded' } : { kind: 'refused', looked: true, errno: '70099' };
    },
    requestRefund: async (wish) => {
      if (random.chance(world.weather.requestLost)) return silence();
      const isTaken = await execution.call(latencyMs(), () =>
        payapp.requestRefund(payapp.bills.get(wish.mulNo), wish),
      );
      if (isLost()) return silence();
      if (!isTaken) return { kind: 'refused', looked: true, errno: '70099' };
      const payback = { account: '1', amountKrw: wish.amountKrw, depositor: 'PayApp' };
      return { kind: 'requested', payback };
    },
    registerRecurring: async (wish) => {
      if (random.chance(world.weather.requestLost)) return silence();
      const isRefused = random.chance(world.weather.requestRefused);
      const rebill = await execution.call(latencyMs(), () =>
        isRefused ? null : rebills.register(wish),
      );
      if (isLost()) return silence();
      if (rebill === null) return { kind: 'refused', reason: 'not_permitted' };
      const { rebillNo } = rebill;
      return { kind: 'opened', rebillNo, payUrl: `https://pay.example/r/${rebillNo}` };
    },
    cancelRecurring: async (rebillNo) => {
      if (random.chance(world.weather.requestLost)) return (await silence()).kind;
      const outcome = await execution.call(latencyMs(), () => rebills.cancel(rebillNo));
      return isLost() ? (await silence()).kind : outcome;
    },
  };
};
