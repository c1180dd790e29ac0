/**
 * The words of the flow, apart from its rules: the first page shows the steps without reading a row,
 * so it must not load what reads rows.
 */
import type { OrderState, RuntimeStatus } from '#schemas/contract/vocabulary.ts';

export const stepKeys = ['account', 'workspace', 'checkout', 'runtime', 'codex', 'ready'] as const;
export type StepKey = (typeof stepKeys)[number];

/**
 * done: behind us. now: the customer's turn. working: ours. problem: stopped, with a way on.
 * next: not reachable yet.
 */
export type Phase = 'done' | 'now' | 'working' | 'problem' | 'next';

/** Words for the states; the first ones stand on the page the product is built from. */
export const stateWords = [
  'checking',
  'signed_out',
  'signed_in',
  'idle',
  'loading',
  'empty',
  'select_workspace',
  'selected',
  'select_runtime',
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
  'provisioning',
  'running',
  'verified',
  'verify_failed',
  'exposed',
  'auth_required',
  'linking',
  'linked',
  'login_expiring',
  'login_expired',
  'login_refused',
  'smoke_required',
  'smoke_running',
  'smoke_failed',
  'proving',
  'ready',
  'degraded',
  'failed',
  'suspended',
  'deleting',
  'deleted',
] as const satisfies readonly (OrderState | RuntimeStatus | (string & {}))[];
export type StateWord = (typeof stateWords)[number];

export interface StepView {
  readonly phase: Phase;
  readonly word: StateWord;
}

export type Session = 'checking' | 'signed_out' | 'signed_in';

/** As in the address bar. `runtime: 'new'` asks for the order form beside existing runtimes. */
export interface Selection {
  readonly workspaceId: string | null;
  readonly runtimeId: string | null;
}

export const newRuntime = 'new';
