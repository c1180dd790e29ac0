/** English: how long a runtime is paid for, renewing it, and what happens if nobody pays. */
import type { TermEvent, TermState } from '#lib/flow/term.ts';

export const term = {
  title: 'Paid time',
  back: 'Back to the flow',
  signIn: 'Log in to see how long your runtimes are paid for.',
  unknown: 'That runtime is not among yours.',
  none: 'You have no runtime yet.',
  choose: 'Runtime',
  states: {
    running: 'Paid',
    ending: 'Ends soon',
    grace: 'Overdue, still running',
    unpaid: 'Stopped, waiting for payment',
    paused: 'Paused by you',
    stopped: 'Stopped by the operator',
    deleted: 'Deleted',
  } satisfies Record<TermState, string>,
  left: (days: number) =>
    days > 1 ? `${days} days left` : days === 1 ? 'Less than a day left' : 'The paid time is over.',
  lines: {
    running: 'Nothing to do. You can add time at any moment: it begins where this ends.',
    ending: 'Renew it, and it goes on without a break.',
    grace: 'It runs on for some days. Pay now, and a whole new term begins today.',
    unpaid: 'Everything in it is kept. Pay, and it starts again with a whole new term.',
    paused: 'The paid time runs on while it is paused.',
    stopped: 'A payment does not start it. Ask the operator.',
    deleted: 'It is gone for good.',
  } satisfies Record<TermState, string>,
  until: 'Paid until',
  renew: {
    title: 'Add time',
    phone: 'Mobile number for PayApp',
    phoneHint: 'Used for this payment and not stored.',
    submit: (price: string) => `Pay ${price}`,
    submitting: 'Preparing the payment page…',
    note: 'You pay at PayApp. The time is added when the payment has come, once.',
    mayNot: 'Owners and billing members can add time.',
  },
  plan: {
    title: 'Plan',
    line: (gigabytes: number, price: string) => `${gigabytes} GB of memory, ${price} a month`,
    next: (name: string, price: string) => `From the next renewal on: ${name}, ${price} a month.`,
    keep: (name: string) => `Keep ${name} after all`,
    other: 'Another plan',
    now: 'At once',
    nowText: 'You pay the difference for the time that is left.',
    ask: 'See what it costs now',
    asking: 'Counting…',
    price: (price: string, until: string) => `You pay ${price} once, for the time until ${until}.`,
    rule: 'That is the difference between both plans for the days that are left of what you have paid, rounded down to 10 won.',
    then: (price: string) => `From the next renewal on it costs ${price} a month.`,
    restarts:
      'When the payment has come, the runtime starts anew with more memory: it is away for a minute or two and is then checked from the beginning. Conversations, files and your Codex login stay.',
    note: 'You pay at PayApp. If the payment comes after the paid time has ended, or twice, you get it back.',
    later: 'From the next renewal on',
    laterLarger:
      'Costs nothing now. It begins where the next term begins, and that term has the new price.',
    laterSmaller:
      'Costs nothing, and nothing is paid back for the time that is left: until then everything stays as it is. The next term has the new price and less memory.',
    choose: (name: string) => `${name} from the next renewal on`,
    chosen: 'Chosen already',
    mayNot: 'Owners and billing members can change the plan.',
  },
  open: {
    title: 'A renewal is ready to be paid',
    text: (price: string) => `${price}, to be paid at PayApp.`,
    pay: 'Go to the payment page',
    other: 'Choose another term',
  },
  dates: {
    title: 'If nobody pays',
    lede: 'Every date is for your runtime. A payment at any point ends this; what is late moves what follows, never the other way.',
    when: 'When',
    what: 'What happens',
    past: 'past',
    events: {
      reminders: 'Reminders by e-mail, 7, 3 and 1 days before',
      end: 'The paid time ends. It runs on for 7 days.',
      suspension: 'It is stopped. Its data is kept for 14 days.',
      first_warning: 'First warning that it will be deleted',
      second_warning: 'Second warning',
      deletion: 'It is deleted, but only if both warnings went out.',
    } satisfies Record<TermEvent, string>,
  },
};
export type TermCopy = typeof term;
