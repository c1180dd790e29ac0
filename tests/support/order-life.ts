/**
 * One random life of an order over the pure rules: a small PayApp that loses answers and takes any
 * refund, letters that come late, twice or in any order, effects carried out or not. What must hold
 * between two states is demanded here; order-walk.ts checks the rest.
 */
import { close, failRequest, openRequest, delivered, startRequest } from '#core/order/commands.ts';
import type { Commanded } from '#core/order/commands.ts';
import type { OrderFacts } from '#core/order/facts.ts';
import { withoutEffect } from '#core/order/facts.ts';
import { hasPayment, isOpen } from '#core/order/machine.ts';
import type { NoticeFacts } from '#core/order/notices.ts';
import { applyNotice } from '#core/order/notices.ts';
import { beginRefund, recordRefund } from '#core/order/refunds.ts';
import type { Effect, Refund } from '#schemas/record/order.ts';
import type { Dice } from './dice.ts';
import { newOrder } from './new-order.ts';

export const rules = { applyNotice, beginRefund, recordRefund };
export type Rules = typeof rules;

const { priceKrw } = newOrder;
const requestsAtMost = 10;
export const stranger = '666';

interface Bill {
  status: 'open' | 'paid' | 'dead';
  paidKrw: number;
  returnedKrw: number;
  /** Of what went back: because we asked. */
  returnedToUsKrw: number;
  /** Refunds that the seller still has to pay in, by their number. */
  readonly asked: Map<number, Refund>;
}

export class Life {
  order = newOrder;
  readonly bills = new Map<string, Bill>();
  readonly letters: NoticeFacts[] = [];
  readonly delivered = new Set<number>();
  readonly tasks = new Set<string>();
  /** Answers of PayApp that are still on their way. */
  readonly answers: string[] = [];
  /** Refunds about to be sent; a process that died leaves its own here for good. */
  readonly calls: Refund[] = [];
  /** Payments of which somebody else gave back a part. */
  readonly foreignParts = new Set<string>();
  /** What really came of refund `no`. */
  readonly truth = new Map<number, boolean>();
  runtime: 'none' | 'running' | 'stopped' = 'none';
  runtimesOwed = 0;
  readonly dice: Dice;
  readonly rules: Rules;
  #bills = 0;
  #letters = 0;

  constructor(dice: Dice, given: Rules) {
    this.dice = dice;
    this.rules = given;
    this.#createBill();
  }

  step(): void {
    const roll = this.dice.below(100);
    if (roll < 34) this.#deliverSome();
    else if (roll < 42) this.#pay();
    else if (roll < 50) this.#request();
    else if (roll < 54) this.#answer();
    else if (roll < 66) this.#carryOut();
    else if (roll < 72) this.#beginRefund();
    else if (roll < 80) this.#send();
    else if (roll < 82) this.#payIn();
    else if (roll < 84) this.#giveBackElsewhere();
    else if (roll < 86) this.#settle();
    else if (roll < 88) this.#close();
    else if (roll < 92) this.#odd();
    else if (roll < 94) this.#buyerCancels();
    else if (roll < 95) this.#payStranger();
    else if (roll < 97) this.#repeatLetter();
    else this.#watch();
  }

  /** Everything is told, done and settled; nothing new is bought. */
  comeToRest(): void {
    for (let round = 0; round < 12; round += 1) {
      this.answers.splice(0).forEach((mulNo) => this.#opened(mulNo));
      for (let index = 0; index < this.letters.length; index += 1) this.#deliver(index);
      while (this.order.effects.length > 0) this.#carryOut();
      this.calls.length = 0;
      this.#watch();
      this.#payIn();
      this.#settle();
    }
  }

  #apply(commanded: Commanded): boolean {
    if (commanded.kind !== 'changed') return false;
    this.change({ ...this.order, ...commanded.changes });
    return true;
  }

  change(then: OrderFacts): void {
    const before = this.order;
    const owes = (facts: OrderFacts): boolean =>
      facts.effects.some(({ kind }) => kind === 'open_runtime');
    if (!owes(before) && owes(then)) this.runtimesOwed += 1;
    demand(before.state !== 'refunded' || then.state === 'refunded', 'the end was left');
    demand(isOpen(before.state) || !isOpen(then.state), 'a closed order opened again');
    demand(!hasPayment(before.state) || hasPayment(then.state), 'a payment was forgotten');
    demand(!hasPayment(before.state) || then.mulNo === before.mulNo, 'the payment was exchanged');
    demand(this.runtimesOwed <= 1, 'a second runtime was owed');
    this.order = then;
  }

  #createBill(): string {
    this.#bills += 1;
    const mulNo = String(1_000 + this.#bills);
    const bill = { status: 'open', paidKrw: 0, returnedKrw: 0, returnedToUsKrw: 0 } as const;
    this.bills.set(mulNo, { ...bill, asked: new Map() });
    this.#tell(mulNo, '1');
    if (this.dice.below(10) > 0) this.answers.push(mulNo);
    return mulNo;
  }

