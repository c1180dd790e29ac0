/** English: the orders of a workspace: money, history, what comes next, refunds. */
import type { HistoryActor, HistoryWord } from '#lib/flow/history.ts';
import type { PayMethod } from '#lib/flow/money.ts';
import type { OutlookWord } from '#lib/flow/outlook.ts';
import type { RefundView } from '#lib/flow/refund.ts';

/** `due` is empty when no time is known: then the sentence makes no promise of one. */
type Next = (due: string) => string;

const next: Readonly<Record<OutlookWord, Next>> = {
  ask_link: () =>
    'PayApp has not given us a payment page yet. If nothing changes within a minute, ask for a new one; you cannot pay twice.',
  pay: (due) => `Pay at PayApp by ${due}. If you lost the window, open it again from here.`,
  pay_lapsing: () =>
    'The time to pay is over. We are making sure that nothing was paid, then this order closes.',
  deposit: (due) =>
    `Transfer the amount to the virtual account PayApp gave you, by ${due}. We start when PayApp reports the deposit.`,
  setting_up: (due) =>
    due === ''
      ? 'Your runtime is being set up.'
      : `Your runtime is being set up and will run by ${due}.`,
  promise_missed: (due) =>
    `Your runtime should have been running by ${due}. We set it up anew; if that does not help, the operator is told.`,
  stuck: () => 'Setting up did not succeed. The operator has been told.',
  activate: () => 'Your runtime runs. Finish its activation in the flow: Codex login, first smoke.',
  ready: () => 'Your runtime is ready. Nothing is left to do.',
  repair: () => 'Your runtime was ready and has a problem now. We repair what we can by ourselves.',
  suspended: () => 'Your runtime is suspended and its data is kept. Write to the operator.',
  paused: () => 'You paused this runtime. Its data is kept; resume it on its page.',
  unpaid: () =>
    'Your runtime was stopped because its paid time is over. Its data is kept, and a payment starts it again.',
  leaving: (due) =>
    `An owner is deleting this runtime. It is kept until ${due}; until then it can be kept on its page.`,
  ending: () => 'This runtime is gone, and nothing more happens with this order.',
  pay_again: () => 'Nothing was charged. Ask for a new payment page and try once more.',
  order_again: () =>
    'This order is closed. Should a payment still arrive, you get it back in full.',
  expired: () =>
    'Nothing was paid in time and this order is closed. Should a payment still arrive, you get it back in full.',
  refund_due: () =>
    'Money arrived that does not belong to an open order, or no runtime came of it. The operator gives it back; you need to do nothing.',
  refund_pending: () =>
    'We asked PayApp to give the money back and wait for its word. You need to do nothing.',
  refund_refused: () =>
    'PayApp refused the refund. The operator has been told and gives the money back another way.',
  refund_requested: () =>
    'The refund was asked for and is not done yet: PayApp carries it out and tells us. You need to do nothing.',
  refunded: () =>
    'PayApp has confirmed the refund. With cards it takes a few working days until it shows on your statement.',
  rest_refunded: () =>
    'A part of the payment was returned. The operator decides about the rest; your runtime stays as it is.',
};

