/**
 * Many random lives of an order, fast enough for millions of steps. `walk` throws with the seed and
 * the step as soon as an invariant is broken. The rules are handed in, so that a test can plant a
 * mistake and see it caught.
 */
import { earnsRuntime, hasPayment, isOpen } from '#core/order/machine.ts';
import { isOpenRefund } from '#core/order/refunds.ts';
import { Dice } from './dice.ts';
import type { Rules } from './order-life.ts';
import { demand, Life, rules, stranger } from './order-life.ts';

const lifeSteps = 60;

const hasTask = (life: Life, mulNo: string): boolean =>
  [...life.tasks].some((task) => task.endsWith(` ${mulNo}`)) ||
  life.order.effects.some((effect) => effect.kind === 'raise_task' && effect.mulNo === mulNo);

/** What must hold after every step. */
const check = (life: Life): void => {
  const { order, bills } = life;
  if (earnsRuntime(order.state)) {
    const bill = bills.get(order.mulNo ?? '');
    demand(bill?.status === 'paid' && bill.paidKrw === order.priceKrw, 'earned without its price');
  }
  demand(order.refundedKrw <= (order.paidKrw ?? order.priceKrw), 'refunded more than was paid');
  for (const [mulNo, bill] of bills) {
    const pendingKrw = [...bill.asked.values()].reduce((sum, { amountKrw }) => sum + amountKrw, 0);
    const mayYetKrw = bill.returnedToUsKrw + pendingKrw;
    demand(bill.status !== 'paid' || mayYetKrw <= bill.paidKrw, 'asked for more than was paid');
    if (order.mulNo === mulNo && bill.status === 'paid' && hasPayment(order.state)) {
      demand(order.refundedKrw <= bill.returnedKrw, 'called refunded what was not');
    }
  }
  for (const index of life.delivered) {
    const letter = life.letters[index];
    if (letter?.payState !== '4') continue;
    const { mulNo } = letter;
    const bill = bills.get(mulNo);
    const counted = hasPayment(order.state) && order.mulNo === mulNo;
    const back = bill !== undefined && bill.returnedKrw >= bill.paidKrw;
    demand(counted || back || hasTask(life, mulNo), 'money came and nobody knows');
    const right = letter.priceKrw === order.priceKrw;
    demand(right || back || !counted || hasTask(life, mulNo), 'a wrong amount and no task');
  }
};

/** What must hold once everything was told and done. */
const checkRest = (life: Life): void => {
  check(life);
  const { order, bills } = life;
  demand(order.effects.length === 0, 'effects are left');
  demand((life.runtime === 'running') === earnsRuntime(order.state), 'money and machine disagree');
  demand(order.state !== 'paid', 'paid, and no runtime opened');
  demand(!order.refunds.some(isOpenRefund), 'a refund was left open');
  const bill = bills.get(order.mulNo ?? '');
  if (order.state === 'refunded') {
    demand(
      bill !== undefined && bill.returnedKrw >= bill.paidKrw,
      'refunded, and the money is here',
    );
  }
  if (order.state === 'refund_requested') demand(false, 'waits for a refund nobody asked for');
  if (order.state === 'refund_due') demand(hasTask(life, order.mulNo ?? ''), 'due, and no task');
  // A stranger's payment may have stood in for a request of ours, which is then the stranger.
  if (isOpen(order.state) || bills.has(stranger)) return;
  for (const [mulNo, each] of bills) {
    demand(each.status !== 'open', `link ${mulNo} can still be paid`);
  }
};

export interface Walked {
  readonly steps: number;
  readonly lives: number;
  readonly seed: number;
  /** States that some life was in. */
  readonly seen: ReadonlySet<string>;
}

export const walk = (seed: number, steps: number, given: Rules = rules): Walked => {
  const dice = new Dice(seed);
  const seen = new Set<string>();
  let done = 0;
  let lives = 0;
  try {
    for (; done < steps; lives += 1) {
      const life = new Life(dice, given);
      for (let step = 0; step < lifeSteps; step += 1) {
        life.step();
        check(life);
        seen.add(life.order.state);
        done += 1;
      }
      life.comeToRest();
      checkRest(life);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`seed ${seed}, life ${lives}, step ${done}: ${why}`, { cause: error });
  }
  return { steps: done, lives, seed, seen };
};
