/**
 * The tenant's agent stands on the internet: whatever is thrown at its door leaves it up, closed and
 * small, and honest callers answered.
 */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codexStartAnswer } from '#schemas/contract/agent.ts';
import { Random } from '../appwrite/random.ts';
import { hostileBytes, hostileFetch } from './requests.ts';
import type { Said, Target } from './target.ts';
import { createTarget, siteOrigin } from './target.ts';

const rawRequests = 7_000;
const fetchedRequests = 3_000;
const connectionsAtOnce = 32;
/** 92 MiB were measured after all of it, and the compose file gives the agent 192. */
const memoryLimitKib = 128 * 1024;

let target: Target;
beforeAll(async () => {
  target = await createTarget();
}, 60_000);
afterAll(async () => target.end(), 60_000);

const statusesOf = ({ text }: Said): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]));

/** The only successes a stranger may have: the health check, a preflight, and the farewell page. */
function holeIn(sent: Buffer | string, { text }: Said): string | null {
  const successes = text.split(/(?=HTTP\/1\.1 )/).filter((part) => /^HTTP\/1\.1 [12]/.test(part));
  const hole = successes.find((answer) => {
    if (/^HTTP\/1\.1 100 /.test(answer)) return false;
    if (/^HTTP\/1\.1 200 [\s\S]*\r\n\r\n\{"ok":true\}$/.test(answer)) return false;
    if (/^HTTP\/1\.1 204 [\s\S]*access-control-allow-methods: POST/i.test(answer)) return false;
    return !sent.toString('latin1').includes('/agent/leave');
  });
  return hole === undefined
    ? null
    : `${sent.toString('latin1').slice(0, 400)}\n→ ${hole.slice(0, 200)}`;
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: connectionsAtOnce }, worker));
}

async function expectHonest(): Promise<void> {
  const answer = await target.honest('state');
  expect([answer.status, await answer.json()]).toMatchObject([200, { runtimeId: 'rt_fuzzed' }]);
}

const head = (lines: readonly string[], body = ''): string =>
  `${[`POST /agent/v1/state HTTP/1.1`, `Host: ${target.host}`, ...lines].join('\r\n')}\r\n\r\n${body}`;
const bearer = (): string => `Authorization: Bearer ${target.ticket('state')}`;
const second = (): string =>
  `POST /agent/v1/state HTTP/1.1\r\nHost: ${target.host}\r\n${bearer()}\r\nContent-Length: 0\r\n\r\n`;

