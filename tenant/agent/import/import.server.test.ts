import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { ClientRequest, OutgoingHttpHeaders } from 'node:http';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BackupReport, BackupState } from '#schemas/contract/agent-backup.ts';
import { importAnswer, maxImportBytes } from '#schemas/contract/agent-export.ts';
import { agentError, stateAnswer } from '#schemas/contract/agent.ts';
import { BackupFailure } from '../backup/failure.ts';
import type { Backups } from '../backup/run.ts';
import { identityAt, unseal } from '../backup/seal.ts';
import { readOwnFile } from '../vault/files.ts';
import type { AgentHere, Told } from '../testing/agent.ts';
import { createAgentHere } from '../testing/agent.ts';
import { loginless } from '../testing/gateway.ts';
import { until } from '../testing/processes.ts';
import { wakeScratch } from '../testing/scratch.ts';
import { serverSettings } from '../testing/settings.ts';
import { askExport, layState, rowsOf } from '../testing/taken.ts';
import { archiveWith, brokenDatabase } from '../testing/tarball.ts';
import { Imports } from './imports.ts';

const importPath = '/agent/v1/import';
let here: AgentHere;
let scratch: ReturnType<typeof wakeScratch>;

beforeEach(async () => {
  here = await createAgentHere();
  await layState(here.config.openclawStateDir);
  here.fake.answer = loginless;
  scratch = wakeScratch(here.config.scratchDir);
});
afterEach(async () => {
  await here.end();
  await scratch.end();
});

const backups = async (): Promise<BackupState> => {
  const { backup } = stateAnswer.parse(JSON.parse((await here.call('state', '/state')).text));
  if (backup === null) throw new Error('no backups');
  return backup;
};
const headersOf = async (more: OutgoingHttpHeaders = {}): Promise<OutgoingHttpHeaders> => ({
  origin: here.siteOrigin,
  authorization: `Bearer ${await here.ticket('import', 'user_1')}`,
  'content-type': 'application/gzip',
  ...more,
});
const send = async (body: Buffer, more: OutgoingHttpHeaders = {}): Promise<Told> =>
  here.ask({
    ...{ method: 'POST', path: importPath, body },
    headers: await headersOf({ 'content-length': body.length, ...more }),
  });
const codeOf = ({ text }: Told): string => agentError.parse(JSON.parse(text)).error.code;
const ended = async (): Promise<BackupReport> =>
  until('the import ends', 30_000, async () => {
    const { last } = await backups();
    return last === null || last.code === 'running' ? null : last;
  });
const drafts = async (): Promise<string[]> => readdir(here.config.backupDir);

