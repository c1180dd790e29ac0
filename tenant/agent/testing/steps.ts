/**
 * What control plane, customer and issuer do in the tests against the real gateway: one call each.
 * Guarantees: no judgement here but that an answer has its contract's shape.
 */
import { expect } from 'vitest';
import type { CodexDeviceAnswer, StateAnswer } from '#schemas/contract/agent.ts';
import {
  agentError,
  codexDeviceAnswer,
  codexStartAnswer,
  stateAnswer,
} from '#schemas/contract/agent.ts';
import { until } from './processes.ts';
import type { Answer, World } from './world.ts';

export interface Login {
  readonly attempt: string;
  readonly authorizeUrl: string;
}
type Decision = 'continue' | 'deny';

export interface Steps {
  state(): Promise<StateAnswer>;
  startLogin(): Promise<Login>;
  /** What the person's browser ends up with after the issuer's page. */
  decide(login: Login, decision: Decision, account?: string): Promise<string>;
  paste(login: Login, callbackUrl: string): Promise<Answer>;
  startDevice(): Promise<CodexDeviceAnswer>;
  /** The issuer's refusal. */
  refusedDevice(): Promise<Answer>;
  /** The person types the code on the issuer's page. */
  typeCode(device: CodexDeviceAnswer, decision: Decision, account?: string): Promise<void>;
  turnKnobs(knobs: Record<string, unknown>): Promise<void>;
  /** Every code and token the issuer has handed out. */
  issued(): Promise<readonly string[]>;
  /** What the customer has got so far: `state` of every authorize URL, and every code to type. */
  states(): readonly string[];
  userCodes(): readonly string[];
}

/** OpenClaw takes 30 logins a minute; a whole file of tests needs more. */
async function whenNotBusy(ask: () => Promise<Answer>): Promise<Answer> {
  return until('a login may be started', 65_000, async () => {
    const answer = await ask();
    return answer.status === 409 ? null : answer;
  });
}

export function createSteps(world: World): Steps {
  const form = async (url: string, fields: Record<string, string>): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
  const states: string[] = [];
  const userCodes: string[] = [];
  return {
    states: () => states,
    userCodes: () => userCodes,
    state: async () => stateAnswer.parse((await world.call('state')).body),
    startLogin: async () => {
      const answer = await whenNotBusy(async () => world.call('codex:start'));
      expect([answer.status, answer.body]).toMatchObject([200, {}]);
      const { attemptId, authorizeUrl } = codexStartAnswer.parse(answer.body);
      states.push(new URL(authorizeUrl).searchParams.get('state') ?? '');
      return { attempt: attemptId, authorizeUrl };
    },
    decide: async (login, decision, account = 'demo') => {
      const response = await form(login.authorizeUrl, { decision, account });
      return response.headers.get('location') ?? '';
    },
    paste: async (login, callbackUrl) =>
      world.call('codex:callback', { callbackUrl }, { attempt: login.attempt }),
    startDevice: async () => {
      const answer = await whenNotBusy(async () => world.call('codex:device'));
      expect([answer.status, answer.body]).toMatchObject([200, {}]);
      const device = codexDeviceAnswer.parse(answer.body);
      userCodes.push(device.userCode);
      return device;
    },
    refusedDevice: async () => whenNotBusy(async () => world.call('codex:device')),
    typeCode: async (device, decision, account = 'demo') => {
      const fields = { user_code: device.userCode, decision, account };
      expect((await form(device.verificationUrl, fields)).status).toBe(200);
    },
    turnKnobs: async (knobs) => {
      const response = await fetch(`${world.openaiUrl}/_ctl/knobs`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(knobs),
      });
      expect(response.status).toBe(200);
    },
    issued: async () => {
      const answer = await fetch(`${world.openaiUrl}/_ctl/issued`);
      return ((await answer.json()) as { issued: string[] }).issued;
    },
  };
}

export function refusal({ status, body }: Answer): [number, string, boolean | undefined] {
  const { error } = agentError.parse(body);
  return [status, error.code, error.loginEnded];
}