export const orders = {
  title: 'Orders',
  lede: 'Every order of this workspace: what it cost, where it stands, and what comes next.',
  back: 'Back to the flow',
  empty: 'No orders in this workspace yet.',
  choose: 'Workspace',
  unknown: 'This order does not exist or is not yours.',
  signIn: 'Log in to see your orders.',
  placed: (time: string) => `Ordered ${time}`,
  open: 'Open in the flow',
  amount: {
    title: 'Amount',
    total: 'Total',
    supply: 'Supply value',
    vat: 'VAT (10 %, included)',
    came: 'Amount that arrived',
    refunded: 'Refunded so far',
    kept: 'Paid after refunds',
  },
  facts: {
    order: 'Order number',
    state: 'State',
    plan: 'Plan',
    method: 'Paid with',
    paidAt: 'Paid',
    paidUntil: 'Paid until',
    receipt: 'Receipt',
    receiptLink: 'Open PayApp’s receipt',
    notYet: 'not yet known',
  },
  methods: {
    card: 'Credit or debit card',
    phone: 'Mobile phone bill',
    overseas_card: 'Overseas card',
    face_to_face: 'Card in person',
    bank_transfer: 'Bank transfer',
    virtual_account: 'Virtual account',
    culture_voucher: 'Culture voucher',
    kakaopay: 'KakaoPay',
    naverpay: 'Naver Pay',
    registered_card: 'Registered card',
    smilepay: 'SmilePay',
    wechat: 'WeChat Pay',
    applepay: 'Apple Pay',
    myaccount: 'My account transfer',
    tosspay: 'Toss Pay',
  } satisfies Record<PayMethod, string>,
  methodUnknown: (payType: string) => `A method new to this page (PayApp number ${payType})`,
  nextTitle: 'What comes next',
  next,
  history: {
    title: 'History',
    none: 'Nothing has been written down yet.',
    more: (count: number) =>
      count === 1 ? 'Show 1 earlier entry' : `Show ${count} earlier entries`,
    cut: 'Only the newest entries are shown.',
    unknown: (kind: string) => `Something this page has no words for: ${kind}`,
    actors: {
      you: 'you',
      member: 'a member of the workspace',
      operator: 'the operator',
      payapp: 'PayApp',
      system: 'by itself',
    } satisfies Record<HistoryActor, string>,
    words: {
      'order.draft': 'Ordered; a payment page was asked for',
      'order.draft_again': 'A new payment page was asked for; the old one was closed',
      'order.awaiting_payment': 'The payment page opened',
      'order.waiting_deposit': 'A virtual account was issued; the deposit is awaited',
      'order.paid': 'The payment was confirmed',
      'order.fulfilled': 'The runtime was opened',
      'order.payment_failed': 'The payment page could not be made; nothing was charged',
      'order.cancelled': 'The order was cancelled before payment',
      'order.expired': 'The time to pay ran out',
      'order.refund_due': 'Money arrived that has to go back',
      'order.refund_requested': 'The refund was asked for',
      'order.refunded': 'The payment was refunded in full',
      'order.partially_refunded': 'A part of the payment was refunded',
      'runtime.opened': 'The runtime was created and its setting up began',
      runtime_provisioning: 'The runtime is being set up',
      runtime_running: 'The runtime runs',
      runtime_auth_required: 'The runtime is verified; the Codex login is needed',
      runtime_linking: 'A Codex login was opened',
      runtime_ready: 'The runtime is ready',
      runtime_degraded: 'The runtime has a problem',
      runtime_failed: 'Setting up failed; the operator was told',
      runtime_suspended: 'The runtime was suspended',
      runtime_deleting: 'The runtime is being deleted',
      runtime_deleted: 'The runtime was deleted',
      exposure_proven: 'Tried from outside: closed to strangers',
      exposure_failed: 'Tried from outside: something answers strangers; the operator was told',
      entered: 'A session was opened in the runtime',
      export_opened: 'Its export was opened while it stood still',
      exported: 'An export was taken',
      import_requested: 'An export was to be brought in',
      offsite_requested: 'Recovery key and bucket of the backups were looked at or changed',
      restart_requested: 'A restart was asked for',
      restore_requested: 'A backup was to be brought back',
      rename_requested: 'Another name was given',
      plan_chosen: 'Another plan was chosen for the next renewal',
      texts_agreed: 'The pay link of the renewal is texted from now on',
      texts_ended: 'The pay link of the renewal is not texted any more',
      pause_requested: 'It was paused',
      resume_requested: 'The pause was ended',
      deletion_requested: 'An owner asked for its deletion',
      deletion_withdrawn: 'The deletion was taken back',
      update_times_chosen: 'Other times for updates were chosen',
      access_ended: 'Somebody who is no owner any more was put out of the runtime',
      extended: 'Its paid time was extended',
      period_retracted: 'The time of a refunded payment was taken back',
      time_given: 'The operator gave it time',
      term_ended: 'Its paid time and the days of grace were over',
      update_done: 'It was updated and answered on the new version',
      update_rolled_back: 'An update did not work: back to the old version and state',
      plan_changed: 'It got a larger plan',
      plan_reverted: 'The plan of a refunded payment was taken back',
      plan_switched: 'The plan of the new term began',
      autopay_agreed: 'Automatic renewal was agreed to',
      autopay_stopped: 'Automatic renewal was stopped',
      deletion_receipt: 'It is gone, and its receipt was written',
    } satisfies Record<HistoryWord, string>,
  },
  refund: {
    ask: 'Ask for a refund',
    title: 'Give this order back?',
    what: (amount: string) =>
      `You get ${amount} back the way you paid. The runtime of this order stops at once and cannot be started again.`,
    how: 'We ask PayApp to cancel the payment. Until PayApp confirms it, this order says that the refund was asked for, not that it is done.',
    confirm: 'Yes, refund it',
    confirming: 'Asking PayApp…',
    until: (time: string) =>
      `You can give this order back until ${time}, as long as it was never ready.`,
    refused: {
      was_ready:
        'The runtime was ready once, so it cannot be given back here. The operator can still refund it.',
      under_way: 'A refund of this order is under way already.',
      too_late: 'The seven days to give it back here are over. The operator can still refund it.',
    } satisfies Record<Exclude<RefundView['kind'], 'allowed' | 'not_paid'>, string>,
  },
};
export type OrdersCopy = typeof orders;
