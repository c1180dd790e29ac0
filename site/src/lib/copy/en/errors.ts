/** English texts of every failure: what happened, then what helps. */
import type { FailureCode } from '#lib/api/failure.ts';
import { codexErrors } from './codex-errors.ts';
import type { CodexErrorCode } from './codex-errors.ts';
import type { ErrorText } from './error-text.ts';
import { membersErrors } from './members-errors.ts';
import { operatorErrors } from './operator-errors.ts';

export type { ErrorText };

export const errors = {
  body_invalid: {
    cause: 'Something in the form was not accepted.',
    next: 'Check the fields and send it again.',
  },
  not_signed_in: { cause: 'You are not signed in.', next: 'Log in and repeat the step.' },
  not_allowed: {
    cause: 'Your account may not do this.',
    next: 'If you think it should, ask the operator.',
  },
  not_found: {
    cause: 'This no longer exists, or never did.',
    next: 'Reload the page to see what is there now.',
  },
  stale_revision: {
    cause: 'Something changed since you opened this page.',
    next: 'We have loaded the newest state. Look at it and try again.',
  },
  too_many_requests: {
    cause: 'Too many attempts in a short time.',
    next: 'Wait a minute, then try again.',
  },
  store_unavailable: {
    cause: 'Our database does not answer right now.',
    next: 'Nothing was changed. Try again in a moment.',
  },
  misconfigured: {
    cause: 'This installation is not set up completely.',
    next: 'Tell the operator; trying again will not help.',
  },
  internal: {
    cause: 'Something went wrong on our side.',
    next: 'Try again. If it stays, send the reference to the operator.',
  },
  invite_unknown: {
    cause: 'This invite token is not known.',
    next: 'Copy the whole token once more, or ask the operator for a new one.',
  },
  invite_used: {
    cause: 'This invite has already been used.',
    next: 'If that was you, log in. Otherwise ask the operator for a new invite.',
  },
  invite_expired: {
    cause: 'This invite has expired.',
    next: 'Ask the operator for a new one.',
  },
  invite_revoked: {
    cause: 'This invite was withdrawn.',
    next: 'Ask the operator for a new one.',
  },
  invite_email_mismatch: {
    cause: 'This invite belongs to another e-mail address.',
    next: 'Use the address the invite was sent to, or ask the operator.',
  },
  email_taken: {
    cause: 'An account with this e-mail exists already.',
    next: 'Log in instead.',
  },
  password_weak: {
    cause: 'This password is too easy to guess.',
    next: 'Use at least 8 characters, not your e-mail and not a common word.',
  },
  password_wrong: {
    cause: 'This is not your password.',
    next: 'Type the password you sign in with now.',
  },
  account_runtime_left: {
    cause: 'A workspace that only you own still has a runtime.',
    next: 'Ask the operator to delete the runtime, or make somebody else an owner; then delete the account.',
  },
  account_order_open: {
    cause: 'A workspace that only you own has an order whose money is still moving.',
    next: 'Cancel the order, or wait until it is paid or refunded; then delete the account.',
  },
  account_members_left: {
    cause: 'Others are in a workspace that only you own.',
    next: 'Make one of them an owner, or take them out; then delete the account.',
  },
  subdomain_invalid: {
    cause: 'This cannot be a subdomain.',
    next: 'Use small letters, digits and hyphens; start and end with a letter or digit.',
  },
  subdomain_reserved: {
    cause: 'This name is reserved.',
    next: 'Choose another one.',
  },
  subdomain_taken: {
    cause: 'This name belongs to another workspace.',
    next: 'Choose another one.',
  },
  workspace_unknown: {
    cause: 'You are not a member of this workspace, or it is gone.',
    next: 'Choose one from the list.',
  },
  plan_unknown: { cause: 'This plan is not sold.', next: 'Reload the page and choose again.' },
  phone_invalid: {
    cause: 'This is not a Korean mobile number.',
    next: 'Type it like 010-1234-5678.',
  },
  order_unknown: {
    cause: 'This order is not known.',
    next: 'Reload the page to see your orders.',
  },
  runtime_not_renewable: {
    cause: 'This runtime is gone, or its own payment was refunded.',
    next: 'Order a new runtime.',
  },
  renewal_too_early: {
    cause: 'This runtime is paid for more than two years ahead.',
    next: 'Renew it later.',
  },
  plan_not_larger: {
    cause: 'Only a larger plan can begin at once.',
    next: 'Choose this one from the next renewal on.',
  },
  plan_change_too_small: {
    cause: 'Too little of the paid time is left for a payment.',
    next: 'Choose the plan from the next renewal on; until then nothing changes.',
  },
  autopay_off: {
    cause: 'Automatic renewal is not offered here.',
    next: 'Pay for more time by hand; you are reminded before the end.',
  },
  autopay_unknown: {
    cause: 'There is no such automatic renewal.',
    next: 'Reload the page to see what there is.',
  },
  autopay_over: {
    cause: 'This automatic renewal has stopped already.',
    next: 'Reload the page; you can begin a new one there.',
  },
  plan_no_room: {
    cause: 'The server of this runtime has less memory for each runtime than this plan needs.',
    next: 'Write to the operator, who can tell you what is possible.',
  },
  order_not_payable: {
    cause: 'This order can no longer be paid.',
    next: 'Open a new order for the runtime.',
  },
  order_already_paid: {
    cause: 'This order is paid already.',
    next: 'Do not pay again. Its state is shown here.',
  },
  order_not_cancellable: {
    cause: 'This order can no longer be cancelled.',
    next: 'If it was paid by mistake, write to the operator.',
  },
  payment_provider_unavailable: {
    cause: 'PayApp does not answer right now.',
    next: 'Nothing was charged. Try again in a moment.',
  },
  payment_request_unknown: {
    cause: 'PayApp did not say whether it made the payment page.',
    next: 'Ask for a new one: it replaces the old one, so you cannot pay twice.',
  },
  payment_request_refused: {
    cause: 'PayApp refused to make a payment page.',
    next: 'The operator has to look at it.',
  },
  payment_feedback_unreachable: {
    cause: 'PayApp cannot reach us to report payments.',
    next: 'Nothing was charged. Try again later.',
  },
  payment_not_permitted: {
    cause: 'The shop account at PayApp may not take this payment.',
    next: 'The operator has to look at it.',
  },
  payment_credentials_refused: {
    cause: 'PayApp does not accept our seller account.',
    next: 'Nothing was charged. The operator has to correct it.',
  },
  payment_request_invalid: {
    cause: 'PayApp did not accept what we asked for.',
    next: 'Nothing was charged. Check your phone number; if it is right, the operator has to look at it.',
  },
  payment_not_https: {
    cause: 'PayApp refused the way we called it.',
    next: 'Nothing was charged. The operator has to correct it.',
  },
  payment_command_unknown: {
    cause: 'PayApp does not know what we asked for.',
    next: 'Nothing was charged. The operator has to correct it.',
  },
  payment_transport_failed: {
    cause: 'The connection to PayApp broke off, so a payment page may or may not exist.',
    next: 'Ask for a new one: it replaces the other, so you cannot pay twice.',
  },
  payment_answer_unreadable: {
    cause: 'PayApp answered with something we cannot read, so a payment page may or may not exist.',
    next: 'Ask for a new one: it replaces the other, so you cannot pay twice.',
  },
  payment_answer_incomplete: {
    cause: 'PayApp made a payment page but did not say where it is.',
    next: 'Ask for a new one: it replaces the other, so you cannot pay twice.',
  },
  refund_not_allowed: {
    cause: 'This order cannot be refunded as it stands.',
    next: 'Look at its state and history; the operator can tell you more.',
  },
  refund_window_over: {
    cause: 'The seven days to give this order back are over.',
    next: 'The operator can still refund it.',
  },
  refund_renewal_begun: {
    cause: 'The time this payment bought has begun.',
    next: 'It cannot be given back here; the operator can still refund it.',
  },
  refund_runtime_was_ready: {
    cause: 'The runtime of this order was ready once.',
    next: 'It cannot be given back here; the operator can still refund it.',
  },
  refund_amount_invalid: {
    cause: 'This amount cannot be refunded.',
    next: 'Give whole won, at least 1 and at most what is left of the payment.',
  },
  refund_confirmation_mismatch: {
    cause: 'The typed order number is not the one of this order.',
    next: 'Type it exactly as shown; nothing was refunded.',
  },
  refund_in_progress: {
    cause: 'Another refund of this payment is not settled yet.',
    next: 'Wait until it is; no second one was asked for.',
  },
  refund_unknown: {
    cause: 'PayApp did not answer, so the refund may or may not have happened.',
    next: 'It is not asked for again by itself: PayApp’s notice or the operator settles it.',
  },
  refund_refused: {
    cause: 'PayApp refused the refund.',
    next: 'Nothing went back yet. The operator has been told and takes care of it.',
  },
  runtime_unknown: {
    cause: 'This runtime is not known.',
    next: 'Choose one from the list.',
  },
  runtime_not_running: {
    cause: 'The runtime is not running yet.',
    next: 'Wait until it runs; this page follows it.',
  },
  runtime_not_verified: {
    cause: 'The runtime has not been verified yet.',
    next: 'Verification comes first; then try this again.',
  },
  codex_not_linked: {
    cause: 'No Codex login is linked to the runtime.',
    next: 'Finish step 5 first.',
  },
  codex_busy: {
    cause: 'Another Codex login is open on this runtime.',
    next: 'Finish it, or try again in a minute.',
  },
  smoke_busy: {
    cause: 'A smoke is running already.',
    next: 'Wait for its result.',
  },
  update_busy: {
    cause: 'This runtime is being updated.',
    next: 'Wait until it is done; that takes a few minutes.',
  },
  restart_busy: {
    cause: 'This runtime is restarting already.',
    next: 'Wait until it answers again; that takes about half a minute.',
  },
  server_busy: {
    cause: 'The server of this runtime is making a backup of another one.',
    next: 'Try again in a few minutes: it proves one backup at a time.',
  },
  runtime_not_paused: {
    cause: 'This runtime is not paused by its workspace.',
    next: 'Reload the page. Where a payment is missing, a payment starts it; where the operator stopped it, write to the operator.',
  },
  export_not_possible: {
    cause: 'There is nothing to export: this runtime was never set up, or it is deleted.',
    next: 'If that cannot be, write to the operator.',
  },
  export_limit: {
    cause:
      'The export of a stopped runtime can be opened three times a day, and that has been done.',
    next: 'Try again tomorrow (from 09:00 Korean time). Nothing is deleted sooner because of it.',
  },
  runtime_leaving: {
    cause: 'An owner is deleting this runtime.',
    next: 'Until its date an owner can keep it, on the page of the runtime; after that it is gone.',
  },
  runtime_not_leaving: {
    cause: 'This runtime is not being deleted, or it is too late to keep it.',
    next: 'Reload the page to see how it stands.',
  },
  agent_unreachable: {
    cause: 'The runtime does not answer right now.',
    next: 'It may be restarting. Try again in a moment.',
  },
  agent_refused: {
    cause: 'The runtime refused the request.',
    next: 'The operator has to look at it.',
  },
  ...membersErrors,
  ...operatorErrors,
  network_unreachable: {
    cause: 'The server could not be reached.',
    next: 'Check your connection, then try again.',
  },
  answer_late: {
    cause: 'The answer took too long.',
    next: 'It may still have worked: look at the state on this page before you try again.',
  },
  answer_invalid: {
    cause: 'The server answered something this page does not understand.',
    next: 'Reload the page. If it stays, tell the operator.',
  },
  session_lost: {
    cause: 'Your session has ended.',
    next: 'Log in again; the page opens at the same step.',
  },
  credentials_wrong: {
    cause: 'E-mail and password do not match.',
    next: 'Check both and try again.',
  },
  password_short: {
    cause: 'A password has at least 8 characters.',
    next: 'Choose a longer one.',
  },
  password_recently_used: {
    cause: 'You have used this password not long ago.',
    next: 'Choose one that is new.',
  },
  account_blocked: {
    cause: 'This account is blocked.',
    next: 'Ask the operator.',
  },
  unknown: {
    cause: 'Something went wrong that this page has no words for.',
    next: 'Try again. If it stays, send the code below to the operator.',
  },
} satisfies Record<FailureCode, ErrorText>;

export const errorsCopy = {
  errors,
  codexErrors,
  agentUnreachable: {
    cause: 'Your runtime did not answer in time.',
    next: 'We look whether the login arrived. If it did not, send it again.',
  },
};
export type ErrorsCopy = {
  readonly errors: Readonly<Record<FailureCode, ErrorText>>;
  readonly codexErrors: Readonly<Record<CodexErrorCode, ErrorText>>;
  readonly agentUnreachable: ErrorText;
};