describe('smuggling', () => {
  it.each<[string, (body: string) => string]>([
    [
      'two lengths',
      (body) => head([bearer(), `Content-Length: ${body.length}`, 'Content-Length: 0'], body),
    ],
    [
      'a length and chunks',
      (body) =>
        head([bearer(), 'Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${body}`),
    ],
    [
      'chunks and a length',
      (body) =>
        head([bearer(), 'Transfer-Encoding: chunked', 'Content-Length: 5'], `0\r\n\r\n${body}`),
    ],
    ['a list of lengths', (body) => head([bearer(), 'Content-Length: 0, 0'], body)],
    ['a signed length', (body) => head([bearer(), 'Content-Length: +0'], body)],
    ['a length in hex', (body) => head([bearer(), 'Content-Length: 0x0'], body)],
    [
      'an unknown coding',
      (body) => head([bearer(), 'Transfer-Encoding: xchunked'], `0\r\n\r\n${body}`),
    ],
    [
      'chunks that are not last',
      (body) => head([bearer(), 'Transfer-Encoding: chunked, identity'], `0\r\n\r\n${body}`),
    ],
    ['a space before the colon', (body) => head([bearer(), 'Content-Length : 0'], body)],
    ['a bare line feed', (body) => head([bearer(), 'X: a\nContent-Length: 0'], body)],
    ['a bare carriage return', (body) => head([bearer(), 'X: a\rContent-Length: 0'], body)],
    ['no host', (body) => head([bearer()], body).replace(/Host:.*\r\n/, '')],
  ])('by %s ends the connection, and no second request comes out of it', async (_name, make) => {
    const said = await target.say(make(second()));
    expect(said.timedOut).toBe(false);
    expect(statusesOf(said)).toEqual([400]);
  });

  it.concurrent.each<[string, (smuggled: string) => string]>([
    ['a refused request', (smuggled) => head([`Content-Length: ${smuggled.length}`], smuggled)],
    [
      'a refused route',
      (smuggled) =>
        head([`Content-Length: ${smuggled.length}`], smuggled).replace(
          '/agent/v1/state',
          '/nowhere',
        ),
    ],
    [
      'a health check',
      (smuggled) =>
        head([`Content-Length: ${smuggled.length}`], smuggled).replace(
          'POST /agent/v1/state',
          'GET /agent/healthz',
        ),
    ],
    [
      'an honest request',
      (smuggled) => head([bearer(), `Content-Length: ${smuggled.length}`], smuggled),
    ],
    [
      'a chunk extension',
      (smuggled) => {
        const size = smuggled.length.toString(16);
        return head(
          [bearer(), 'Transfer-Encoding: chunked'],
          `${size};a=b\r\n${smuggled}\r\n0\r\n\r\n`,
        );
      },
    ],
  ])('in the body of %s is not read as a request', async (_name, make) => {
    // Until the door closes the idle connection: a late second answer would be seen.
    const said = await target.say(make(second()), { holdOpen: true, timeoutMs: 20_000 });
    expect(statusesOf(said)).toHaveLength(1);
  });

  it.concurrent(
    'is not needed: honest requests on one connection are answered in their order',
    async () => {
      const health = `GET /agent/healthz HTTP/1.1\r\nHost: ${target.host}\r\n\r\n`;
      const bytes = `${second()}${health}${second()}`;
      const said = await target.say(bytes, { holdOpen: true, timeoutMs: 20_000 });
      expect(statusesOf(said)).toEqual([200, 200, 200]);
    },
  );
});

describe('a caller that names an address', () => {
  it('never makes the agent call it', async () => {
    let calls = 0;
    const canary = createServer((socket) => {
      calls += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
    const away = `127.0.0.1:${(canary.address() as AddressInfo).port}`;
    const started = codexStartAnswer.parse(await (await target.honest('codex:start')).json());
    const state = '0123456789abcdef';
    for (const callbackUrl of [
      `http://${away}/auth/callback?code=a&state=${state}`,
      `http://localhost:1455@${away}/auth/callback?code=a&state=${state}`,
      `http://localhost:1455/auth/callback?code=a&state=${state}1&next=http://${away}/`,
      `//${away}/`,
      `file:///proc/self/environ`,
    ]) {
      const answer = await target.honest('codex:callback', { callbackUrl }, started.attemptId);
      expect(answer.status).toBe(422);
    }
    for (const lines of [
      [`Host: ${away}`],
      [`X-Forwarded-Host: ${away}`, `X-Forwarded-For: ${away}`],
      [`Origin: http://${away}`],
      [`Referer: http://${away}/`],
    ]) {
      await target.say(head([...lines, bearer(), 'Content-Length: 0']));
    }
    for (const line of [
      `POST http://${away}/agent/v1/state`,
      `CONNECT ${away}`,
      `GET //${away}/ui/`,
    ]) {
      await target.say(`${line} HTTP/1.1\r\nHost: ${away}\r\n\r\n`);
    }
    canary.close();
    expect(calls).toBe(0);
    expect(target.gateway.asked.map((call) => call.method)).not.toContain('wizard.next');
  });
});

describe('10,000 hostile requests', () => {
  it('leave it up, closed and small, while slow callers hang on and honest ones are answered', async () => {
    await expectHonest();
    const beforeKib = target.residentKib();
    const slow = holdOn();
    const random = new Random(20_261_127);
    const holes: string[] = [];
    const stuck: string[] = [];
    await inParallel(rawRequests, async (index) => {
      const bytes = hostileBytes(random, target.host);
      const said = await target.say(bytes);
      if (said.timedOut) stuck.push(bytes.toString('latin1').slice(0, 400));
      const hole = holeIn(bytes, said);
      if (hole !== null) holes.push(hole);
      if (index % 500 === 0) await expectHonest();
    });
    await inParallel(fetchedRequests, async (index) => {
      const { path, init } = hostileFetch(random);
      const url = `http://127.0.0.1:${target.port}${path}`;
      const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(8_000) }).catch(
        () => null,
      );
      await answer?.arrayBuffer().catch(() => undefined);
      const isPreflight = init.method === 'OPTIONS' && answer?.status === 204;
      if (answer?.ok === true && !isPreflight && path !== '/agent/leave')
        holes.push(`${init.method ?? ''} ${path}`);
      if (index % 500 === 0) await expectHonest();
    });
    expect(holes).toEqual([]);
    expect(stuck).toEqual([]);
    expect(target.isRunning()).toBe(true);
    await expectHonest();
    const afterKib = target.residentKib();
    expect([beforeKib, afterKib].every((kib) => kib < memoryLimitKib)).toBe(true);
    const dangerous =
      /^(wizard\.next|agent|openclaw\.setup|config\.(patch|apply)|device\.pair\.approve)/;
    expect(target.gateway.asked.filter((call) => dangerous.test(call.method))).toEqual([]);
    // What strangers cause is logged, with a bound: a quota of lines a minute and one more.
    const lines = target.output().split('\n');
    expect(lines.filter((line) => line.includes('refused')).length).toBeLessThan(400);
    for (const { said, boundMs } of await slow) {
      expect(said.timedOut).toBe(false);
      expect(said.tookMs).toBeLessThan(boundMs);
      expect(statusesOf(said).every((status) => status >= 400)).toBe(true);
    }
  }, 180_000);
});

/** Clients that begin and never end: no head, half a head, half a body. All are let go in time. */
async function holdOn(): Promise<{ said: Said; boundMs: number }[]> {
  const options = { holdOpen: true, timeoutMs: 40_000 };
  const callback = `Authorization: Bearer ${target.ticket('codex:callback')}`;
  const halves: readonly string[] = [
    '',
    'POST /agent/v1/state HTTP/1.1\r\nHost: a\r\nX: ',
    head(['Content-Length: 100'], '{'),
    head(
      [callback, 'Content-Type: application/json', 'Content-Length: 100'],
      '{"callbackUrl":"',
    ).replace('/state', '/codex/callback'),
    head(
      [callback, 'Content-Type: application/json', 'Transfer-Encoding: chunked'],
      '5\r\n{',
    ).replace('/state', '/codex/callback'),
    `GET /ui/ HTTP/1.1\r\nHost: ${target.host}\r\nOrigin: ${siteOrigin}\r\n`,
  ];
  const held = halves.map(async (bytes) => ({
    said: await target.say(bytes, options),
    boundMs: 25_000,
  }));
  return Promise.all(held);
}
