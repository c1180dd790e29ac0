/** The Control UI's socket, between a client that says what a test wants and a gateway that lists. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import type { AgentHere } from '../testing/agent.ts';
import { createAgentHere } from '../testing/agent.ts';
import type { AskedCall, GivenAnswer } from '../testing/gateway.ts';
import { hello } from '../testing/gateway.ts';
import { until } from '../testing/processes.ts';

let agent: AgentHere;
/** Device ids the gateway knows. */
let paired: string[];
const opened: WebSocket[] = [];

beforeEach(async () => {
  agent = await createAgentHere();
  paired = [];
  agent.fake.answer = answer;
});
afterEach(async () => {
  opened.splice(0).forEach((socket) => socket.terminate());
  await agent.end();
});

const pendingOf = (deviceId: string): object => ({
  requestId: `request-${deviceId}`,
  deviceId,
  clientId: 'openclaw-control-ui',
  role: 'operator',
  roles: ['operator'],
  scopes: ['operator.read'],
  remoteIp: '192.0.2.2',
  isRepair: false,
});

/** Somebody else's request always stands first. */
function answer({ method, params, headers }: AskedCall): GivenAnswer {
  const { device, requestId, deviceId } = params as Record<string, string> & {
    device?: { id: string };
  };
  if (method === 'connect' && headers['x-tenant-user'] === 'tenant-agent') {
    return { payload: hello };
  }
  if (method === 'connect') {
    const id = device?.id ?? '';
    if (paired.includes(id)) return { payload: hello };
    const details = { code: 'PAIRING_REQUIRED', requestId: `request-${id}`, deviceId: id };
    return { error: { code: 'NOT_PAIRED', message: 'pairing required', details } };
  }
  if (method === 'device.pair.list') {
    const pending = ['attacker', 'device-1', 'device-2'].map(pendingOf);
    const known = paired.map((id) => ({ deviceId: id, clientId: 'openclaw-control-ui' }));
    return { payload: { pending, paired: known } };
  }
  if (method === 'device.pair.approve') paired.push(requestId?.replace('request-', '') ?? '');
  if (method === 'device.pair.remove') paired = paired.filter((id) => id !== deviceId);
  return { payload: {} };
}

interface Browser {
  readonly socket: WebSocket;
  readonly heard: string[];
  readonly closed: Promise<number>;
}

/** Rejects with the status of a refused handshake. */
async function browse(cookie: string, headers: Record<string, string> = {}, path = '/ui') {
  const socket = agent.socket({ cookie, origin: agent.publicOrigin, ...headers }, path);
  opened.push(socket);
  const heard: string[] = [];
  const { promise: closed, resolve: close } = Promise.withResolvers<number>();
  socket.on('message', (data: Buffer) => heard.push(data.toString('utf8')));
  socket.on('close', close);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_request, response) => {
      reject(new Error(`status ${response.statusCode ?? 0}`));
    });
    socket.once('error', (error) => reject(new Error('cut', { cause: error })));
  });
  socket.on('error', () => undefined);
  const browser: Browser = { socket, heard, closed };
  return browser;
}

function connectFrame(deviceId: string, change: object = {}): string {
  const client = { id: 'openclaw-control-ui' };
  const params = { role: 'operator', client, device: { id: deviceId }, ...change };
  return JSON.stringify({ type: 'req', id: 'c1', method: 'connect', params });
}

async function connect(cookie: string, deviceId: string): Promise<Browser> {
  const browser = await browse(cookie);
  browser.socket.send(connectFrame(deviceId));
  await until('an answer', 5_000, async () => (browser.heard.length >= 2 ? true : null));
  return browser;
}

function ownerCalls(): string[] {
  return agent.fake.asked
    .filter(({ headers }) => headers['x-tenant-user'] === 'owner')
    .map(({ method }) => method);
}

function pairingCalls(): [string, unknown][] {
  return agent.fake.asked
    .filter(({ method }) => method.startsWith('device.pair.') && method !== 'device.pair.list')
    .map(({ method, params }) => [method, params]);
}

describe('a socket is refused', () => {
  it('without a session, and with one that has ended', async () => {
    const cookie = await agent.enter('user-1');
    await expect(browse('')).rejects.toThrow('status 401');
    await expect(browse(`runtime-session=${'a'.repeat(43)}`)).rejects.toThrow('status 401');
    await agent.call('access', '/access', { allow: [] });
    await expect(browse(cookie)).rejects.toThrow('status 401');
  });

  it.each(['https://evil.example', 'null', 'http://runtimes.localhost:9000', ''])(
    'from a page of %j',
    async (origin) => {
      const cookie = await agent.enter('user-1');
      await expect(browse(cookie, { origin })).rejects.toThrow('status 403');
    },
  );

  it.each(['/ui/', '/ui?x=1', '/', '/ws', '/api/nodes/watch', '/ui/..'])('at %s', async (path) => {
    const cookie = await agent.enter('user-1');
    await expect(browse(cookie, {}, path)).rejects.toThrow('cut');
  });

  it('by another name of this server', async () => {
    const cookie = await agent.enter('user-1');
    await expect(browse(cookie, { host: 'evil.example' })).rejects.toThrow('cut');
  });

  it('while the gateway is away', async () => {
    const cookie = await agent.enter('user-1');
    await agent.fake.close();
    await expect(browse(cookie)).rejects.toThrow('status 503');
  });
});

