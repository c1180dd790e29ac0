/** Who acts next about a failure; comes with the words for it. */
import type { Actor } from '#schemas/contract/vocabulary.ts';
import type { FailureCode } from './failure.ts';

const operatorActs: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'misconfigured',
  'payment_request_refused',
  'payment_not_permitted',
  'payment_credentials_refused',
  'payment_request_invalid',
  'payment_not_https',
  'payment_command_unknown',
  'refund_not_allowed',
  'refund_window_over',
  'refund_runtime_was_ready',
  'refund_unknown',
  'refund_refused',
  'agent_refused',
  'invite_unknown',
  'invite_used',
  'invite_expired',
  'invite_revoked',
  'invite_email_mismatch',
  'account_blocked',
  'not_allowed',
  'answer_invalid',
]);
const systemActs: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'store_unavailable',
  'internal',
  'payment_provider_unavailable',
  'payment_feedback_unreachable',
  'refund_in_progress',
  'runtime_not_running',
  'runtime_not_verified',
  'agent_unreachable',
  'deployer_unreachable',
]);

/** Who has to do the next thing about it. */
export const actorFor = (code: FailureCode): Actor => {
  if (operatorActs.has(code)) return 'operator';
  return systemActs.has(code) ? 'system' : 'customer';
};
