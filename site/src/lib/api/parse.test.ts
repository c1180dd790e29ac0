import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { codexCallbackAnswer, codexDeviceAnswer } from '#schemas/contract/agent.ts';
import { readAgentAnswer } from './agent.ts';
import { parseConfig } from './config.ts';
import { readAnswer } from './gateway.ts';

describe('config.json', () => {
  test('gives the endpoint without a slash at its end', () => {
    const text = '{"endpoint":"https://api.example.com/v1/","projectId":"main"}';
    expect(parseConfig(text)).toEqual({
      ok: true,
      config: { endpoint: 'https://api.example.com/v1', projectId: 'main' },
    });
  });

  test('keeps measured durations as they came', () => {
    const usual = { provisioning: { p50Ms: 1, p95Ms: 2 } };
    const text = JSON.stringify({ endpoint: 'http://127.0.0.1:1/v1', projectId: 'main', usual });
    const result = parseConfig(text);
    expect(result.ok && result.config.usual).toEqual(usual);
  });

  test.each(['', '[]', '{}', '{"endpoint":"javascript:1","projectId":"main"}'])(
    '%j is invalid',
    (text) => {
      expect(parseConfig(text)).toEqual({ ok: false, problem: 'invalid' });
    },
  );
});

describe('an answer of a function', () => {
  const shape = z.object({ id: z.string() });

  test('is a value or a failure of the contract', () => {
    expect(readAnswer('{"ok":true,"value":{"id":"a"}}', shape)).toEqual({
      ok: true,
      value: { id: 'a' },
    });
    const refused =
      '{"ok":false,"error":{"code":"invite_used","retryable":false,"correlationId":"c"}}';
    expect(readAnswer(refused, shape)).toEqual({
      ok: false,
      error: { code: 'invite_used', retryable: false, correlationId: 'c' },
    });
  });

  test.each(['', '<html>', '{"ok":true,"value":{}}', 'null'])('%j is not believed', (body) => {
    expect(readAnswer(body, shape)).toMatchObject({ ok: false, error: { code: 'answer_invalid' } });
  });

  test('keeps a code this page does not know, to be told to the operator', () => {
    const newer = '{"ok":false,"error":{"code":"brand_new","retryable":true,"correlationId":"c"}}';
    expect(readAnswer(newer, shape)).toMatchObject({
      ok: false,
      error: { code: 'unknown', rawCode: 'brand_new', correlationId: 'c' },
    });
  });
});

describe('an answer of the agent', () => {
  const read = (ok: boolean, text: string) => readAgentAnswer(codexCallbackAnswer, ok, text);

  test('is linked, refused by name, or unusable', () => {
    expect(read(true, '{"status":"linked"}')).toEqual({
      kind: 'done',
      value: { status: 'linked' },
    });
    expect(
      read(false, '{"error":{"code":"codex_wrong_attempt","retryable":false,"loginEnded":true}}'),
    ).toEqual({
      kind: 'refused',
      code: 'codex_wrong_attempt',
      retryable: false,
      loginEnded: true,
    });
    expect(read(true, '<html>ok</html>')).toEqual({ kind: 'unreachable' });
    expect(read(false, '{"status":"linked"}')).toEqual({ kind: 'unreachable' });
    expect(read(true, `{"status":"linked","x":"${'x'.repeat(20_000)}"}`)).toEqual({
      kind: 'unreachable',
    });
  });

  test('is a device code only when all of it is there', () => {
    const code = {
      attemptId: 'a1',
      verificationUrl: 'https://auth.openai.com/codex/device',
      userCode: 'ABCD-12345',
      expiresAtMs: 1,
    };
    const text = JSON.stringify(code);
    expect(readAgentAnswer(codexDeviceAnswer, true, text)).toEqual({ kind: 'done', value: code });
    const cut = JSON.stringify({ ...code, verificationUrl: 'not an address' });
    expect(readAgentAnswer(codexDeviceAnswer, true, cut)).toEqual({ kind: 'unreachable' });
  });
});
