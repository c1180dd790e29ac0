/**
 * The TenantAgent port: signed POSTs to the runtime's own host. The host comes from our own row
 * only; redirects are refused, answers are bounded and parsed, and nothing of them is logged.
 */
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type * as z from 'zod/mini';
import {
  agentBasePath,
  agentError,
  agentRoutes,
  codexStartAnswer,
  smokeAnswer,
  stateAnswer,
  verifyAnswer,
} from '#schemas/contract/agent.ts';
import type { AgentScope, ControlScope } from '#schemas/contract/agent.ts';
import type { AgentOutcome, RuntimeAddress, TenantAgent, Tickets } from '#ports/runtime.ts';

export interface AgentSettings {
  readonly scheme: 'https' | 'http';
  /** Connect here instead of asking DNS: split-horizon networks, one machine. */
  readonly address?: string;
}

interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

const answerLimitBytes = 256 * 1024;
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
  access: 15_000,
};

const readAnswer = (response: IncomingMessage): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > answerLimitBytes) response.destroy(new Error('answer too large'));
      else chunks.push(chunk);
    });
    response.on('end', () => {
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
    });
    response.on('error', reject);
    response.on('close', () => reject(new Error('answer cut off')));
  });

const optionsFor = (settings: AgentSettings, url: URL, headers: Record<string, string>) => {
  const direct: RequestOptions = { method: 'POST', headers, timeout: 5_000 };
  if (settings.address === undefined) return direct;
  return { ...direct, hostname: settings.address, servername: url.hostname, setHost: false };
};

const post = async (
  settings: AgentSettings,
  call: { readonly url: URL; readonly body: string; readonly token: string },
  timeoutMs: number,
): Promise<RawAnswer> => {
  const { url, body, token } = call;
  const headers: Record<string, string> = {
    host: url.host,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
  };
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const options = optionsFor(settings, url, headers);
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent: ClientRequest = send(url, { ...options, signal }, resolve);
    sent.on('error', reject);
    sent.end(body);
  });
  return readAnswer(response);
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** A healthy-looking page from something else is not an answer: only our own shapes count. */
const outcomeOf = <S extends z.ZodMiniType>(
  schema: S,
  answer: RawAnswer,
): AgentOutcome<z.infer<S>> => {
  const value = parseJson(answer.text);
  if (answer.status >= 200 && answer.status < 300) {
    const parsed = schema.safeParse(value);
    return parsed.success ? { kind: 'ok', value: parsed.data } : { kind: 'unreachable' };
  }
  const refusal = agentError.safeParse(value);
  return refusal.success
    ? { kind: 'refused', code: refusal.data.error.code }
    : { kind: 'unreachable' };
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

  return {
    state: (at) => ask(at, 'state', { body: {}, answer: stateAnswer }),
    verify: (at, versionFloor) =>
      ask(at, 'verify', { body: { versionFloor }, answer: verifyAnswer }),
    startCodex: (at) => ask(at, 'codex:start', { body: {}, answer: codexStartAnswer }),
    startSmoke: async (at, smoke) => {
      const started = await ask(at, 'smoke', { body: smoke, answer: smokeAnswer });
      return started.kind === 'ok' ? { kind: 'ok', value: started.value.smoke } : started;
    },
    refusesStrangers: async (at) => {
      try {
        const call = { url: urlOf(at, 'state'), body: '{}', token: '' };
        const { status } = await post(settings, call, timeoutsMs.state);
        return { kind: 'ok', value: status === 401 };
      } catch {
        return { kind: 'unreachable' };
      }
    },
  };
};
