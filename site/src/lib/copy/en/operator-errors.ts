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
} satisfies Record<string, ErrorText>;

export type OperatorErrorCode = keyof typeof operatorErrors;
