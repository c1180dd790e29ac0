/**
 * Starting a Codex login, and the tickets with which the browser finishes it directly on the
 * tenant. Neither an authorization code nor a device code ever comes here: the one goes from the
 * browser to the agent, the other from the agent to the browser.
 */
import { ticketMaxLifeSeconds } from '#schemas/contract/agent.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Failure, Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { codexDevice, codexTicket, startCodex } from '#schemas/contract/runtimes.ts';
import type { Account } from '#ports/accounts.ts';
import type { AgentOutcome } from '#ports/runtime.ts';
import type { Stored } from '#ports/store.ts';
import type { RuntimesDeps } from './deps.ts';
import { handedOverTarget, runtimeFor, writeCommand } from './guard.ts';
import { passFor } from './pass.ts';

type CallbackTicket = ValueOf<typeof codexTicket>;

const mintCallback = async (
  deps: RuntimesDeps,
  row: Stored<'runtimes'>,
  bound: { readonly userId: string; readonly attemptId: string },
): Promise<CallbackTicket> => {
  const { endpoint, ticket, ticketExpiresAt } = await passFor(deps, row, {
    userId: bound.userId,
    scope: 'codex:callback',
    attempt: bound.attemptId,
    lifeSeconds: ticketMaxLifeSeconds,
  });
  return { callbackEndpoint: endpoint, callbackTicket: ticket, ticketExpiresAt };
};

/** Codes of the agent in the words of our own list. */
export const agentFailure = (
  outcome: Exclude<AgentOutcome<unknown>, { kind: 'ok' }>,
): { readonly ok: false; readonly error: Failure } => {
  if (outcome.kind === 'unreachable') return fail('agent_unreachable');
  switch (outcome.code) {
    case 'codex_busy':
      return fail('codex_busy');
    case 'smoke_busy':
      return fail('smoke_busy');
    case 'gateway_starting':
    case 'gateway_unreachable':
      return fail('runtime_not_running', { detail: outcome.code });
    default:
      return fail('agent_refused', { detail: outcome.code });
  }
};

export const openCodexLogin = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof startCodex>,
): Promise<Result<ValueOf<typeof startCodex>>> => {
  const target = await handedOverTarget(deps, caller, body);
  if (!target.ok) return target;
  const row = target.value;
  const started = await deps.agent.startCodex({ runtimeId: row.id, host: row.host });
  if (started.kind !== 'ok') return agentFailure(started);
  const { attemptId, authorizeUrl, expiresAtMs } = started.value;
  const ticket = await mintCallback(deps, row, { userId: caller.userId, attemptId });
  // Only a hint to look: the login stands on the tenant whatever becomes of this write.
  await writeCommand(deps, row, { nextCheckAt: deps.clock.now().toISOString() });
  deps.log.info('codex.login_started', { runtimeId: row.id, attemptId });
  const expiresAt = new Date(expiresAtMs).toISOString();
  return succeed({ attemptId, authorizeUrl, expiresAt, ...ticket });
};

export const renewCodexTicket = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof codexTicket>,
): Promise<Result<CallbackTicket>> => {
  const { runtimeId } = body;
  const found = await runtimeFor(deps, caller, { runtimeId, to: 'operate' });
  if (!found.ok) return found;
  const bound = { userId: caller.userId, attemptId: body.attemptId };
  return succeed(await mintCallback(deps, found.value, bound));
};

/** The browser asks the agent itself: nothing is started before the ticket is spent. */
export const openDeviceLogin = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof codexDevice>,
): Promise<Result<ValueOf<typeof codexDevice>>> => {
  const target = await handedOverTarget(deps, caller, body);
  if (!target.ok) return target;
  const row = target.value;
  const { endpoint, ticket, ticketExpiresAt } = await passFor(deps, row, {
    userId: caller.userId,
    scope: 'codex:device',
    lifeSeconds: ticketMaxLifeSeconds,
  });
  deps.log.info('codex.device_ticket_given', { runtimeId: row.id });
  return succeed({ deviceEndpoint: endpoint, deviceTicket: ticket, ticketExpiresAt });
};
