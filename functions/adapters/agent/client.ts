/**
 * The TenantAgent port: signed POSTs to the runtime's own host. The host comes from our own row
 * only; redirects are refused, answers are bounded and parsed, and nothing of them is logged.
 */
import type * as z from 'zod/mini';
import { restoreAnswer } from '#schemas/contract/agent-restore.ts';
import { backupAnswer } from '#schemas/contract/agent-backup.ts';
import {
  accessAnswer,
  agentBasePath,
  agentRoutes,
  checkAnswer,
  codexStartAnswer,
  smokeAnswer,
  stateAnswer,
  verifyAnswer,
} from '#schemas/contract/agent.ts';
import type { AgentScope, ControlScope } from '#schemas/contract/agent.ts';
import type { AgentOutcome, RuntimeAddress, TenantAgent, Tickets } from '#ports/runtime.ts';
import { tryExposure } from './exposure.ts';
import { lookFromOutside, whoAnswers } from './outside.ts';
import { exchange, parseJson, refusalOf } from './wire.ts';
import type { AgentSettings, RawAnswer } from './wire.ts';

export type { AgentSettings } from './wire.ts';

const controlPlaneSubject = 'control-plane';
const ticketLifeSeconds = 60;

/** How long each call may take on the tenant, milliseconds. */
const timeoutsMs: Record<ControlScope, number> = {
  state: 8_000,
  verify: 25_000,
  // A gateway that is still busy with something else; below the 28 s of the function.
  'codex:start': 25_000,
  smoke: 15_000,
  check: 15_000,
  backup: 15_000,
  restore: 60_000,
  access: 15_000,
};

const post = (
  settings: AgentSettings,
  call: { readonly url: URL; readonly body: string; readonly token: string },
  timeoutMs: number,
): Promise<RawAnswer> => {
  const { url, body, token } = call;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return exchange(settings, { method: 'POST', url, body, headers, timeoutMs });
};

/** A healthy-looking page from something else is not an answer: only our own shapes count. */
const outcomeOf = <S extends z.ZodMiniType>(
  schema: S,
  answer: RawAnswer,
): AgentOutcome<z.infer<S>> => {
  if (answer.status >= 200 && answer.status < 300) {
    const parsed = schema.safeParse(parseJson(answer.text));
    return parsed.success ? { kind: 'ok', value: parsed.data } : { kind: 'unreachable' };
  }
  const code = refusalOf(answer);
  return code === null ? { kind: 'unreachable' } : { kind: 'refused', code };
};

export const createTenantAgent = (settings: AgentSettings, tickets: Tickets): TenantAgent => {
  const urlOf = (at: RuntimeAddress, scope: AgentScope): URL =>
    new URL(`${settings.scheme}://${at.host}${agentBasePath}${agentRoutes[scope]}`);

  const ask = async <S extends z.ZodMiniType>(
    at: RuntimeAddress,
    scope: keyof typeof timeoutsMs,
    exchange: { readonly body: unknown; readonly answer: S },
  ): Promise<AgentOutcome<z.infer<S>>> => {
    const { token } = await tickets.mint({
      runtimeId: at.runtimeId,
      subject: controlPlaneSubject,
      scope,
      lifeSeconds: ticketLifeSeconds,
    });
    try {
      const call = { url: urlOf(at, scope), body: JSON.stringify(exchange.body), token };
      return outcomeOf(exchange.answer, await post(settings, call, timeoutsMs[scope]));
    } catch {
      return { kind: 'unreachable' };
    }
  };

  const state: TenantAgent['state'] = (at) => ask(at, 'state', { body: {}, answer: stateAnswer });

  return {
    state,
    verify: (at, versionFloor) =>
      ask(at, 'verify', { body: { versionFloor }, answer: verifyAnswer }),
    startCodex: (at) => ask(at, 'codex:start', { body: {}, answer: codexStartAnswer }),
    startSmoke: async (at, smoke) => {
      const started = await ask(at, 'smoke', { body: smoke, answer: smokeAnswer });
      return started.kind === 'ok' ? { kind: 'ok', value: started.value.smoke } : started;
    },
    startCheck: async (at, checkId) => {
      const started = await ask(at, 'check', { body: { checkId }, answer: checkAnswer });
      return started.kind === 'ok' ? { kind: 'ok', value: started.value.check } : started;
    },
    startBackup: async (at, backupId) => {
      const started = await ask(at, 'backup', { body: { backupId }, answer: backupAnswer });
      return started.kind === 'ok' ? { kind: 'ok', value: started.value.backup } : started;
    },
    restore: async (at, request) => {
      const told = await ask(at, 'restore', { body: request, answer: restoreAnswer });
      return told.kind === 'ok' ? { kind: 'ok', value: told.value.restore } : told;
    },
    limitAccess: async (at, allow) => {
      const limited = await ask(at, 'access', { body: { allow }, answer: accessAnswer });
      return limited.kind === 'ok' ? { kind: 'ok', value: limited.value.ended } : limited;
    },
    exposure: (at) => tryExposure(settings, tickets, at),
    whoAnswers: (at) => whoAnswers(settings, at),
    outside: (at) => lookFromOutside(settings, state, at),
  };
};
