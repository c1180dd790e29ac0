import { describe, expect, test } from 'vitest';
import { boundedAgent, deviceJson } from './device.ts';

const gecko = 'Mozilla/5.0 ';
const like = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('a user agent', () => {
  test.each([
    [`(Windows NT 10.0; Win64; x64) ${like} Chrome/140.0.0.0 Safari/537.36`, 'Chrome', 'Windows'],
    [
      `(Windows NT 10.0; Win64; x64) ${like} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.1`,
      ...['Microsoft Edge', 'Windows'],
    ],
    [
      `(Linux; Android 15; SM-S921N) ${like} SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36`,
      ...['Samsung Browser', 'Android'],
    ],
    [
      `(Linux; Android 14; K) ${like} Chrome/139.0.0.0 Mobile Safari/537.36`,
      ...['Chrome Mobile', 'Android'],
    ],
    [
      '(iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ' +
        'Version/18.5 Mobile/15E148 Safari/604.1',
      ...['Mobile Safari', 'iOS'],
    ],
    [
      '(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) ' +
        'Version/18.5 Safari/605.1.15',
      ...['Safari', 'Mac'],
    ],
    ['(X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0', 'Firefox', 'GNU/Linux'],
    [
      `(X11; Linux x86_64) ${like} HeadlessChrome/140.0.0.0 Safari/537.36`,
      ...['Headless Chrome', 'GNU/Linux'],
    ],
  ])('%s is told as %s on %s', (agent, clientName, osName) => {
    expect(deviceJson(gecko + agent)).toMatchObject({ clientName, osName, clientType: 'browser' });
  });

  test.each(['', 'node', 'curl/8.5.0', '\u0000<script>'])('%j is told as nothing', (agent) => {
    expect(deviceJson(agent)).toMatchObject({ clientName: '', osName: '', deviceName: '' });
  });

  test('a long one is kept in part', () => {
    expect(boundedAgent('x'.repeat(10_000))).toHaveLength(512);
    expect(boundedAgent(undefined)).toBe('');
  });
});
