/** Flow scenes beyond their rows: what this browser has begun, and who looks. */
import type { AgentErrorCode } from '#schemas/contract/agent.ts';
import type { WorkspaceRole } from '#schemas/contract/vocabulary.ts';
import type { FlowInput } from '../flow/steps.ts';
import type { Ways } from '../state/ways.ts';
import { gallery } from './fixtures.ts';
import { manyScenes } from './many.ts';

export interface FlowScene {
  readonly input: FlowInput;
  /** Brings what a customer does with the runtime into a state. */
  readonly begin?: (ways: Ways) => void;
  /** What the looker is; an owner unless it is said. */
  readonly role?: WorkspaceRole;
  /** By workspace, where the looker is not the same everywhere. */
  readonly roles?: Readonly<Record<string, WorkspaceRole>>;
  readonly failed?: boolean;
  readonly returned?: boolean;
  readonly unknownOrder?: boolean;
}

const rowsOf = (name: string): FlowInput => {
  const input = gallery[name];
  if (input === undefined) throw new Error(`There are no rows named ${name}.`);
  return input;
};

const minuteMs = 60_000;
const attemptFixture = (leftMs: number) => ({
  attemptId: 'attempt-1',
  authorizeUrl: 'https://auth.openai.com/oauth/authorize?state=0f1e2d3c4b5a6978',
  expiresAt: new Date(Date.now() + leftMs).toISOString(),
});
const codeFixture = () => ({
  attemptId: 'attempt-2',
  verificationUrl: 'https://auth.openai.com/codex/device',
  userCode: 'HJ4K-9WQ2P',
  expiresAtMs: Date.now() + 14 * minuteMs,
});

const pasteScene = (code: Parameters<typeof setProblem>[1] | null): FlowScene => ({
  input: rowsOf('linking'),
  begin: (ways) => {
    ways.login.attempt = attemptFixture(24 * minuteMs);
    if (code !== null) setProblem(ways, code);
  },
});
const setProblem = (ways: Ways, code: NonNullable<Problem>): void => {
  ways.login.problem = { kind: 'agent', code, retryable: false };
};
type Problem = Extract<Ways['login']['problem'], { kind: 'agent' }>['code'];

/** Refused before it was sent, or by the agent: the login stays open. */
const pasted = [
  'codex_callback_empty',
  'codex_pasted_authorize_url',
  'codex_callback_malformed',
  'codex_callback_wrong_host',
  'codex_callback_truncated',
  'codex_wrong_attempt',
  'codex_access_denied',
  'codex_login_error',
  'ticket_expired',
] as const satisfies readonly Problem[];

/** The login is over: a new one has to be started. */
const ended = [
  'codex_attempt_unknown',
  'codex_attempt_expired',
  'codex_code_rejected',
  'codex_unsupported_region',
  'codex_blocked',
  'codex_rate_limited',
  'codex_upstream_unavailable',
  'gateway_refused',
] as const satisfies readonly AgentErrorCode[];

const deviceRefused = ['codex_device_disabled', 'codex_busy'] as const;

const scenesOf = <K extends string>(
  names: readonly K[],
  make: (name: K) => FlowScene,
): Record<string, FlowScene> => Object.fromEntries(names.map((name) => [name, make(name)]));

export const flowScenes: Readonly<Record<string, FlowScene>> = {
  ...Object.fromEntries(Object.entries(gallery).map(([name, input]) => [name, { input }])),
  ...manyScenes,
  offline: { input: rowsOf('ready'), failed: true },
  'order-returned': { input: rowsOf('order-awaiting_payment'), returned: true },
  'order-unknown': { input: rowsOf('checkout-idle'), unknownOrder: true },
  'ready-member': { input: rowsOf('ready'), role: 'member' },
  'ready-billing': { input: rowsOf('ready'), role: 'billing' },
  'checkout-member': { input: rowsOf('checkout-idle'), role: 'member' },
  'order-member': { input: rowsOf('order-awaiting_payment'), role: 'member' },
  'codex-billing': { input: rowsOf('auth-required'), role: 'billing' },
  'verify-billing': { input: rowsOf('verify-failed'), role: 'billing' },
  'smoke-billing': { input: rowsOf('smoke-required'), role: 'billing' },
  'paste-open': pasteScene(null),
  'paste-out-of-time': {
    input: rowsOf('auth-required'),
    begin: ({ login }) => (login.attempt = attemptFixture(-minuteMs)),
  },
  'paste-unreachable': {
    input: rowsOf('linking'),
    begin: ({ login }) => {
      login.attempt = attemptFixture(20 * minuteMs);
      login.problem = { kind: 'unreachable' };
    },
  },
  'paste-linked': { input: rowsOf('linking'), begin: ({ login }) => (login.linked = true) },
  ...scenesOf(pasted, pasteScene),
  ...scenesOf(ended, (code) => ({
    input: rowsOf('auth-required'),
    begin: (ways) => setProblem(ways, code),
  })),
  'device-code': { input: rowsOf('linking'), begin: ({ device }) => (device.code = codeFixture()) },
  'device-ended': { input: rowsOf('auth-required'), begin: ({ device }) => (device.end = 'ended') },
  'device-expired': {
    input: rowsOf('auth-required'),
    begin: ({ device }) => (device.end = 'expired'),
  },
  ...scenesOf(deviceRefused, (code) => ({
    input: rowsOf('auth-required'),
    begin: ({ device }) => (device.problem = { kind: 'agent', code, retryable: false }),
  })),
  'enter-failed': {
    input: rowsOf('ready'),
    begin: ({ entrance }) => {
      entrance.asking.failure = {
        code: 'agent_unreachable',
        retryable: true,
        correlationId: 'c-1',
      };
    },
  },
};
