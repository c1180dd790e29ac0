import { execFile } from 'node:child_process';
import { readdir, readFile, stat, writeFile, mkdtemp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BackupReport } from '#schemas/contract/agent-backup.ts';
import { offsiteAnswer } from '#schemas/contract/agent-offsite.ts';
import type { BucketGiven, OffsiteAnswer } from '#schemas/contract/agent-offsite.ts';
import { agentError, stateAnswer } from '#schemas/contract/agent.ts';
import type { StateAnswer } from '#schemas/contract/agent.ts';
import type { AgentHere, Told } from '../testing/agent.ts';
import { createAgentHere } from '../testing/agent.ts';
import type { BucketHere } from '../testing/bucket.ts';
import { createBucketHere } from '../testing/bucket.ts';
import { loginless } from '../testing/gateway.ts';
import { until } from '../testing/processes.ts';
import { wakeScratch } from '../testing/scratch.ts';
import { layState, rowsOf } from '../testing/taken.ts';

const run = promisify(execFile);
const path = '/agent/v1/offsite';
let here: AgentHere;
let bucket: BucketHere;
let scratch: ReturnType<typeof wakeScratch>;
let identity: string;
let recipient: string;

beforeEach(async () => {
  [here, bucket] = await Promise.all([createAgentHere(), createBucketHere()]);
  await prepare(here);
  scratch = wakeScratch(here.config.scratchDir);
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
});
afterEach(async () => {
  await here.end();
  await scratch.end();
  await bucket.end();
});

async function prepare(agent: AgentHere): Promise<void> {
  await layState(agent.config.openclawStateDir, { agents: { defaults: { model: 'mine' } } });
  agent.fake.answer = loginless;
}

const post = async (body: unknown, ticket?: string): Promise<Told> =>
  here.ask({
    ...{ method: 'POST', path, body: JSON.stringify(body) },
    headers: {
      origin: here.siteOrigin,
      authorization: `Bearer ${ticket ?? (await here.ticket('offsite', 'owner_1'))}`,
      'content-type': 'application/json',
    },
  });
const taken = ({ status, text }: Told): OffsiteAnswer => {
  expect([status, text]).toEqual([200, text]);
  return offsiteAnswer.parse(JSON.parse(text));
};
const codeOf = ({ text }: Told): string => agentError.parse(JSON.parse(text)).error.code;
const setKey = async () => taken(await post({ do: 'set_key', recipient }));
const setBucket = async (changes: Partial<BucketGiven> = {}): Promise<Told> =>
  post({ do: 'set_bucket', bucket: { ...bucket.given, ...changes } });
const state = async (agent = here): Promise<StateAnswer> =>
  stateAnswer.parse(JSON.parse((await agent.call('state', '/state')).text));
const proven = async (agent: AgentHere, backupId: string): Promise<BackupReport> =>
  until('the backup ends', 30_000, async () => {
    const last = (await state(agent)).backup?.last ?? null;
    const isIt = last !== null && (backupId === '' || last.backupId === backupId);
    if (!isIt || last.code === 'running') return null;
    expect(last.code).toBe('proven');
    return last;
  });
const backUp = async (backupId: string): Promise<void> => {
  await here.call('backup', '/backup', { backupId });
  await proven(here, backupId);
};
/** All that belongs there is there. */
const copied = async (): Promise<string[]> =>
  until('the copy is there', 30_000, async () => {
    const { offsite } = await state();
    return offsite.newest?.state === 'copied' && offsite.owedSinceMs === null
      ? bucket.keys()
      : null;
  });