describe('a first frame', () => {
  it.each<[string, string | Buffer, number]>([
    ['of a node', connectFrame('device-1', { role: 'node' }), 1008],
    ['of a command line', connectFrame('device-1', { client: { id: 'cli' } }), 1008],
    ['without a device', connectFrame('device-1', { device: undefined }), 1008],
    ['that asks at once', '{"type":"req","id":"1","method":"config.get","params":{}}', 1008],
    ['that is no JSON', 'GET /tools/invoke HTTP/1.1', 1008],
    ['that is bytes', Buffer.from(connectFrame('device-1')), 1008],
    ['that is too large', connectFrame('device-1', { x: 'x'.repeat(70_000) }), 1009],
    ['that is larger than anything', 'x'.repeat(26 * 1024 * 1024), 1009],
  ])('%s never reaches the gateway', async (_name, frame, expected) => {
    const { socket, closed } = await browse(await agent.enter('user-1'));
    socket.send(frame);
    expect(await closed).toBe(expected);
    expect(ownerCalls()).toEqual([]);
  });

  it('of a Control UI reaches it as it is, under the one identity', async () => {
    paired = ['device-1'];
    const { heard, socket } = await connect(await agent.enter('user-1'), 'device-1');
    expect(heard[1]).toContain('"hello-ok"');
    expect(socket.extensions).toBe('');
    const asked = agent.fake.asked.find(({ headers }) => headers['x-tenant-user'] === 'owner');
    expect(asked?.headers).toMatchObject({
      host: 'acme.runtimes.localhost:9000',
      origin: agent.publicOrigin,
      'x-forwarded-for': '192.0.2.2',
      'x-openclaw-scopes': 'operator.read,operator.write,operator.approvals,operator.questions',
    });
    expect(asked?.headers['cookie']).toBeUndefined();
    expect(asked?.headers['sec-websocket-extensions']).toBeUndefined();
    socket.send('{"type":"req","id":"2","method":"chat.send","params":{"text":"안녕"}}');
    await until('the frame', 5_000, async () => ownerCalls()[1] ?? null);
    expect(agent.fake.asked.at(-1)).toMatchObject({
      method: 'chat.send',
      params: { text: '안녕' },
    });
  });
});

describe('a new browser', () => {
  it('is paired by its own request, never by its place', async () => {
    const cookie = await agent.enter('user-1');
    await connect(cookie, 'device-1');
    await until('the yes', 5_000, async () => (paired.length > 0 ? true : null));
    expect(paired).toEqual(['device-1']);
    const again = await connect(cookie, 'device-1');
    expect(again.heard[1]).toContain('"hello-ok"');
    expect(pairingCalls()).toEqual([['device.pair.approve', { requestId: 'request-device-1' }]]);
  });

  it('is the only one its ticket lets in, even with a copied cookie', async () => {
    const cookie = await agent.enter('user-1');
    await connect(cookie, 'device-1');
    await until('the yes', 5_000, async () => (paired.length > 0 ? true : null));
    await connect(cookie, 'device-2');
    await until('the no', 5_000, async () =>
      agent.logged().includes('another_device') ? true : null,
    );
    expect(paired).toEqual(['device-1']);
  });

  it('is not let in when the gateway names another device', async () => {
    agent.fake.answer = (call) => {
      const { device } = call.params as { device?: { id: string } };
      if (call.method !== 'connect' || device === undefined) return answer(call);
      const details = { requestId: 'request-attacker', deviceId: 'attacker' };
      return { error: { code: 'NOT_PAIRED', message: 'm', details } };
    };
    await connect(await agent.enter('user-1'), 'device-1');
    expect(agent.logged()).toContain('foreign_device');
    expect(pairingCalls()).toEqual([]);
  });
});

describe('who may no longer', () => {
  it('is out before that is answered: first the socket, then the device', async () => {
    paired = ['device-1'];
    const { closed } = await connect(await agent.enter('user-1'), 'device-1');
    const other = await agent.enter('user-2');
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    let wasClosedAtRemoval = false;
    agent.fake.answer = async (call) => {
      if (call.method === 'device.pair.remove') {
        wasClosedAtRemoval = await until('closed', 2_000, async () => (isClosed ? true : null));
      }
      return answer(call);
    };
    const told = await agent.call('access', '/access', { allow: ['user-2'] });
    expect([told.status, told.text]).toEqual([200, '{"ended":1}']);
    expect(wasClosedAtRemoval).toBe(true);
    expect(paired).toEqual([]);
    expect(pairingCalls().filter(([method]) => method === 'device.pair.reject')).toHaveLength(3);
    const again = await agent.call('access', '/access', { allow: ['user-2'] });
    expect(again.text).toBe('{"ended":0}');
    expect((await agent.ask({ path: '/ui/', headers: { cookie: other } })).status).toBe(200);
  });

  it('is out although the gateway is away', async () => {
    const cookie = await agent.enter('user-1');
    await agent.fake.close();
    const told = await agent.call('access', '/access', { allow: [] });
    expect([told.status, told.text]).toEqual([200, '{"ended":1}']);
    await expect(browse(cookie)).rejects.toThrow('status 401');
  });

  it('must be named by a body of the right shape', async () => {
    expect((await agent.call('access', '/access', { allow: 'all' })).status).toBe(400);
    expect((await agent.call('access', '/access', {})).status).toBe(400);
  });
});

it('tells the browser when the gateway goes away', async () => {
  paired = ['device-1'];
  const { closed } = await connect(await agent.enter('user-1'), 'device-1');
  agent.fake.cut();
  expect(await closed).toBe(1011);
});

it('cuts every socket when the agent stops', async () => {
  paired = ['device-1'];
  const { closed } = await connect(await agent.enter('user-1'), 'device-1');
  await agent.restart();
  expect(await closed).toBe(1006);
});