describe('an archive', () => {
  it('of another runtime becomes a proven backup of this one', async () => {
    const other = await createAgentHere({ publicOrigin: 'http://other.test', publicHost: 'o:1' });
    await layState(other.config.openclawStateDir, {
      gateway: { auth: { mode: 'token', token: 'of the other' } },
      agents: { defaults: { model: { primary: 'mine' } } },
      logging: { file: '/elsewhere/gateway.log' },
    });
    await writeFile(
      join(other.config.openclawStateDir, '.env'),
      'OPENCLAW_GATEWAY_TOKEN=x\nMY_KEY=y\n',
    );
    const taken = await other.ask({
      ...{ method: 'POST', path: '/agent/v1/export' },
      headers: {
        origin: other.siteOrigin,
        host: 'o:1',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: `ticket=${await other.ticket('export', 'user_1')}`,
    });
    await other.end();
    const told = await send(taken.bytes);
    expect(told.status).toBe(202);
    const { backup } = importAnswer.parse(JSON.parse(told.text));
    expect(backup).toMatchObject({ origin: 'import', code: 'running' });
    expect(await ended()).toMatchObject({ backupId: backup.backupId, code: 'proven' });
    const { kept } = await backups();
    expect(kept).toMatchObject([
      { backupId: backup.backupId, origin: 'import', openclawVersion: '2026.9.6' },
    ]);
    const opened = await open(backup.backupId);
    expect(JSON.parse((await readOwnFile(join(opened, 'openclaw.json'))) ?? '')).toMatchObject({
      gateway: {
        auth: { mode: 'trusted-proxy' },
        controlUi: { allowedOrigins: [here.publicOrigin] },
      },
      agents: { defaults: { model: { primary: 'mine' } } },
      logging: { file: expect.stringContaining(here.config.openclawStateDir) as string },
    });
    expect(await readOwnFile(join(opened, '.env'))).toBe('MY_KEY=y\n');
    const database = join(opened, 'state/openclaw.sqlite');
    expect(rowsOf(database, 'state_leases')).toEqual([]);
    expect(rowsOf(database, 'config_machine_state')).toHaveLength(1);
    expect(await readdir(here.config.scratchDir)).toEqual([]);
  });

  it('and the daily ones do not push each other out, also across a restart', async () => {
    const { bytes } = await askExport(here);
    await here.call('backup', '/backup', { backupId: 'day-1' });
    await ended();
    await send(bytes);
    expect((await ended()).code).toBe('proven');
    await here.restart();
    expect((await backups()).kept.map(({ origin }) => origin)).toEqual(['import', 'runtime']);
  });

  const open = async (backupId: string): Promise<string> => {
    const folder = join(dirname(here.dataDir), 'opened');
    await mkdir(folder);
    const identity = await identityAt(join(here.dataDir, 'backup-identity'));
    const file = join(here.config.backupDir, `${backupId}.age`);
    await unseal({ folder, file, identity, signal: AbortSignal.timeout(10_000) });
    return folder;
  };
});

describe('what comes to nothing leaves nothing, and says why', () => {
  it.each([
    ['no state in it', archiveWith({ path: 'state/../x' }), 'import_malformed'],
    ['a broken database', archiveWith(brokenDatabase), 'import_malformed'],
    [
      'a link in the place of the configuration',
      archiveWith({ path: 'state/openclaw.json.new', type: 'SymbolicLink', linkpath: 'x' }),
      'import_malformed',
    ],
    ['cut short', archiveWith({ path: 'state/a' }).subarray(0, -9), 'import_malformed'],
  ] as const)('%s', async (_name, archive, code) => {
    expect((await send(archive)).status).toBe(202);
    expect(await ended()).toMatchObject({ origin: 'import', code, step: null });
    expect([await drafts(), (await backups()).kept]).toEqual([[], []]);
  });

  it('an upload that is no gzip is answered so at once', async () => {
    const told = await send(Buffer.from('PK\u0003\u0004 not what was asked for'));
    expect([told.status, codeOf(told)]).toEqual([422, 'import_malformed']);
    expect((await ended()).code).toBe('import_malformed');
    expect(await drafts()).toEqual([]);
  });

  it('an upload that ends half-way', async () => {
    const call = await begin();
    call.destroy();
    expect((await ended()).code).toBe('import_cut_off');
    expect(await drafts()).toEqual([]);
  });

  it('an agent that ends meanwhile', async () => {
    const call = await begin();
    await here.restart();
    call.destroy();
    expect((await ended()).code).toBe('interrupted');
    await writeFile(join(here.config.backupDir, 'import-x.upload.draft'), 'left by a kill');
    await here.restart();
    expect(await drafts()).toEqual([]);
  });
});

/** Sends the beginning of an archive; returns when the agent has begun to write it. */
async function begin(): Promise<ClientRequest> {
  const call = httpRequest({
    ...{ method: 'POST', host: '127.0.0.1', port: here.port(), path: importPath, agent: false },
    headers: await headersOf({ host: here.config.publicHost, 'content-length': 1_000_000 }),
  });
  call.on('error', () => undefined);
  call.write(archiveWith({ path: 'state/a' }).subarray(0, 60));
  await until('receiving', 10_000, async () =>
    (await backups()).last?.step === 'receiving' && (await drafts()).length > 0 ? true : null,
  );
  return call;
}

describe('the door', () => {
  const archive = archiveWith({ path: 'state/a' });

  it('takes one at a time, and none beside a backup', async () => {
    const call = await begin();
    const told = await send(archive);
    expect([told.status, codeOf(told)]).toEqual([409, 'backup_busy']);
    // A backup that is asked for meanwhile is not made beside it either.
    const asked = await here.call('backup', '/backup', { backupId: 'day-1' });
    expect(JSON.parse(asked.text)).toMatchObject({ backup: { origin: 'import' } });
    call.destroy();
    await ended();
    expect((await send(archive)).status).toBe(202);
    await ended();
  });

  it.each([
    ['larger than it may be', { 'content-length': maxImportBytes + 1 }, 413, 'import_too_large'],
    ['of another kind', { 'content-type': 'application/zip' }, 400, 'body_invalid'],
    ['without a ticket', { authorization: undefined }, 401, 'ticket_missing'],
  ] as const)(
    'refuses one %s before a byte of it is written',
    async (_name, more, status, code) => {
      const all = Object.entries(await headersOf({ 'content-length': archive.length, ...more }));
      const headers = Object.fromEntries(all.filter(([, value]) => value !== undefined));
      const call = httpRequest({
        ...{ method: 'POST', host: '127.0.0.1', port: here.port(), path: importPath, agent: false },
        headers: { ...headers, host: here.config.publicHost },
      });
      call.on('error', () => undefined);
      call.flushHeaders();
      const [answer] = (await once(call, 'response')) as [
        AsyncIterable<Buffer> & { statusCode: number },
      ];
      let text = '';
      for await (const chunk of answer) text += chunk.toString('utf8');
      expect([answer.statusCode, agentError.parse(JSON.parse(text)).error.code]).toEqual([
        status,
        code,
      ]);
      call.destroy();
      expect([await drafts(), (await backups()).last]).toEqual([[], null]);
    },
  );

  it('takes a ticket of that scope, once, from a page of the site alone', async () => {
    const preflight = await here.ask({
      ...{ method: 'OPTIONS', path: importPath },
      headers: { origin: here.siteOrigin, 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([
      204,
      here.siteOrigin,
    ]);
    const foreign = await send(archive, { origin: 'https://evil.example' });
    expect([foreign.status, codeOf(foreign)]).toEqual([403, 'origin_refused']);
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
    const wrong = { authorization: `Bearer ${await here.ticket('watch', 'user_1')}` };
    expect(codeOf(await send(archive, wrong))).toBe('ticket_wrong_scope');
    const { authorization } = await headersOf();
    const used = { authorization };
    const first = await send(archive, used);
    expect([first.status, first.headers['access-control-allow-origin']]).toEqual([
      202,
      here.siteOrigin,
    ]);
    expect(codeOf(await send(archive, used))).toBe('ticket_replayed');
    await ended();
  });
});

it('without room nothing is received', async () => {
  const busy = { isBusy: () => false, beginImport: async () => Promise.reject(new Error('began')) };
  const imports = new Imports({
    config: serverSettings,
    backups: busy as unknown as Backups,
    demand: async () => Promise.reject(new BackupFailure('storage_full')),
  });
  const headers = { 'content-type': 'application/gzip', 'content-length': '9' };
  await expect(imports.take({ headers } as never)).rejects.toMatchObject({ code: 'storage_full' });
});