describe('the door', () => {
  it('takes an owner’s ticket of that scope from a page of the site, once, and shows what is set', async () => {
    const ticket = await here.ticket('offsite', 'owner_1');
    const first = await post({ do: 'look' }, ticket);
    expect(taken(first)).toMatchObject({ recipient: null, bucket: null });
    expect(first.headers['access-control-allow-origin']).toBe(here.siteOrigin);
    expect(codeOf(await post({ do: 'look' }, ticket))).toBe('ticket_replayed');
    const wrong = await here.ticket('import', 'owner_1');
    expect(codeOf(await post({ do: 'look' }, wrong))).toBe('ticket_wrong_scope');
    const ours = await here.ticket('offsite', 'control-plane');
    expect(codeOf(await post({ do: 'look' }, ours))).toBe('ticket_invalid');
  });

  it('takes no recipient that nobody could open for, and no bucket before there is a key', async () => {
    const mistyped = `${recipient.slice(0, -1)}${recipient.endsWith('q') ? 'p' : 'q'}`;
    expect(codeOf(await post({ do: 'set_key', recipient: mistyped }))).toBe('body_invalid');
    // The secret half has no place here.
    expect(codeOf(await post({ do: 'set_key', recipient: identity }))).toBe('body_invalid');
    expect(codeOf(await setBucket())).toBe('recovery_key_missing');
    expect(await bucket.requests()).toEqual([]);
  });

  it('writes, reads back and removes before it takes a bucket, and never says its secret', async () => {
    await setKey();
    const answer = taken(await setBucket());
    expect(answer.bucket).toEqual({
      ...{ endpoint: bucket.given.endpoint, region: 'test-1', bucket: 'backups' },
      ...{ prefix: 'mine/openclaw/rt_1', keyIdEnd: 'TEST' },
    });
    expect(await bucket.requests()).toEqual(['PUT 200', 'GET 200', 'DELETE 204']);
    expect(await bucket.keys()).toEqual([]);
    await here.restart();
    expect(taken(await post({ do: 'look' }))).toEqual(answer);
    const told = JSON.stringify([answer, await state(), here.logged()]);
    const { secretAccessKey, accessKeyId, endpoint } = bucket.given;
    for (const secret of [secretAccessKey, accessKeyId]) expect(told).not.toContain(secret);
    // The control plane is not told where, either.
    expect(JSON.stringify(await state())).not.toContain(endpoint);
    const { mode } = await stat(join(here.dataDir, 'offsite.json'));
    expect(mode & 0o777).toBe(0o600);
  });
});

describe('a bucket that cannot be used is not taken, and it is said why', () => {
  beforeEach(setKey);

  it.each([
    ['another secret', { secretAccessKey: 'another-secret' }, 'bucket_denied'],
    ['another key', { accessKeyId: 'AKIDOTHER' }, 'bucket_denied'],
    ['another region', { region: 'test-2' }, 'bucket_misdirected'],
    ['no such bucket', { bucket: 'nowhere' }, 'bucket_missing'],
    ['nobody there', { endpoint: 'http://127.0.0.1:1' }, 'bucket_unreachable'],
    ['plain text over the net', { endpoint: 'http://s3.example' }, 'bucket_forbidden'],
    ['metadata of a cloud', { endpoint: 'https://169.254.169.254' }, 'bucket_forbidden'],
    ['the runtime’s own network', { endpoint: 'https://10.128.0.3' }, 'bucket_forbidden'],
    ['something with a path', { endpoint: 'https://s3.example/v1' }, 'body_invalid'],
    ['a prefix that climbs', { prefix: 'a/../b' }, 'body_invalid'],
  ] as const)('%s', async (_name, changes, code) => {
    expect(codeOf(await setBucket(changes))).toBe(code);
    expect(taken(await post({ do: 'look' })).bucket).toBeNull();
  });

  it.each([
    [{ denied: true }, 'bucket_denied'],
    [{ keepsAll: true }, 'bucket_denied'],
    [{ full: true }, 'bucket_full'],
    [{ moved: true }, 'bucket_misdirected'],
    [{ rots: true }, 'bucket_mismatch'],
    [{ cutsOff: true }, 'bucket_unreachable'],
  ] as const)('%o', async (faults, code) => {
    await bucket.turn(faults);
    expect(codeOf(await setBucket())).toBe(code);
    expect(taken(await post({ do: 'look' })).bucket).toBeNull();
  });
});

