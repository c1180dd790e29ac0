import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchEvent } from '#schemas/contract/watch.ts';
import type { WatchEvent } from '#schemas/contract/watch.ts';
import type { AgentHere } from '../testing/agent.ts';
import { createAgentHere } from '../testing/agent.ts';
import { hello } from '../testing/gateway.ts';
import { until } from '../testing/processes.ts';

const gib = 1024 ** 3;
let here: AgentHere;
/** The gateway's log file, one entry a line. */
let log: string[];
let open: ClientRequest[];

const line = (message: string): string =>
  JSON.stringify({ 0: '{"subsystem":"gateway"}', 1: message, message });

interface TailParams {
  readonly cursor?: number;
}
const tail = ({ cursor = 0 }: TailParams): object => ({
  file: '/home/node/.openclaw/logs/gateway.log',
  cursor: log.length,
  size: log.length,
  lines: log.slice(cursor),
});
const info = {
  hostname: 'openclaw',
  processMemory: { rssBytes: 800 * 1024 ** 2 },
  diskTotalBytes: 100 * gib,
  diskAvailableBytes: 40 * gib,
};

beforeEach(async () => {
  here = await createAgentHere();
  log = [line('gateway ready')];
  open = [];
  here.fake.answer = ({ method, params }) => {
    if (method === 'connect') return { payload: hello };
    if (method === 'logs.tail') return { payload: tail(params as TailParams) };
    if (method === 'system.info') return { payload: info };
    if (method === 'models.authStatus') return { payload: { providers: [] } };
    return { error: { code: 'X' } };
  };
});
afterEach(async () => {
  for (const request of open) request.destroy();
  await here.end();
});

interface Stream {
  readonly response: IncomingMessage;
  readonly events: WatchEvent[];
  readonly ended: () => boolean;
}

const watch = async (userId: string, headers = {}, ticket?: string): Promise<Stream> => {
  const authorization = `Bearer ${ticket ?? (await here.ticket('watch', userId))}`;
  const { host } = new URL(here.publicOrigin);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      port: here.port(),
      host: '127.0.0.1',
      method: 'POST',
      path: '/agent/v1/watch',
      headers: { host, authorization, 'content-type': 'application/json', ...headers },
    });
    open.push(request);
    request.on('error', reject);
    request.on('response', (response) => {
      const events: WatchEvent[] = [];
      let ended = false;
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const parts = `${rest}${chunk}`.split('\n');
        rest = parts.pop() ?? '';
        if (response.statusCode === 200) {
          events.push(...parts.map((part) => watchEvent.parse(JSON.parse(part))));
        }
      });
      response.on('close', () => (ended = true));
      response.on('error', () => undefined);
      resolve({ response, events, ended: () => ended });
    });
    request.end('{}');
  });
};

const texts = ({ events }: Stream): string[] =>
  events.flatMap((event) => (event.kind === 'lines' ? event.lines.map(({ text }) => text) : []));
const seen = (stream: Stream, what: (stream: Stream) => boolean): Promise<true> =>
  until('an event', 10_000, async () => (what(stream) ? true : null));
const asked = (method: string): number =>
  here.fake.asked.filter((call) => call.method === method).length;

