import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AwsClient } from 'aws4fetch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBucket } from './bucket.ts';
import type { RunningBucket } from './bucket.ts';
import { ObjectShelf } from './shelf.ts';

const keys = { accessKeyId: 'AKIDTEST', secretAccessKey: 'a-secret-of-tests', region: 'test-1' };
const client = new AwsClient({ ...keys, service: 's3', retries: 0 });
let folder: string;
let bucket: RunningBucket;

const start = async (): Promise<void> => {
  bucket = await createBucket({ port: 0, dataDir: folder, name: 'backups', keys });
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucket-'));
  await start();
});
afterEach(async () => {
  await bucket.close();
  await rm(folder, { recursive: true });
});

const at = (path: string): string => `${bucket.listening}${path}`;
const ask = async (method: string, path: string, body?: string): Promise<Response> =>
  client.fetch(at(path), { method, ...(body === undefined ? {} : { body }) });
const codeOf = async (answer: Response): Promise<string> =>
  /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1] ?? '';
const turn = async (faults: object): Promise<Response> =>
  fetch(at('/_ctl/faults'), { method: 'PATCH', body: JSON.stringify(faults) });

describe('objects', () => {
  it('are kept, measured, given and removed, also across a restart', async () => {
    expect((await ask('PUT', '/backups/a/b c$d.age', 'what lies there')).status).toBe(200);
    await bucket.close();
    await start();
    const head = await ask('HEAD', '/backups/a/b c$d.age');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '15']);
    expect(await (await ask('GET', '/backups/a/b c$d.age')).text()).toBe('what lies there');
    expect(await readdir(folder)).toHaveLength(1);
    expect((await ask('DELETE', '/backups/a/b c$d.age')).status).toBe(204);
    expect((await ask('DELETE', '/backups/a/b c$d.age')).status).toBe(204);
    const gone = await ask('GET', '/backups/a/b c$d.age');
    expect([gone.status, await codeOf(gone)]).toEqual([404, 'NoSuchKey']);
  });

  it('are not there when what came has another sum than was signed', async () => {
    const headers = { 'x-amz-content-sha256': 'a'.repeat(64) };
    const refused = await client.fetch(at('/backups/a'), { method: 'PUT', body: 'b', headers });
    expect([refused.status, await codeOf(refused)]).toEqual([400, 'XAmzContentSHA256Mismatch']);
    expect(await readdir(folder)).toEqual([]);
  });

  it('cannot climb out of their folder', async () => {
    expect(await new ObjectShelf(folder).put('../x', Readable.from(['x']), null)).toBe(true);
    expect(await readdir(folder)).toEqual(['%2E%2E%2Fx']);
  });
});

describe('refusals are S3’s', () => {
  it('without keys, in another bucket, of what is not built', async () => {
    const bare = await fetch(at('/backups/a'));
    expect([bare.status, await codeOf(bare)]).toEqual([403, 'AccessDenied']);
    expect(await codeOf(await ask('GET', '/other/a'))).toBe('NoSuchBucket');
    expect(await codeOf(await ask('GET', '/backups?list-type=2'))).toBe('NotImplemented');
    expect(await codeOf(await ask('PUT', '/backups/a?partNumber=1', 'x'))).toBe('NotImplemented');
    const long = `/backups/${'a'.repeat(300)}`;
    expect(await codeOf(await ask('PUT', long, 'x'))).toBe('KeyTooLongError');
  });

  it('by faults, which a page of another site cannot turn', async () => {
    expect((await turn({ unknown: true })).status).toBe(400);
    const headers = { origin: 'https://evil.example' };
    expect((await fetch(at('/_ctl'), { headers })).status).toBe(403);
    for (const [faults, code] of [
      [{ denied: true }, 'AccessDenied'],
      [{ full: true, denied: false }, 'XMinioStorageFull'],
      [{ moved: true, full: false }, 'PermanentRedirect'],
    ] as const) {
      await turn(faults);
      expect(await codeOf(await ask('PUT', '/backups/a', 'x'))).toBe(code);
    }
    await turn({ moved: false, cutsOff: true });
    await expect(ask('PUT', '/backups/a', 'x')).rejects.toThrow('fetch failed');
  });
});

it('its first page says what it is and what has arrived, and gives it out', async () => {
  await ask('PUT', '/backups/<b>.age', 'sealed');
  const page = await (await fetch(at('/'))).text();
  expect(page).toContain('&lt;b&gt;.age');
  expect(page).not.toContain(keys.secretAccessKey);
  const link = /href="([^"]+)"/.exec(page)?.[1] ?? '';
  expect(await (await fetch(at(link))).text()).toBe('sealed');
});