describe('a proven backup', () => {
  it('gets there, is opened with the recovery key alone, and becomes another runtime', async () => {
    await setKey();
    taken(await setBucket());
    await backUp('day-1');
    const [key = '', ...others] = await copied();
    expect(others).toEqual([]);
    expect(key).toMatch(/^mine\/openclaw\/rt_1\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ_day-1\.age$/);
    const [kept] = (await state()).backup?.kept ?? [];
    expect(kept).toMatchObject({ recoverable: true, offsite: { state: 'copied', code: null } });
    // The disk is lost.
    const sealed = await bucket.object(key);
    expect(sealed).toEqual(await readFile(join(here.config.backupDir, 'day-1.age')));
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const opened = Buffer.from(await decrypter.decrypt(sealed));
    await lookInside(opened);
    const other = await createAgentHere({ runtimeId: 'rt_2', publicHost: 'o:1' });
    await prepare(other);
    const waking = wakeScratch(other.config.scratchDir);
    try {
      expect((await bring(other, opened)).status).toBe(202);
      await proven(other, '');
      expect((await bring(other, sealed, identity)).status).toBe(202);
      await until('both are there', 30_000, async () => {
        const { backup } = await state(other);
        return backup?.last?.code === 'proven' && backup.kept[0]?.backupId === backup.last.backupId
          ? true
          : null;
      });
      const wrongKey = await generateX25519Identity();
      for (const wrong of [wrongKey, 'AGE-SECRET-KEY-1', '']) {
        const told = await bring(other, sealed, wrong);
        expect([told.status, codeOf(told)]).toEqual([422, 'import_key_wrong']);
      }
      expect((await bring(other, sealed.subarray(0, -20), identity)).status).toBe(422);
      expect(other.logged()).not.toContain('AGE-SECRET-KEY');
    } finally {
      await other.end();
      await waking.end();
    }
  });

  it('of before the key is not sent, and the page can tell', async () => {
    await backUp('day-1');
    await setKey();
    taken(await setBucket());
    expect((await state()).offsite).toMatchObject({ newest: null, owedSinceMs: null });
    expect(await bucket.keys()).toEqual([]);
    const [kept] = (await state()).backup?.kept ?? [];
    expect(kept).toMatchObject({ recoverable: false, offsite: null });
  });

  it('that could not be sent is on the disk all the same, and goes when the bucket is there', async () => {
    await setKey();
    taken(await setBucket());
    await bucket.turn({ denied: true });
    await backUp('day-1');
    const { offsite } = await until('it failed', 30_000, async () => {
      const seen = await state();
      return seen.offsite.newest?.state === 'failed' ? seen : null;
    });
    expect(offsite.newest?.code).toBe('bucket_denied');
    expect(offsite.owedSinceMs).toBeGreaterThan(0);
    expect((await state()).backup?.kept).toHaveLength(1);
    await bucket.calm();
    await here.restart();
    expect(await copied()).toHaveLength(1);
  });

  it('stays where it is when the bucket is taken away, and nothing more goes there', async () => {
    await setKey();
    taken(await setBucket());
    await backUp('day-1');
    const there = await copied();
    expect(taken(await post({ do: 'remove_bucket' }))).toMatchObject({ bucket: null, recipient });
    await backUp('day-2');
    expect((await state()).offsite).toMatchObject({ bucketAtMs: null, newest: null });
    expect(await bucket.keys()).toEqual(there);
  });

  it('goes with another key from when that was set', async () => {
    await setKey();
    const first = identity;
    identity = await generateX25519Identity();
    recipient = await identityToRecipient(identity);
    await setKey();
    await backUp('day-1');
    const sealed = await readFile(join(here.config.backupDir, 'day-1.age'));
    const open = async (key: string): Promise<Uint8Array> => {
      const decrypter = new Decrypter();
      decrypter.addIdentity(key);
      return decrypter.decrypt(sealed);
    };
    await expect(open(first)).rejects.toThrow('no identity matched');
    await lookInside(Buffer.from(await open(identity)));
  });
});

/** With the tool that everybody has. */
async function lookInside(archive: Buffer): Promise<void> {
  const folder = await mkdtemp(join(dirname(here.dataDir), 'opened-'));
  await writeFile(join(folder, '..', 'archive.tar.gz'), archive);
  await run('tar', ['-xzf', join(folder, '..', 'archive.tar.gz')], { cwd: folder });
  expect((await readdir(folder)).toSorted()).toEqual(['openclaw.json', 'state', 'workspace']);
  const note = await readFile(join(folder, 'workspace', 'note with\nline.md'), 'utf8');
  expect(note).toBe('what I wrote');
  expect(rowsOf(join(folder, 'state/openclaw.sqlite'), 'state_leases')).toEqual([]);
}

async function bring(agent: AgentHere, body: Buffer, key?: string): Promise<Told> {
  return agent.ask({
    ...{ method: 'POST', path: '/agent/v1/import', body },
    headers: {
      origin: agent.siteOrigin,
      host: agent.config.publicHost,
      authorization: `Bearer ${await agent.ticket('import', 'user_1')}`,
      'content-type': key === undefined ? 'application/gzip' : 'application/age',
      'content-length': body.length,
      ...(key === undefined ? {} : { 'x-recovery-key': key }),
    },
  });
}
