import { describe, expect, it } from 'vitest';
import {
  agentTurn,
  authStatus,
  gatewayFrame,
  helloOk,
  setupVerify,
  wizardAnswer,
} from './openclaw.ts';

describe('frames', () => {
  it('are events or answers; a refusal keeps its reason', () => {
    const refused = {
      type: 'res',
      id: '1',
      ok: false,
      error: {
        code: 'UNAVAILABLE',
        message: 'OpenClaw setup is already in progress; try again when it finishes.',
        retryable: true,
        details: { code: 'SETUP_ADMISSION_BUSY' },
      },
    };
    expect(gatewayFrame.parse(refused)).toEqual(refused);
    expect(gatewayFrame.parse({ type: 'event', event: 'tick' })).toMatchObject({ event: 'tick' });
  });

  it.each([
    [null],
    ['text'],
    [{ type: 'req', id: '1' }],
    [{ type: 'res', ok: true }],
    [{ type: 'res', id: 7, ok: true }],
    [{ type: 'res', id: 'x'.repeat(300), ok: true }],
  ])('of another shape are refused: %j', (frame) => {
    expect(gatewayFrame.safeParse(frame).success).toBe(false);
  });

  it('survive an error with odd optional parts', () => {
    const error = { code: 'X', message: 7, retryable: 'yes', details: 'none' };
    const frame = { type: 'res', id: '1', ok: false, error };
    expect(gatewayFrame.parse(frame)).toMatchObject({ error: { code: 'X', message: '' } });
  });
});

it('says hello in protocol 4 only', () => {
  const hello = {
    type: 'hello-ok',
    protocol: 4,
    server: { version: '2026.9.6', connId: 'c' },
    auth: { method: 'trusted-proxy', role: 'operator', scopes: ['operator.admin'] },
  };
  expect(helloOk.parse(hello).server).toEqual({ version: '2026.9.6' });
  expect(helloOk.safeParse({ ...hello, protocol: 5 }).success).toBe(false);
});

it("reads of the customer's account nothing but the ids of its profiles", () => {
  const parsed = authStatus.parse({
    ts: 1,
    providers: [
      {
        provider: 'openai',
        status: 'ok',
        expiry: { at: 5, remainingMs: 1, label: '1m' },
        profiles: [{ profileId: 'openai:a@b.example', email: 'a@b.example', type: 'oauth' }],
        usage: { accountEmail: 'a@b.example' },
      },
    ],
  });
  const profiles = [{ profileId: 'openai:a@b.example', type: 'oauth' }];
  expect(parsed).toEqual({
    providers: [{ provider: 'openai', status: 'ok', expiry: { at: 5 }, profiles }],
  });
});

it('reads the steps of the login wizard', () => {
  const step = { type: 'note', title: 'OAuth', message: 'm', executor: 'client', id: 's' };
  expect(wizardAnswer.parse({ done: false, step, status: 'running' })).toEqual({
    done: false,
    status: 'running',
    step: { type: 'note', id: 's' },
  });
  expect(wizardAnswer.safeParse({ done: 'no' }).success).toBe(false);
});

it('reads what a person types for a device code, and no other text in its place', () => {
  const step = { type: 'progress', id: 's', externalUrl: 'https://auth.openai.com/codex/device' };
  const deviceCode = { code: 'ABCD-1234', expiresInMinutes: 15, message: 'm' };
  const parsed = wizardAnswer.parse({ done: false, step: { ...step, deviceCode } });
  expect(parsed.step?.deviceCode).toEqual({ code: 'ABCD-1234', expiresInMinutes: 15 });
  for (const code of ['', '<b>', 'x'.repeat(40), 7]) {
    const odd = wizardAnswer.parse({ done: false, step: { ...step, deviceCode: { code } } });
    expect(odd.step?.deviceCode).toBeUndefined();
  }
});

it('keeps the status of a failed check, not its text', () => {
  expect(setupVerify.parse({ ok: false, status: 'auth', error: 'text of upstream' })).toEqual({
    ok: false,
    status: 'auth',
  });
});

it('reads an accepted, a finished and a failed turn', () => {
  expect(agentTurn.parse({ runId: 'r', status: 'accepted', acceptedAt: 1 }).status).toBe(
    'accepted',
  );
  const finished = agentTurn.parse({
    runId: 'r',
    status: 'ok',
    result: {
      payloads: [{ text: 'hello', mediaUrl: null }, { text: null }],
      meta: { agentMeta: { provider: 'openai', model: 'gpt-5.5', usage: {} } },
    },
  });
  expect(finished.result?.payloads).toEqual([{ text: 'hello' }, { text: null }]);
  expect(finished.result?.meta?.agentMeta).toEqual({ provider: 'openai', model: 'gpt-5.5' });
  expect(agentTurn.parse({ runId: 'r', status: 'error', summary: 's' }).summary).toBe('s');
});
