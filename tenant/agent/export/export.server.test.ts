import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { agentError, stateAnswer } from '#schemas/contract/agent.ts';
import { BackupFailure } from '../backup/failure.ts';
import { serverSettings } from '../testing/settings.ts';
import type { AgentHere } from '../testing/agent.ts';
import { createAgentHere, entering } from '../testing/agent.ts';
import { until } from '../testing/processes.ts';
import { askExport, exportPath, layState, rowsOf, unpackTaken } from '../testing/taken.ts';
import { Exports } from './exports.ts';

let here: AgentHere;
beforeAll(async () => {
  here = await createAgentHere();
  await layState(here.config.openclawStateDir, {
    gateway: { auth: { mode: 'trusted-proxy' }, trustedProxies: ['10.1.2.3'], port: 1 },
    agents: { defaults: { model: { primary: 'mine' } } },
  });
});
afterAll(async () => here.end());

const state = async () => stateAnswer.parse(JSON.parse((await here.call('state', '/state')).text));
const left = async (): Promise<string[]> =>
  (await readdir(here.config.backupDir)).filter((name) => name.startsWith('export'));
/** Once nothing of it is there and it has ended. */
const ended = async (code: string): Promise<void> => {
  await until(`an export that ends as ${code}`, 10_000, async () =>
    (await state()).export?.code === code && (await left()).length === 0 ? true : null,
  );
};
const codeOf = (text: string): string => agentError.parse(JSON.parse(text)).error.code;

describe('what a member takes away', () => {
  it('is one archive, named after the runtime and the day, with a list that proves it whole', async () => {
    const told = await askExport(here);
    expect(told.status).toBe(200);
    expect(told.headers).toMatchObject({
      'content-type': 'application/gzip',
      'cache-control': 'no-store',
      'content-disposition': expect.stringMatching(
        /^attachment; filename="acme-\d{4}-\d\d-\d\d\.tar\.gz"$/,
      ) as string,
    });
    const place = await unpackTaken(told, dirname(here.dataDir));
    expect((await readdir(place)).toSorted()).toEqual(
      ['README.en.md', 'README.ko.md', 'SHA256SUMS', 'compose.yaml', 'state'].toSorted(),
    );
    expect((await readdir(join(place, 'state'))).toSorted()).toEqual(
      ['openclaw.json', 'state', 'workspace'].toSorted(),
    );
    const database = join(place, 'state/state/openclaw.sqlite');
    expect(rowsOf(database, 'state_leases')).toEqual([]);
    expect(rowsOf(database, 'config_machine_state')).toHaveLength(1);
    await ended('sent');
    expect((await state()).export).toMatchObject({ sizeBytes: told.bytes.length });
  });

  it('starts without the agent: a token in its place, the customer\u2019s own settings kept', async () => {
    const place = await unpackTaken(await askExport(here), dirname(here.dataDir));
    const text = await readFile(join(place, 'state/openclaw.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      gateway: { auth: { mode: 'token' }, bind: 'lan', port: 18_789 },
      agents: { defaults: { model: { primary: 'mine' } } },
    });
    const compose = await readFile(join(place, 'compose.yaml'), 'utf8');
    expect(compose).toContain(`image: "${here.config.expectedImage}"`);
    for (const ours of ['trusted-proxy', '10.1.2.3', here.siteOrigin, 'k1']) {
      expect(`${text}${compose}`).not.toContain(ours);
    }
  });

  it('is answered to a program in JSON and to a person by a page, when it is refused', async () => {
    const asked = entering('nonsense', here.siteOrigin, exportPath);
    const page = await here.ask(asked);
    expect([page.status, page.headers['content-type']]).toEqual([401, 'text/html; charset=utf-8']);
    expect(page.text).toContain('<code>ticket_invalid</code>');
    const told = await here.ask({ ...asked, headers: { ...asked.headers, 'sec-fetch-dest': 'x' } });
    expect(codeOf(told.text)).toBe('ticket_invalid');
  });
});

describe('the door', () => {
  const asProgram = async (ticket: string, origin = here.siteOrigin) => {
    const { headers, ...asked } = entering(ticket, origin, exportPath);
    return here.ask({ ...asked, headers: { ...headers, 'sec-fetch-dest': 'empty' } });
  };

  it('takes a ticket of that scope, once', async () => {
    const ticket = await here.ticket('export', 'user_1');
    expect((await asProgram(ticket)).status).toBe(200);
    expect(codeOf((await asProgram(ticket)).text)).toBe('ticket_replayed');
    const other = await asProgram(await here.ticket('enter', 'user_1'));
    expect([other.status, codeOf(other.text)]).toEqual([403, 'ticket_wrong_scope']);
    const control = await asProgram(await here.ticket('export', 'control-plane'));
    expect(codeOf(control.text)).toBe('ticket_invalid');
  });

  it('takes it from the site alone, and no other way', async () => {
    const ticket = await here.ticket('export', 'user_1');
    const foreign = await asProgram(ticket, 'https://evil.example');
    expect([foreign.status, codeOf(foreign.text)]).toEqual([403, 'origin_refused']);
    expect((await here.ask({ path: exportPath })).status).toBe(404);
    const preflight = await here.ask({ method: 'OPTIONS', path: exportPath });
    expect(preflight.status).toBe(404);
  });
});

