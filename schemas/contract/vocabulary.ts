/** Words that rows, functions and pages share. Lists are closed; a new word is a line in an ADR. */

export const orderStates = [
  'draft',
  'awaiting_payment',
  'waiting_deposit',
  'paid',
  'fulfilled',
  'payment_failed',
  'cancelled',
  'expired',
  'refund_due',
  'refund_requested',
  'refunded',
  'partially_refunded',
] as const;
export type OrderState = (typeof orderStates)[number];

export const runtimeStatuses = [
  'provisioning',
  'running',
  'auth_required',
  'linking',
  'ready',
  'degraded',
  'failed',
  'suspended',
  'deleting',
  'deleted',
] as const;
export type RuntimeStatus = (typeof runtimeStatuses)[number];

export const desiredStates = ['running', 'suspended', 'deleted'] as const;
export type DesiredState = (typeof desiredStates)[number];

/** What is true of a runtime, in the order a customer meets it. */
export const conditionTypes = [
  'paid',
  'deployed',
  'reachable',
  'verified',
  'codex_linked',
  'smoke_passed',
] as const;
export type ConditionType = (typeof conditionTypes)[number];

export const conditionValues = ['true', 'false', 'unknown'] as const;

/** Who has to do the next thing. */
export const actors = ['customer', 'system', 'operator', 'none'] as const;
export type Actor = (typeof actors)[number];

/** Why a condition is as it is. Each has a text in the site's copy. */
export const reasonCodes = [
  'ok',
  'not_started',
  'in_progress',
  'waiting_payment',
  'deploy_queued',
  'deploy_running',
  'deploy_failed',
  'deploy_lost',
  'deployer_unreachable',
  'deployer_refused',
  'agent_unreachable',
  'agent_refused',
  'gateway_starting',
  'gateway_unreachable',
  'verify_failed',
  'login_missing',
  'login_in_progress',
  'login_expired',
  'smoke_not_run',
  'smoke_running',
  'smoke_failed',
  'smoke_outdated',
  'retries_exhausted',
  'suspended',
  'deleted',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

export const taskKinds = [
  'refund_due',
  'amount_mismatch',
  'duplicate_payment',
  'unverified_notice',
  'orphan_notice',
  'partial_refund',
  'missing_feedback',
  'provisioning_stuck',
] as const;
export type TaskKind = (typeof taskKinds)[number];

export const locales = ['ko', 'en'] as const;
export type Locale = (typeof locales)[number];
