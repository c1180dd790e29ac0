/**
 * Every fault plan of the sandbox, what customer and payer do under it, and what the ledger says in
 * the end. `play` stops where the story ends; the matrix waits for rest and compares.
 */
import { expect } from 'vitest';
import type { PlanName } from '#local/payapp/plans.ts';
import type { Counter } from './counter.ts';
import type { Ledger } from './ledger.ts';

export interface Case {
  readonly plan: PlanName;
  readonly story: string;
  readonly play: (at: Counter) => Promise<void>;
  readonly ends: Omit<Ledger, 'workLeft'>;
  /** What PayApp sent, where that is not left to chance: the plan was really in force. */
  readonly heard: string | null;
}

type End = Case['ends'];
const granted: End = { state: 'fulfilled', runtimes: ['running'], paidNotices: 1, tasks: [] };
const waiting: End = { state: 'awaiting_payment', runtimes: [], paidNotices: 0, tasks: [] };
const cancelled: End = { ...waiting, state: 'cancelled' };
const expired: End = { ...waiting, state: 'expired' };
/** Given back by somebody who is not us: also a sign that the link key may be known. */
const refunded: End = {
  ...granted,
  state: 'refunded',
  runtimes: ['ended'],
  tasks: ['unexpected_refund'],
};
const missed: End = { ...waiting, tasks: ['missing_feedback'] };
const grantedLate: End = { ...granted, tasks: ['missing_feedback'] };

const ok = async (doing: Promise<string>): Promise<void> => {
  expect(await doing).toBe('ok');
};

const byCard = async (at: Counter): Promise<void> => {
  await ok(at.open());
  await at.pay();
};
const byDeposit = async (at: Counter): Promise<void> => {
  await ok(at.open());
  await at.pay('vbank');
  await at.deposit();
};
const givenUp = async (at: Counter): Promise<void> => {
  await ok(at.open());
  await at.giveUp();
};
const refundedAfterwards = async (at: Counter): Promise<void> => {
  await byCard(at);
  expect(await at.atRest()).toMatchObject(granted);
  await at.refundAtPayApp();
};
const refundedAtOnce = async (at: Counter): Promise<void> => {
  await byCard(at);
  await at.refundAtPayApp();
};

/** Paid, and PayApp tells of it only after what happens in between. */
const lateNotice =
  (meanwhile: (at: Counter) => Promise<void> = async () => undefined) =>
  async (at: Counter): Promise<void> => {
    await byCard(at);
    await meanwhile(at);
    await at.release('1');
  };

/** Paid, but what we hear of it grants nothing; a day later a person is asked, once. */
const unheard =
  (early: Partial<End> = {}) =>
  async (at: Counter): Promise<void> => {
    await byCard(at);
    expect(await at.atRest()).toMatchObject({ ...waiting, ...early });
    await at.letDayPass();
    await at.letDayPass();
  };
const heardInTheEnd =
  (early: Partial<End> = {}) =>
  async (at: Counter): Promise<void> => {
    await unheard(early)(at);
    await at.atRest();
    await at.hearTruth();
  };

/** No usable reply, and what the customer is told about it. */
const repliesLost: readonly (readonly [PlanName, string])[] = [
  ['slow-reply', 'payment_request_unknown'],
  ['lost-reply', 'payment_request_unknown'],
  ['no-mul-no', 'payment_answer_incomplete'],
  ['html-500', 'payment_answer_unreadable'],
  ['html-200', 'payment_answer_unreadable'],
];

/** Told so, the customer asks again and pays the one link that is alive. */
const askedAgain = (told: string) => async (at: Counter) => {
  expect(await at.open()).toBe(told);
  await at.plan('none');
  await ok(at.renew());
  await at.pay();
};
const paidLostLink = (told: string) => async (at: Counter) => {
  expect(await at.open()).toBe(told);
  await at.plan('none');
  await at.payLostLink();
};
const leftAlone = (told: string) => async (at: Counter) => {
  expect(await at.open()).toBe(told);
  await at.plan('none');
  await at.atRest();
  await at.letDayPass();
};

const keysLost: readonly PlanName[] = ['wrong-linkval', 'wrong-linkkey', 'swapped-keys'];

const story = (plan: PlanName, text: string, play: Case['play'], ends: End): Case => ({
  plan,
  story: text,
  play,
  ends,
  heard: null,
});
const hearing = (heard: string, told: Case): Case => ({ ...told, heard });