describe('one at a time', () => {
  const large = (): string => join(here.config.openclawStateDir, 'workspace', 'large');
  afterAll(async () => rm(large()));

  /** Takes the head and nothing of the body. */
  const hold = async (): Promise<IncomingMessage> => {
    const { headers, body, ...asked } = entering(
      await here.ticket('export', 'user_1'),
      here.siteOrigin,
      exportPath,
    );
    const port = here.port();
    const call = httpRequest({
      ...{ ...asked, host: '127.0.0.1', port, agent: false },
      headers: { ...headers, host: here.config.publicHost },
    });
    call.end(body);
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    return answer.pause();
  };

  it('a second one waits; one whose browser goes away leaves nothing', async () => {
    // More than the sockets between here and there can hold.
    await writeFile(large(), randomBytes(24 * 1024 ** 2));
    const held = await hold();
    expect((await state()).export).toMatchObject({ code: 'running' });
    expect(await left()).toEqual(['export.part']);
    const second = await askExport(here);
    expect([second.status, second.text]).toEqual([409, expect.stringContaining('export_busy')]);
    held.destroy();
    await ended('aborted');
    expect((await askExport(here)).status).toBe(200);
    await ended('sent');
  });

  it('one that is cut off by the agent\u2019s end is visibly not whole, and leaves nothing', async () => {
    const held = await hold();
    held.on('error', () => undefined);
    const closed = new Promise((resolve) => held.once('close', resolve));
    await here.restart();
    held.resume();
    await closed;
    expect(held.complete).toBe(false);
    await ended('interrupted');
  });
});

describe('beside no gateway', () => {
  let alone: AgentHere;
  beforeAll(async () => {
    alone = await createAgentHere({ mode: 'export' });
    await layState(alone.config.openclawStateDir);
    alone.fake.answer = () => {
      throw new Error('nobody may ask');
    };
  });
  afterAll(async () => alone.end());

  it('the state is exported all the same, and told of', async () => {
    const told = await alone.call('state', '/state');
    expect(JSON.parse(told.text)).toMatchObject({
      mode: 'export',
      gateway: { status: 'unreachable', version: null },
    });
    const place = await unpackTaken(await askExport(alone), dirname(alone.dataDir));
    const database = join(place, 'state/state/openclaw.sqlite');
    expect(rowsOf(database, 'config_machine_state')).toHaveLength(1);
    expect((await alone.ask({ path: '/agent/healthz' })).status).toBe(200);
  });

  it.each([
    ['verify', '/verify'],
    ['codex:start', '/codex/start'],
    ['smoke', '/smoke'],
    ['check', '/check'],
    ['backup', '/backup'],
    ['restore', '/restore'],
    ['access', '/access'],
  ] as const)('%s is refused by name', async (scope, path) => {
    const told = await alone.call(scope, path);
    expect([told.status, codeOf(told.text)]).toEqual([409, 'runtime_suspended']);
  });

  it('nobody enters, with a ticket or with a session of before', async () => {
    const entered = await alone.ask(
      entering(await alone.ticket('enter', 'user_1'), alone.siteOrigin),
    );
    expect([entered.status, entered.headers['set-cookie']]).toEqual([409, undefined]);
    expect(entered.text).toContain('runtime_suspended');
    expect((await alone.ask({ path: '/ui/' })).status).toBe(409);
    const socket = alone.socket({ origin: alone.publicOrigin });
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(answer.statusCode).toBe(409);
    expect(alone.fake.asked).toEqual([]);
  });
});

describe('bounds', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'exports-'));
    await mkdir(join(folder, 'backups'));
    await layState(join(folder, 'state'));
    await writeFile(join(folder, 'state', 'workspace', 'large'), randomBytes(24 * 1024 ** 2));
  });
  afterEach(async () => rm(folder, { recursive: true }));
  const settings = () => ({
    ...serverSettings,
    dataDir: join(folder, 'data'),
    backupDir: join(folder, 'backups'),
    openclawStateDir: join(folder, 'state'),
  });
  const parts = () => ({ config: settings(), now: Date.now, log: () => undefined });

  it('without room nothing is written', async () => {
    const demand = async () => Promise.reject(new BackupFailure('storage_full'));
    const exports = new Exports({ ...parts(), demand });
    const server = createServer((_request, response) => {
      exports.answer(response, {}).catch((error: unknown) => response.end(String(error)));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}`);
    expect(await answer.text()).toContain('storage_full');
    expect(await readdir(join(folder, 'backups'))).toEqual([]);
    server.close();
  });

  it('a browser that reads nothing is let go', async () => {
    const exports = new Exports({ ...parts(), stallAfterMs: 1_000 });
    const server = createServer((_request, response) => void exports.answer(response, {}));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const call = httpRequest({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    call.on('error', () => undefined).end();
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    answer.on('error', () => undefined).pause();
    await until('the end', 10_000, async () =>
      exports.report()?.code === 'aborted' ? true : null,
    );
    expect(await readdir(join(folder, 'backups'))).toEqual([]);
    answer.destroy();
    server.closeAllConnections();
    server.close();
  });

  it('what a kill left is removed by the next start', async () => {
    await mkdir(join(folder, 'backups', 'export.part', 'acme-2026-01-01'), { recursive: true });
    await new Exports(parts()).load();
    expect(await readdir(join(folder, 'backups'))).toEqual([]);
  });
});
