import { describe, expect, test } from 'vitest';
import { logLimit, redactLog } from './redact.ts';

const secret = 'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA';

describe('the log an operator reads', () => {
  test.each([
    ['an assignment', `SECRET_TOKEN=s3cr3t-value`, 's3cr3t'],
    ['a quoted assignment', `export TOKEN="two words here"`, 'two words'],
    ['an assignment in an option', `docker run -e KEY=abc img`, 'abc'],
    ['a short password by its name', `"password": "hunter2"`, 'hunter2'],
    ['a name of YAML', `api_key: hunter2`, 'hunter2'],
    ['a header', `Authorization: Bearer abc.def`, 'abc.def'],
    ['a header of another kind', `authorization: Basic dXNlcjpw`, 'dXNlcjpw'],
    ['a cookie', `Cookie: a=b; session=c`, 'session=c'],
    ['base64 in a shell line', `echo "${secret}${secret}==" | base64 -d`, secret],
    ['a long token', `using sk-proj-${secret} now`, secret],
    ['a hexadecimal token', `got 0123456789abcdef0123456789abcdef`, '0123456789abcdef'],
    ['a JSON web token', `eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhYmNkZWYifQ.c2lnbmF0dXJl`, 'eyJ'],
    ['an e-mail', `mail to kim.minji+1@example.co.kr failed`, 'minji'],
    ['credentials in an address', `Get "https://user:pw@registry.test/v2/"`, 'user:pw'],
    ['a query string', `GET https://auth.test/cb?code=1234&state=5`, '1234'],
    ['a key block', `-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----`, 'MC4CAQ'],
    ['a cut-off key block', `-----BEGIN PRIVATE KEY-----\nMC4CAQ`, 'MC4CAQ'],
  ])('has no value of %s', (_what, line, gone) => {
    const text = redactLog(`before\n${line}\n`);
    expect(text).not.toContain(gone);
    expect(text).toContain('before');
  });

  test.each([
    ['the name of an assignment', 'SECRET_TOKEN=abc', 'SECRET_TOKEN='],
    ['a failed pull', 'openclaw Error Get "http://127.0.0.1:5999/v2/": dial tcp', '127.0.0.1:5999'],
    ['an image digest', `ghcr.io/x/y@sha256:${'ab12'.repeat(16)}`, `sha256:${'ab12'.repeat(16)}`],
    [
      'a service of ours',
      `container rt-${'0a1b'.repeat(9)}-abc123-agent-1 is unhealthy`,
      `rt-${'0a1b'.repeat(9)}-abc123-agent-1 is unhealthy`,
    ],
    ['an error in words', 'yaml: line 1: did not find expected key', 'did not find expected key'],
  ])('keeps %s', (_what, line, kept) => {
    expect(redactLog(line)).toContain(kept);
  });

  test('is the end of the log, without the frame and the colours', () => {
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`);
    const text = redactLog(`╔══╗\n║ a ║\n${lines.join('\n')}\n\u001b[31mlast\u001b[0m\n`);
    expect(text.endsWith('line 499\nlast')).toBe(true);
    expect(text.length).toBeLessThanOrEqual(logLimit);
    expect(text).not.toContain('║');
  });

  test.each(['a', 'a.', 'token-', '-----BEGIN ', 'a=', '"', 'x@y.', 'aB3+', 'secret : '])(
    'of four megabytes of "%s" is soon done',
    (piece) => {
      const text = `${piece.repeat(900 / piece.length)}\n`.repeat(4_500);
      const startedAt = performance.now();
      expect(redactLog(text).length).toBeLessThanOrEqual(logLimit);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    },
  );

  test('never ends inside a token', () => {
    const line = `${'word '.repeat(199)}abcdefghij0123456789abcdefghij`;
    expect(redactLog(line)).not.toContain('abcde');
  });

  test('of nothing is nothing, and one endless line is cut', () => {
    expect(redactLog('\n\n')).toBe('');
    expect(redactLog('word '.repeat(10_000)).length).toBeLessThanOrEqual(logLimit);
  });
});