describe('watching a runtime', () => {
  it('gives what the log holds, then what is new, and what is used', async () => {
    const stream = await watch('user_1');
    expect(stream.response.headers['content-type']).toContain('application/x-ndjson');
    await seen(stream, (s) => texts(s).includes('gateway ready'));
    log.push(line('a turn began'), line('a turn ended'));
    await seen(stream, (s) => texts(s).includes('a turn ended'));
    expect(texts(stream)).toEqual(['gateway ready', 'a turn began', 'a turn ended']);
    await seen(stream, ({ events }) => events.some(({ kind }) => kind === 'usage'));
    expect(stream.events.find(({ kind }) => kind === 'usage')).toMatchObject({
      usage: { memoryBytes: 800 * 1024 ** 2, diskAvailableBytes: 40 * gib, stateBytes: null },
    });
    const { usage } = JSON.parse((await here.call('state', '/state')).text) as { usage: object };
    expect(usage).toMatchObject({ diskTotalBytes: 100 * gib });
  });

  it('lets no secret of the log out, nor into the agent’s own', async () => {
    const canary = 'c4nary0f9e8d7c6b5a49382716';
    log.push(
      line(`callback?code=${canary}`),
      line(`Authorization: Bearer ${canary}`),
      line('linked openai:mina@example.com'),
      `torn line ${canary}`,
    );
    const stream = await watch('user_1');
    await seen(stream, (s) => texts(s).length === 5);
    expect(JSON.stringify(stream.events)).not.toMatch(/c4nary|mina@/);
    expect(here.logged()).not.toContain('c4nary');
  });

  it('keeps a thousand lines, and counts what comes faster than it may be sent', async () => {
    log = Array.from({ length: 1_500 }, (_, index) => line(`old ${index}`));
    const stream = await watch('user_1');
    await seen(stream, (s) => texts(s).length > 0);
    expect(texts(stream)).toHaveLength(1_000);
    expect(texts(stream).at(-1)).toBe('old 1499');
    log.push(...Array.from({ length: 900 }, (_, index) => line(`new ${index}`)));
    await seen(stream, (s) => texts(s).includes('new 899'));
    const last = stream.events.findLast((event) => event.kind === 'lines');
    expect(last).toMatchObject({ first: false, skipped: 600 });
    const second = await watch('user_1');
    await seen(second, (s) => texts(s).length > 0);
    expect(texts(second)).toHaveLength(1_000);
    expect(texts(second).at(-1)).toBe('new 899');
  });

  it('asks the gateway once for all who read, and not at all when nobody does', async () => {
    const streams = await Promise.all(['a', 'b', 'c'].map((id) => watch(`user_${id}`)));
    await Promise.all(streams.map((stream) => seen(stream, (s) => texts(s).length > 0)));
    expect(asked('logs.tail')).toBeLessThanOrEqual(2);
    for (const request of open) request.destroy();
    await until('nobody reads', 5_000, async () => {
      const { sessions } = JSON.parse((await here.call('state', '/state')).text) as {
        sessions: string[];
      };
      return sessions.length === 0 ? true : null;
    });
    const before = asked('logs.tail');
    const slow = await watch('user_d');
    await seen(slow, (s) => texts(s).length > 0);
    // The new reader's own question is the only one since.
    expect(asked('logs.tail')).toBeLessThanOrEqual(before + 2);
  });

  it('says when the gateway is away, and goes on when it is back', async () => {
    const stream = await watch('user_1');
    await seen(stream, (s) => texts(s).length > 0);
    const { answer } = here.fake;
    here.fake.answer = ({ method }) =>
      method === 'connect'
        ? { error: { code: 'UNAVAILABLE', message: 'starting', retryable: true } }
        : { error: { code: 'UNAVAILABLE', message: 'draining', retryable: true } };
    here.fake.cut();
    const answers = (): boolean[] =>
      stream.events.flatMap((event) => (event.kind === 'gateway' ? [event.answers] : []));
    await seen(stream, () => answers().includes(false));
    log.push(line('back again'));
    here.fake.answer = answer;
    await seen(stream, (s) => texts(s).includes('back again'));
    expect(answers()).toEqual([true, false, true]);
  });
});

describe('who may watch', () => {
  it('is told by the ticket alone: one use, its scope, and a page of the site', async () => {
    const ticket = await here.ticket('watch', 'user_1');
    const { siteOrigin } = here;
    const first = await watch('user_1', { origin: siteOrigin }, ticket);
    expect(first.response.statusCode).toBe(200);
    expect(first.response.headers['access-control-allow-origin']).toBe(siteOrigin);
    expect((await watch('user_1', {}, ticket)).response.statusCode).toBe(401);
    const other = await here.ticket('state', 'control-plane');
    expect((await watch('user_1', {}, other)).response.statusCode).toBe(403);
    const foreign = await watch('user_1', { origin: 'https://evil.example' });
    expect(foreign.response.statusCode).toBe(403);
  });

  it('ends with the right to be inside, and is counted among those who are', async () => {
    const [stays, goes] = [await watch('user_1'), await watch('user_2')];
    const { sessions } = JSON.parse((await here.call('state', '/state')).text) as {
      sessions: string[];
    };
    expect(sessions.toSorted()).toEqual(['user_1', 'user_2']);
    const ended = await here.call('access', '/access', { allow: ['user_1'] });
    expect(JSON.parse(ended.text)).toEqual({ ended: 1 });
    await seen(goes, (s) => s.ended());
    expect(goes.events.at(-1)).toEqual({ kind: 'end', reason: 'access' });
    expect(stays.ended()).toBe(false);
  });

  it('is bounded: a person’s own oldest gives way, others’ never', async () => {
    const first = await watch('user_1');
    for (const id of ['user_2', 'user_3', 'user_4']) await watch(id);
    const full = await watch('user_5');
    expect(full.response.statusCode).toBe(409);
    expect((await watch('user_1')).response.statusCode).toBe(200);
    await seen(first, (s) => s.ended());
  });

  it('ends when the agent does, and leaves nothing open', async () => {
    const stream = await watch('user_1');
    await here.restart();
    await seen(stream, (s) => s.ended());
    expect(stream.events.at(-1)).toEqual({ kind: 'end', reason: 'closing' });
  });
});
