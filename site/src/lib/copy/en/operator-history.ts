/** English: an order's history as the operator reads it; the customer's words are used where they fit. */
import type { AuditWord, FileEntry, HistoryPart } from '#lib/flow/operator-history.ts';

export const fileHistory = {
  actors: { account: 'account', console: 'Appwrite console' } satisfies Partial<
    Record<FileEntry['actor'], string>
  >,
  parts: {
    order: 'of the order',
    runtime: 'of its runtime',
    audit: 'of its refunds',
    operator: 'of what operators did with it',
  } satisfies Record<HistoryPart, string>,
  unbroken: 'Checked: every entry follows from the one before it.',
  broken: (part: string, sequence: number) =>
    `The history ${part} does not hold from entry ${sequence} on: an entry was changed, moved or taken out by somebody who can write to the database.`,
  words: {
    'refund.cancelling': 'Refund: PayApp is asked to cancel the payment',
    'refund.requesting': 'Refund: PayApp is asked to pay it out',
    'refund.requested': 'Refund: PayApp took the request',
    'refund.unknown': 'Refund: PayApp did not say how it ended',
    'refund.done': 'Refund: the money went back',
    'refund.refused': 'Refund: PayApp refused',
    'refund.settled_refunded': 'Refund settled by hand: the money went back',
    'refund.settled_not_refunded': 'Refund settled by hand: the money did not go back',
    'operator.retry': 'Operator: tried again',
    'operator.redeploy': 'Operator: asked for a new deployment',
    'operator.restart': 'Operator: restarted its containers',
    'operator.suspend': 'Operator: suspended it',
    'operator.resume': 'Operator: resumed it',
    'operator.give_time': 'Operator: gave it time',
    'operator.update_now': 'Operator: asked for its update at once',
    'operator.roll_back': 'Operator: took its update back',
    'operator.delete': 'Operator: asked for its removal',
    'operator.declare_gone': 'Operator: answers for its deletion',
  } satisfies Record<AuditWord, string>,
};