const deliveries: readonly Case[] = [
  hearing('1 4', story('none', 'paid by card', byCard, granted)),
  hearing('1 10 4', story('none', 'paid by deposit', byDeposit, granted)),
  hearing('1 8', story('none', 'given up by the payer', givenUp, cancelled)),
  hearing('1 4 9', story('none', 'refunded afterwards', refundedAfterwards, refunded)),
  hearing('1 4*10', story('duplicate-10', 'paid by card', byCard, granted)),
  hearing('1 10*10 4*10', story('duplicate-10', 'paid by deposit', byDeposit, granted)),
  hearing('1 8*10', story('duplicate-10', 'given up by the payer', givenUp, cancelled)),
  hearing(
    '1 4*10 9*10',
    story('duplicate-10', 'refunded afterwards', refundedAfterwards, refunded),
  ),
  hearing('1 4*2', story('concurrent-2', 'paid by card', byCard, granted)),
  hearing('1 10*2 4*2', story('concurrent-2', 'paid by deposit', byDeposit, granted)),
  story('concurrent-2', 'refunded at once', refundedAtOnce, {
    ...refunded,
    // Whether the runtime was opened in the moment between is chance; it may not run.
    runtimes: expect.not.arrayContaining(['running']) as 'ended'[],
  }),
  story('delay', 'paid by card', lateNotice(), granted),
  story(
    'delay',
    'paid, and cancelled by the customer before the notice comes',
    lateNotice(async (at) => {
      expect(await at.cancelAsCustomer()).not.toBe('ok');
    }),
    granted,
  ),
  story(
    'delay',
    'paid in the last minute',
    lateNotice(async (at) => {
      await at.letDayPass();
      await at.askedPerson('missing_feedback');
    }),
    grantedLate,
  ),
  hearing(
    '1 9 4',
    story(
      'paid-overtaken',
      'refunded at once',
      async (at) => {
        await refundedAtOnce(at);
        await at.release('1 9');
      },
      { ...refunded, runtimes: [] },
    ),
  ),
  hearing(
    '1 4 9 4',
    story('paid-again-after-refund', 'refunded afterwards', refundedAfterwards, refunded),
  ),
  hearing('1 10 4', story('waiting-then-paid', 'paid by card', byCard, granted)),
  hearing(
    '1 4 10',
    story(
      'waiting-overtaken',
      'paid by deposit',
      async (at) => {
        await byDeposit(at);
        await at.release('1 4');
      },
      granted,
    ),
  ),
  story('probe', 'paid by card', byCard, granted),
  hearing('1 4*2', story('common-copy', 'paid by card', byCard, granted)),
];

const unknowns: readonly Case[] = [
  hearing('1', story('drop-all', 'paid by card', unheard(), missed)),
  story('drop-all', 'paid, and told at last', heardInTheEnd(), grantedLate),
  story(
    'drop-all',
    'never paid',
    async (at) => {
      await ok(at.open());
      await at.letDayPass();
    },
    expired,
  ),
  hearing('1 77 4', story('unknown-state', 'paid, and told at last', heardInTheEnd(), grantedLate)),
  ...keysLost.map((plan) => story(plan, 'paid, and told at last', heardInTheEnd(), grantedLate)),
  story('missing-keys', 'paid, and told at last', heardInTheEnd({ tasks: ['unverified_notice'] }), {
    ...granted,
    tasks: ['missing_feedback', 'unverified_notice'],
  }),
];

const mismatches: readonly Case[] = [
  ...(['price-minus-1', 'price-plus-1'] as const).map((plan) =>
    story(plan, 'paid by card', byCard, {
      state: 'refund_due',
      runtimes: [],
      paidNotices: 1,
      tasks: ['amount_mismatch'],
    }),
  ),
  story('foreign-var1', 'paid by card', byCard, granted),
  story(
    'foreign-mul-no',
    'paid, and told at last',
    heardInTheEnd({ paidNotices: 1, tasks: ['duplicate_payment'] }),
    { ...granted, paidNotices: 2, tasks: ['duplicate_payment', 'missing_feedback'] },
  ),
];

const replies: readonly Case[] = [
  story('newline-reply', 'paid by card', byCard, granted),
  ...repliesLost.flatMap(([plan, told]) => [
    story(plan, 'asked again and paid', askedAgain(told), granted),
    story(plan, 'paid through the lost link', paidLostLink(told), granted),
    story(plan, 'never asked again', leftAlone(told), expired),
  ]),
  story(
    'notice-before-reply',
    'paid before the reply',
    async (at) => {
      await at.payWhileOpening();
    },
    granted,
  ),
  story('notice-before-reply', 'paid after the reply', byCard, granted),
];

/** Of recurring payments alone: `tests/contract/payapp-recurring.test.ts` charges under them. */
const ofCharges = (['charge-declined', 'charge-declined-bare'] as const).map((plan) =>
  story(plan, 'a payment that is no charge, by card', byCard, granted),
);

export const cases: readonly Case[] = [
  ...deliveries,
  ...unknowns,
  ...mismatches,
  ...replies,
  ...ofCharges,
];
