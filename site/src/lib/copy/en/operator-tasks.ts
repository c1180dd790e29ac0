/** English: what waits for a person, and what to do about it. */
import type { TaskKind } from '#schemas/contract/vocabulary.ts';
import type { DetailKey } from '#lib/flow/detail.ts';

export const tasks = {
  title: 'Tasks',
  lede: 'What a person has to decide. Each says what to do; nothing here closes by itself.',
  empty: 'Nothing to decide.',
  since: 'since',
  done: 'Done…',
  showOrder: 'Show its order',
  close: {
    title: 'Is this done?',
    lede: 'The task leaves the list and is not raised again for the same thing.',
    note: 'What you did (optional)',
    noteHint: 'Kept in the function’s log beside your account.',
    submit: 'Yes, it is done',
    submitting: 'Closing…',
    back: 'Back',
  },
  closed: (kind: string, subject: string) => `Done: ${kind} (${subject})`,
  kinds: {
    refund_due: 'Refund due',
    amount_mismatch: 'Amount does not match',
    duplicate_payment: 'Paid twice',
    unverified_notice: 'Notice that could not be verified',
    orphan_notice: 'Notice without an order',
    partial_refund: 'Partial refund',
    missing_feedback: 'Payment without a notice',
    provisioning_stuck: 'Setting up is stuck',
    refund_payback: 'Refund to be paid in at PayApp',
    refund_unknown: 'Refund with unknown end',
    refund_refused: 'Refund refused by PayApp',
    unexpected_refund: 'Refund nobody here asked for',
    notice_set_aside: 'Notice set aside',
    runtime_unpaid: 'Runtime without a payment',
    payment_without_runtime: 'Payment without a runtime',
    payment_provider_refused: 'PayApp refuses us',
    no_capacity: 'No server has room',
    server_lost: 'Server out of reach',
    orphan_compose: 'Service without a runtime',
    compose_drift: 'Service changed behind our back',
    containers_left: 'Containers left behind',
    deletion_unproven: 'Deletion not proven',
    runtime_exposed: 'Runtime open to strangers',
    backup_overdue: 'No proven backup for three days',
    offsite_overdue: 'No copy in the customer’s bucket for three days',
    autopay_missed: 'Automatic payment not heard of',
    autopay_not_cancelled: 'Automatic payment not stopped at PayApp',
    autopay_unknown: 'Automatic payment of no agreement',
    billing_amount_mismatch: 'Legacy bill paid with another amount',
    billing_paid_again: 'Legacy bill paid once more',
    billing_money_returned: 'Legacy payment went back',
    message_undelivered: 'Notice not delivered',
    update_ring_stopped: 'Update stopped after failures',
    update_ring_waits: 'Update that nobody runs',
    update_stuck: 'Taken back, and not up again',
    update_blocked: 'Update without room',
    update_needed: 'Unsafe version, update taken back',
    feedback_keys_differ: 'PayApp uses other keys than ours',
  } satisfies Record<TaskKind, string>,
  advice: {
    refund_due: 'Open the order below and refund all that is left.',
    amount_mismatch:
      'Compare what arrived with the price in the order and give it back in full; it never opens a runtime.',
    duplicate_payment:
      'Refund the second payment from the order: its request number goes into “Another payment”.',
    unverified_notice:
      'Look the payment up on PayApp’s seller page. If it is real, this installation’s link keys are not PayApp’s; nothing was granted.',
    orphan_notice:
      'We have no such order. Find the payment on PayApp’s seller page and cancel it there if it belongs to nobody.',
    partial_refund:
      'A part went back. Decide whether the rest goes back too, and refund it from the order.',
    missing_feedback:
      'PayApp did not close this pay link, so it may be paid. Look at its seller page; if money came and the order does not say so, give it back there.',
    provisioning_stuck:
      'Look at its newest deployment and its server. It is tried again by itself; if it cannot be saved, refund the order.',
    refund_payback:
      'Pay the amount into the account named here; PayApp pays the customer only after that.',
    refund_unknown:
      'See on PayApp’s seller page how it ended, then open the order and press “Settle…”. Do not refund again before.',
    refund_refused:
      'See on PayApp’s seller page why, then refund again from the order or give the money back another way.',
    unexpected_refund:
      'Ask who cancelled this at PayApp. If nobody did, somebody knows the link keys: change them at once.',
    notice_set_aside:
      'It goes on being tried. Look for “notice.apply_failed” in the reconcile function’s log and compare the order with PayApp’s seller page.',
    runtime_unpaid:
      'See in its order’s history why nothing pays for it. Once it is suspended it can be removed under Compose Status.',
    payment_without_runtime:
      'It is paid and nothing will open its runtime by itself: refund the order in full.',
    payment_provider_refused:
      'Nobody can pay until this is removed: do what the advice from PayApp’s answer says.',
    no_capacity:
      'Add a server below, open one, or give one more slots. The runtime takes its place by itself.',
    server_lost:
      'See whether the machine is up and Dokploy reaches it. It takes no new runtimes until it answers; that is noticed within the hour.',
    orphan_compose:
      'Nothing here owns this service, so nothing here deletes it. Find out whose it is, then delete it in Dokploy.',
    compose_drift:
      'Somebody changed it in Dokploy: find out who. What is safe is put back by itself; one that was moved is not.',
    containers_left:
      'Dokploy has forgotten this service. Log in to its server and remove these containers by hand.',
    deletion_unproven:
      'Something of it is left, or nobody could look. Look on its server for containers and volumes of the project in the detail and remove them: it is looked for again by itself, and the receipt follows. Where the server is gone for good, answer for it on the page of the runtime.',
    runtime_exposed:
      'Close what the checks name: a published port, a second route, another server on this host. It is tried again by itself and handed over once it is closed.',
    backup_overdue:
      'The code in the detail says why. storage_full: make room on the server. proof_unavailable or proof_not_started: leave 1.3 GiB of its memory free of slots. Older backups are kept; it is tried again every day.',
    offsite_overdue:
      'Backups are made and proven, but do not get to the bucket that the customer gave; the code says why. Mostly it is theirs to mend (a key, a quota), and their page says so. bucket_unreachable: see whether this server reaches the provider.',
    autopay_missed:
      'Look the recurring payment up on PayApp’s seller page by its number. If money moved, resend its notice there, or give it back; if not, there is nothing to do: the customer was told and can pay by hand.',
    autopay_not_cancelled:
      'End the recurring payment on PayApp’s seller page by its number, or see there that it has ended. Charges that come all the same buy nothing and become a refund task.',
    autopay_unknown:
      'End the recurring payment with this number on PayApp’s seller page. Its money is in an order that waits for its refund.',
    billing_amount_mismatch:
      'The document is still due. Give the payment back on PayApp’s seller page and make a new link, or set the document right at its source and import it again.',
    billing_paid_again:
      'Money came for a document that is settled or void. Look the tenant up, then give this payment back on PayApp’s seller page.',
    billing_money_returned:
      'Ask who gave it back. A full return made the document due again; a part leaves it paid, so agree with the tenant on the rest.',
    message_undelivered:
      'See whether a messaging provider is enabled in Appwrite and takes our mail, or tell the customer another way. It goes on being tried for up to two weeks; nothing is deleted while the notice of it has not gone out.',
    update_ring_stopped:
      'Three runtimes of this ring went back to their old version; the others stay as they are. See under Updates why, then give the ring another version or resume it.',
    update_ring_waits:
      'Every runtime of this ring that could be updated went back to its old version, so the next ring does not begin. See under Updates why. Then update one of them by hand, or give the ring another version; if all of them were stopped since, resume it.',
    update_stuck:
      'The new version did not work, and the old one does not come up with the old state either. Look at its newest deployment; its copy of the state lies on its volume below .copies.',
    update_blocked:
      'Its server’s disk has no room for the copy of its state. Make room; the update begins by itself within the hour.',
    update_needed:
      'It runs on below the lowest safe version. See why the update went back; then press “Update now” for it, or give its ring another version.',
    feedback_keys_differ:
      'Payments are made and not counted. Compare 연동 KEY and VALUE on PayApp’s seller page with PAYAPP_LINKKEY and PAYAPP_LINKVAL, deploy, and look there for payments whose orders are still unpaid here. Close this then; it comes again while it goes on.',
  } satisfies Record<TaskKind, string>,
  /** A kind that a newer function writes. */
  noAdvice: 'This page is older than this task: reload it.',
};

/** Names in the details of tasks and of history entries. */
export const details = {
  mulNo: 'PayApp request',
  orderId: 'Order',
  orderState: 'Order’s state',
  runtimeId: 'Runtime',
  status: 'Status',
  promisedBy: 'Promised by',
  noticeId: 'Notice',
  payState: 'PayApp’s state',
  attempts: 'Attempts',
  code: 'Code',
  advice: 'Advice',
  refundNo: 'Refund no.',
  amountKrw: 'Amount',
  account: 'Pay into',
  depositor: 'Depositor name',
  reason: 'Reason',
  refund: 'Refund',
  refundedKrw: 'Refunded so far',
  revision: 'Revision',
  from: 'Before',
  title: 'Deployment',
  log: 'End of its log',
  drift: 'What differs',
  composeId: 'Dokploy service id',
  name: 'Service',
  serverId: 'Server',
  lostSince: 'Out of reach since',
  memoryMiB: 'Memory it needs',
  containers: 'Containers',
  checks: 'What is open',
  tenantId: 'Tenant',
  documentId: 'Document',
  paidKrw: 'Arrived',
  messageKind: 'Mail',
  workspaceId: 'Workspace',
} satisfies Record<DetailKey, string>;