  #tell(mulNo: string, payState: string, price = priceKrw): void {
    this.#letters += 1;
    const id = `n${this.#letters}`;
    const letter = { id, mulNo, payState, priceKrw: price, payType: '1', receiptUrl: null };
    this.letters.push(letter);
  }

  #request(): void {
    if (this.order.requestNo >= requestsAtMost) return;
    if (!this.#apply(startRequest(this.order))) return;
    const roll = this.dice.below(8);
    if (roll === 0) this.#apply(failRequest(this.order, 'payment_request_refused'));
    // Otherwise the request was never made, or its answer comes later, or never.
    else if (roll > 1) this.#createBill();
  }

  #answer(): void {
    const mulNo = this.answers.pop();
    if (mulNo !== undefined) this.#opened(mulNo);
  }

  #opened(mulNo: string): void {
    this.#apply(openRequest(this.order, { mulNo, payUrl: `https://pay.example/${mulNo}` }));
  }

  #pickBill(status: Bill['status']): readonly [string, Bill] | undefined {
    const some = [...this.bills].filter(([, bill]) => bill.status === status);
    return this.dice.pick(some);
  }

  #pay(): void {
    const picked = this.#pickBill('open');
    if (picked === undefined) return;
    const [mulNo, bill] = picked;
    const wrong = this.dice.below(6) === 0;
    this.#payBill(
      mulNo,
      bill,
      wrong ? priceKrw + (this.dice.pick([1, -1, -38_000]) ?? 1) : priceKrw,
    );
  }

  #payBill(mulNo: string, bill: Bill, paidKrw: number): void {
    bill.status = 'paid';
    bill.paidKrw = paidKrw;
    this.#tell(mulNo, '4', paidKrw);
  }

  /** A payment under a number that we never asked for. */
  #payStranger(): void {
    const mulNo = stranger;
    if (this.bills.has(mulNo)) return;
    const bill: Bill = {
      status: 'open',
      paidKrw: 0,
      returnedKrw: 0,
      returnedToUsKrw: 0,
      asked: new Map(),
    };
    this.bills.set(mulNo, bill);
    this.#payBill(mulNo, bill, priceKrw);
  }

  #buyerCancels(): void {
    const picked = this.#pickBill('open');
    if (picked === undefined) return;
    picked[1].status = 'dead';
    this.#tell(picked[0], this.dice.pick(['8', '16', '31', '32']) ?? '8');
  }

  #odd(): void {
    const mulNo = this.dice.pick([...this.bills.keys()]);
    if (mulNo !== undefined) this.#tell(mulNo, this.dice.pick(['10', '77', '99', '1']) ?? '10');
  }

  #deliverSome(): void {
    const waiting = this.letters
      .map((_letter, index) => index)
      .filter((i) => !this.delivered.has(i));
    const index = this.dice.pick(waiting);
    if (index !== undefined) this.#deliver(index);
  }

  #repeatLetter(): void {
    const before = this.dice.pick([...this.delivered]);
    if (before !== undefined) this.#deliver(before);
  }

  #deliver(index: number): void {
    const letter = this.letters[index];
    if (letter === undefined) return;
    this.delivered.add(index);
    const { changes } = this.rules.applyNotice(this.order, letter);
    if (changes !== null) this.change({ ...this.order, ...changes });
    const again = this.rules.applyNotice(this.order, letter).changes;
    demand(again === null || sameFacts({ ...this.order, ...again }, this.order), 'applied twice');
  }

  #carryOut(): void {
    const [effect] = this.order.effects;
    if (effect === undefined) return;
    this.#do(effect);
    const effects = withoutEffect(this.order.effects, effect);
    const opened = effect.kind === 'open_runtime' ? delivered(this.order) : null;
    const changes = opened?.kind === 'changed' ? opened.changes : {};
    this.change({ ...this.order, ...changes, effects });
  }

  #do(effect: Effect): void {
    switch (effect.kind) {
      case 'open_runtime':
        if (this.runtime === 'none') this.runtime = 'running';
        return;
      case 'suspend_runtime':
        this.runtime = 'stopped';
        return;
      case 'extend_runtime':
      case 'retract_period':
      case 'change_plan':
      case 'revert_plan':
        return;
      case 'raise_task':
        this.tasks.add(`${effect.task} ${effect.mulNo}`);
        return;
      case 'cancel_request':
        this.#kill(effect.mulNo);
    }
  }

  /** True: surely unpaid, and dead. */
  #kill(mulNo: string): boolean {
    const bill = this.bills.get(mulNo);
    if (bill?.status === 'open') {
      bill.status = 'dead';
      this.#tell(mulNo, '8');
    }
    return bill?.status === 'dead';
  }

  #close(): void {
    const { mulNo, state } = this.order;
    if (!isOpen(state)) return;
    if (mulNo !== null && !this.#kill(mulNo)) return;
    const event = this.dice.below(2) === 0 ? 'expired' : 'cancelled_by_customer';
    this.#apply(close(this.order, event));
  }

  #beginRefund(): void {
    const strangers = [...this.bills.keys()];
    const mulNo = this.dice.below(5) === 0 ? this.dice.pick(strangers) : this.order.mulNo;
    const bill = mulNo == null ? undefined : this.bills.get(mulNo);
    if (mulNo == null || bill?.status !== 'paid') return;
    const told = this.letters.some(
      (letter, index) =>
        letter.mulNo === mulNo && letter.payState === '4' && this.delivered.has(index),
    );
    if (!told) return;
    // PayApp's part notices cannot be told apart: after a stranger's part refund nobody can.
    const part = this.dice.below(2) === 0 && !this.foreignParts.has(mulNo);
    const begun = this.rules.beginRefund(this.order, {
      mulNo,
      amountKrw: part ? 1 + this.dice.below(bill.paidKrw + 1_000) : null,
      paidKrw: bill.paidKrw,
      by: 'operator',
      at: '2026-11-23T09:00:00.000Z',
      step: this.dice.below(4) === 0 ? 'requesting' : 'cancelling',
    });
    if (!this.#apply(begun)) return;
    const entry = this.order.refunds.at(-1);
    // The process may die before it calls.
    if (entry !== undefined && this.dice.below(8) > 0) this.calls.push(entry);
  }

  /** PayApp takes any amount: that too much is never asked for is ours to hold. */
  #send(): void {
    const entry = this.calls.shift();
    const bill = entry && this.bills.get(entry.mulNo);
    if (entry === undefined || bill === undefined) return;
    const live = this.order.refunds.find(({ no }) => no === entry.no);
    const roll = this.dice.below(10);
    const gone = bill.returnedKrw >= bill.paidKrw;
    if (gone || roll < 2) {
      if (live?.step === 'cancelling' && roll !== 0) {
        this.#note(entry.no, 'requesting');
        this.calls.push({ ...entry, step: 'requesting' });
      } else this.#note(entry.no, 'refused');
      return;
    }
    if (roll === 2) {
      this.#note(entry.no, 'unknown');
      return;
    }
    if (entry.step === 'requesting') {
      bill.asked.set(entry.no, entry);
      this.#note(entry.no, roll === 3 ? 'unknown' : 'requested');
      return;
    }
    this.#return(entry, bill);
    this.#note(entry.no, roll === 3 ? 'unknown' : 'done');
  }

  #note(no: number, step: Exclude<Refund['step'], 'cancelling'>): void {
    this.#apply(this.rules.recordRefund(this.order, no, { step }));
  }

  #return(entry: Refund, bill: Bill): void {
    this.truth.set(entry.no, true);
    const amountKrw = entry.part ? entry.amountKrw : bill.paidKrw - bill.returnedKrw;
    bill.returnedKrw += amountKrw;
    bill.returnedToUsKrw += amountKrw;
    const whole = entry.step === 'cancelling' ? '9' : '64';
    this.#tell(entry.mulNo, entry.part ? '70' : whole);
  }

  #payIn(): void {
    for (const bill of this.bills.values()) {
      for (const [no, entry] of bill.asked) {
        bill.asked.delete(no);
        if (bill.returnedKrw < bill.paidKrw) this.#return(entry, bill);
      }
    }
  }

  /** Somebody gives money back at PayApp's own page. */
  #giveBackElsewhere(): void {
    const picked = this.#pickBill('paid');
    if (picked === undefined || picked[1].returnedKrw > 0) return;
    const [mulNo, bill] = picked;
    const awaited = this.order.refunds.some(
      (refund) => refund.mulNo === mulNo && refund.step !== 'refused',
    );
    if (this.dice.below(2) === 0 && !awaited) {
      this.foreignParts.add(mulNo);
      this.#tell(mulNo, '71');
      return;
    }
    bill.asked.clear();
    bill.returnedKrw = bill.paidKrw;
    this.#tell(mulNo, '9');
  }

  /** An operator looks at PayApp's page and tells the truth. */
  #settle(): void {
    const entry = this.order.refunds.find(({ step }) => step === 'unknown' || step === 'requested');
    if (entry === undefined) return;
    const bill = this.bills.get(entry.mulNo);
    const happened = this.truth.get(entry.no) === true || bill?.returnedKrw === bill?.paidKrw;
    bill?.asked.delete(entry.no);
    this.#note(entry.no, happened ? 'done' : 'refused');
  }

  #watch(): void {
    for (const { no, step } of this.order.refunds) {
      const mine = this.calls.some((call) => call.no === no);
      if ((step === 'cancelling' || step === 'requesting') && !mine) this.#note(no, 'unknown');
    }
  }
}

const sameFacts = (left: OrderFacts, right: OrderFacts): boolean =>
  JSON.stringify(Object.entries(left).sort()) === JSON.stringify(Object.entries(right).sort());

export function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}
