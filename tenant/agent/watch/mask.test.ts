import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readLine } from './line.ts';
import { mask, readAtMost } from './mask.ts';

const jwt = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';
const login =
  'https://auth.openai.com/oauth/authorize?client_id=app_E&state=0f9e8d7c6b5a49382716&code_challenge=abc';

/** What must not be found in what is left. */
const secret: readonly (readonly [name: string, line: string, secret: string])[] = [
  ['an e-mail', 'linked openai:mina.kim+x@example.co.kr now', 'mina.kim'],
  ['an e-mail of another script', 'from 민지@예시.한국 today', '민지@'],
  ['a token of three parts', `got ${jwt} back`, 'eyJhbGci'],
  ['a token cut off', 'got eyJhbGciOiJFZERTQSJ9', 'eyJhbGci'],
  ['a bearer', 'header Authorization: Bearer abcDEF123456', 'abcDEF123456'],
  ['a sign-in page', `open ${login}`, '0f9e8d7c'],
  ['its challenge', `open ${login}`, 'challenge=abc'],
  ['a callback', 'http://localhost:1455/auth/callback?code=ac_Zx9&state=q1w2e3', 'ac_Zx9'],
  ['a fragment', 'wss://h.example/ui#token=abc', 'token=abc'],
  ['a user in an address', 'https://mina:pass1@git.example/x', 'pass1'],
  ['a code by name', 'exchange code=ac_1bQ9z7', 'ac_1bQ9z7'],
  ['a key in JSON', '{"apiKey":"plainword"}', 'plainword'],
  ['a key in JSON in JSON', String.raw`{\"refresh_token\":\"plainword\"}`, 'plainword'],
  ['a password', 'password: hunter2', 'hunter2'],
  ['a password in quotes', `DB_PASSWORD='two words'`, 'two words'],
  ['a cookie', 'set-cookie: sid=abc123; path=/', 'abc123'],
  ['a vendor’s key', 'using sk-proj-abcdefghijklmnop', 'abcdefghijkl'],
  ['a device code', 'type ABCD-1Z3EF at the page', 'ABCD-1Z3EF'],
  ['letters of one of chance', 'type WXYZ-QRSTU there', 'WXYZ-QRSTU'],
  ['hexadecimal digits', `token hash ${'0123456789abcdef'.repeat(2)}`, '0123456789abcdef'],
  ['a private key', '-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----', 'MC4C'],
  ['a private key cut off', 'key -----BEGIN EC PRIVATE KEY-----\nMC4CAQAw', 'MC4C'],
];
const plain: readonly string[] = [
  'authenticated user disconnected code=1012 reason=n/a conn=f3606897-5dc7-4c7b-951e-a3f6ccb0d6f9',
  'http server listening (13 plugins: anthropic, browser; 1.9s)',
  'cron: job added {"jobId":"96c45bc4-b8a8-4f60-8e40-63706b823dc0","nextRunAtMs":1795834800000}',
  'log file: /home/node/.openclaw/logs/gateway-2026-11-27.log',
  'shutdown budget at startup: drain=315000ms shutdown=325000ms; source=Gateway stop policy=330000ms',
  'wrote /home/node/.openclaw/agents/main/agent/openclaw-agent.sqlite',
  'agent model: openai/gpt-5.5 (thinking=medium, fast=off)',
  '게이트웨이가 준비되었습니다',
  'status 503 at 2026-11-27T13:53:54.465Z',
];

describe('what leaves the tenant of a line', () => {
  it.each(secret)('has lost %s', (_name, line, hidden) => {
    expect(mask(line)).not.toContain(hidden);
    const inJson = JSON.stringify({ 0: '{}', 1: { about: line }, message: line });
    expect(readLine(inJson).text).not.toContain(hidden);
  });

  it.each(plain)('keeps what one reads a log for: %s', (line) => {
    expect(mask(line)).toBe(line);
  });

  it.each(['base64url', 'hex', 'base64'] as const)('has lost every %s of chance', (encoding) => {
    for (let turn = 0; turn < 1_000; turn += 1) {
      const hash = createHash('sha512').update(`${encoding} ${turn}`).digest();
      const chance = hash.subarray(0, 24 + (turn % 40)).toString(encoding);
      for (const line of [chance, `x ${chance} y`, `"${chance}"`, `k=${chance}`]) {
        // Not a run of twenty of it is left.
        const left = mask(line).match(/[A-Za-z0-9]{20,}/g) ?? [];
        expect(left.filter((part) => chance.includes(part))).toEqual([]);
      }
    }
  });

  it('takes a bounded time, whatever it is', () => {
    const shapes = ['a', 'a@', 'token=', '"', 'eyJ', 'A1B2-', 'http://', '/a1', '=', '-----BEGIN '];
    const started = performance.now();
    for (const shape of shapes) mask(shape.repeat(readAtMost));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('a line of the log', () => {
  const line = (fields: object): string => JSON.stringify(fields);

  it('is its time, its level, who says it and what', () => {
    const raw = line({
      0: '{"subsystem":"gateway/ws"}',
      1: { conn: 7 },
      2: 'webchat connected',
      _meta: { name: '{"subsystem":"gateway/ws"}', logLevelName: 'INFO', date: 'x' },
      time: '2026-11-27T13:53:54.465+00:00',
      message: 'webchat connected',
    });
    expect(readLine(raw)).toEqual({
      at: '2026-11-27T13:53:54.465+00:00',
      level: 'info',
      source: 'gateway/ws',
      text: 'webchat connected {"conn":7}',
    });
  });

  it.each(['', 'plain text', '[1,2]', 'null', '{"_meta":7,"message":{}}', '{'])(
    'that is none as OpenClaw writes them is still one: %s',
    (raw) => {
      expect(readLine(raw)).toMatchObject({ at: null, level: null, source: '' });
    },
  );

  it('is cut, and holds no colour, no control and no turned writing', () => {
    const { text } = readLine(
      line({ message: `\u001b[31mred\u001b[0m\u0007\u202e\n${'ab '.repeat(2_000)}` }),
    );
    expect(text).toHaveLength(2_000);
    expect(text.startsWith('red\nab ab')).toBe(true);
    expect(text.endsWith('…')).toBe(true);
  });
});
