/** English: the operator page. */
import type { RefundStep } from '#schemas/contract/vocabulary.ts';
import { billing } from './operator-billing.ts';
import { compose } from './operator-runtimes.ts';
import { fileHistory } from './operator-history.ts';
import { overview } from './operator-overview.ts';
import { fleet } from './operator-fleet.ts';
import { servers } from './operator-servers.ts';
import { updates } from './operator-updates.ts';
import { details, tasks } from './operator-tasks.ts';

export const operator = {
  kicker: 'Operator Bridge',
  title: 'OpenClaw Operation Controls',
  denied: 'This page is for operators. Your account is not one.',
  signIn: 'Log in as an operator to use this page.',
  refresh: 'Refresh',
  loading: 'Loading…',
  invites: {
    title: 'Invites',
    lede: 'An invite makes one account, once. Its token is shown one time, here.',
    email: 'Only for this e-mail (optional)',
    note: 'Note (optional)',
    days: 'Valid for days',
    create: 'Create invite',
    created: 'New invite: copy it now, it is not shown again.',
    createdMany: (count: number) =>
      `${count} new invites: copy them now, they are not shown again.`,
    many: 'Many at once',
    emails: 'E-mails, one a line (empty = open invites)',
    count: 'How many open invites',
    createMany: 'Create invites',
    copyAll: 'Copy all links',
    copyLink: 'Copy the link',
    copyToken: 'Copy the token',
    revoke: 'Revoke',
    empty: 'No invites yet.',
    columns: {
      note: 'Note',
      email: 'E-mail',
      state: 'State',
      created: 'Created',
      expires: 'Expires',
      action: 'Action',
    },
    states: { open: 'open', used: 'used', expired: 'expired', revoked: 'revoked' },
    more: 'Show more',
  },
  overview,
  fleet,
  servers,
  updates,
  compose,
  deployments: {
    title: 'Recent Deployments',
    empty: 'No deployment data yet.',
    columns: {
      id: 'Deployment ID',
      status: 'Status',
      created: 'Created',
      updated: 'Updated',
      logPath: 'Log Path',
      error: 'Error',
    },
  },
  billing,
  orders: {
    title: 'Orders',
    lede: 'Find an order, see what became of its money, give it back in full or in part.',
    id: 'Order number',
    state: 'State',
    anyState: 'Any state',
    find: 'Find',
    empty: 'No such order.',
    more: 'Show more',
    open: 'Open',
    close: 'Close',
    columns: {
      order: 'Order',
      runtime: 'Runtime',
      state: 'State',
      amount: 'Amount',
      created: 'Ordered',
      action: 'Action',
    },
    facts: {
      price: 'Price',
      vat: (supply: string, vat: string) => `supply ${supply} + VAT ${vat}`,
      paid: 'Arrived',
      refunded: 'Refunded',
      left: 'Left',
      method: 'Paid with',
      payment: 'PayApp request',
      paidAt: 'Paid',
      promised: 'Runtime promised by',
      workspace: 'Workspace',
      failure: 'Last failure',
      receipt: 'Receipt',
      never: 'nothing',
    },
    history: fileHistory,
    refunds: 'Refunds',
    noRefunds: 'No refund was asked for.',
    refundColumns: {
      no: 'No.',
      payment: 'Payment',
      amount: 'Amount',
      step: 'Step',
      by: 'Asked by',
      at: 'Time',
      action: 'Action',
    },
    steps: {
      cancelling: 'cancellation being asked for',
      requesting: 'request being made',
      requested: 'asked for, not refunded yet',
      unknown: 'end unknown: look at PayApp',
      done: 'refunded',
      refused: 'refused by PayApp',
    } satisfies Record<RefundStep, string>,
    by: { customer: 'customer', operator: 'operator', system: 'by itself' },
    refund: {
      open: 'Refund…',
      title: 'Refund this order',
      warning:
        'PayApp moves real money. A full refund also stops the runtime of this order. It cannot be taken back.',
      how: 'How much',
      full: (left: string) => `All that is left: ${left}`,
      fullOther: 'All of that payment',
      part: 'A part',
      amount: 'Amount in won',
      reason: 'Reason',
      reasonHint: 'Kept with the order and given to PayApp.',
      other: 'Another payment (PayApp request number, optional)',
      otherHint:
        'Only for a payment that is not the order’s own, such as a second one. Always in full.',
      confirmation: (id: string) => `Type the order number to confirm: ${id}`,
      submit: 'Refund',
      submitting: 'Asking PayApp…',
      back: 'Back',
      cancelled:
        'PayApp has cancelled the payment: the money goes back. The order follows with PayApp’s notice.',
      requested:
        'Asked for, not refunded: PayApp pays it out after the amount below has been paid in. The order stays in refund_requested until PayApp’s notice.',
      payback: { account: 'Pay into', amount: 'Amount', depositor: 'Depositor name' },
    },
    settle: {
      open: 'Settle…',
      title: 'How did this refund end?',
      warning:
        'Look at PayApp’s seller page first. What you say here is written down as the truth.',
      refunded: 'The money went back',
      notRefunded: 'The money did not go back',
      submit: 'Write it down',
    },
  },
  tasks,
  details,
  runbook: {
    title: 'Runbook',
    lede: 'Hosted Dedicated self-serve stays in the public flow above. Operator-only Dokploy operations remain here for recovery, deployment inspection, and legacy tenant billing lookup.',
    steps: [
      'A runtime is stuck: look at its compose status and its newest deployment. The reconciler tries again by itself; a task appears when it gives up.',
      'Paid, but no runtime: find the order above. It is tried again by itself and cancelled in the end; refund it here if that is too late. What PayApp left open is settled by what its seller page says.',
      'A customer cannot sign up: look at the invite’s state, and create a new one if it is used or expired.',
    ],
  },
};
export type OperatorCopy = typeof operator;
