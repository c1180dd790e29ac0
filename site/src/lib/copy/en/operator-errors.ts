/** English: failures only an operator meets. */
import type { ErrorText } from './errors.ts';

export const operatorErrors = {
  deployer_unreachable: {
    cause: 'Dokploy does not answer right now.',
    next: 'Try again in a moment.',
  },
  tenant_unknown: {
    cause: 'No billing document for this tenant.',
    next: 'Check the id.',
  },
  task_unknown: {
    cause: 'There is no such task.',
    next: 'Refresh the list.',
  },
  server_in_use: {
    cause: 'Runtimes are placed on this server, so where it is cannot change.',
    next: 'Add the other machine as a server of its own and drain this one.',
  },
  runtime_paid: {
    cause: 'This runtime is paid for.',
    next: 'Refund its order first; that suspends it.',
  },
  confirmation_mismatch: {
    cause: 'The confirmation does not match.',
    next: 'Type the id exactly as it is shown.',
  },
  action_not_possible: {
    cause: 'This cannot be done with the runtime as it stands.',
    next: 'Refresh: it may have changed.',
  },
  runtime_not_paid: {
    cause: 'Nobody pays for this runtime, so it is not started again.',
    next: 'The customer has to order anew.',
  },
  deployment_unknown: {
    cause: 'There is no such deployment.',
    next: 'Refresh the list.',
  },
  version_too_old: {
    cause: 'That version is older than what the ring has, or than the lowest safe one.',
    next: 'An update never goes back. Name a newer version, or take single runtimes back.',
  },
  floor_above_target: {
    cause: 'The first ring has no target that is this new, so nobody could get there.',
    next: 'Give the canary ring a target of at least this version first.',
  },
  document_unknown: {
    cause: 'There is no such billing document.',
    next: 'Look the tenant up again.',
  },
  document_not_due: {
    cause: 'This document is paid or void.',
    next: 'Nothing is to be paid for it; look the tenant up again.',
  },
  billing_link_open: {
    cause: 'This document has a link that can still be paid.',
    next: 'Use that link, or cancel it first.',
  },
  billing_request_unknown: {
    cause: 'There is no such pay link.',
    next: 'Look the tenant up again.',
  },
  billing_not_cancellable: {
    cause: 'This link is not open any more.',
    next: 'Look the tenant up again.',
  },
  billing_possibly_paid: {
    cause: 'PayApp does not cancel this link: it may be paid.',
    next: 'Wait a minute for PayApp’s notice, then look at its seller page.',
  },
  import_unreadable: {
    cause: 'This is neither CSV with its header nor JSON records.',
    next: 'Check the file: the columns documentId, tenantId, name and amountKrw must be there.',
  },
} satisfies Record<string, ErrorText>;

export type OperatorErrorCode = keyof typeof operatorErrors;
