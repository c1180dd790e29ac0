import { describe, expect, it } from 'vitest';
import { newestState, readBucket } from './offsite.ts';

const typed = {
  endpoint: ' s3.ap-northeast-2.amazonaws.com/ ',
  region: 'ap-northeast-2',
  bucket: 'my-backups',
  prefix: '/openclaw/',
  accessKeyId: 'AKIA',
  secretAccessKey: ' a/b+c ',
};

describe('a bucket', () => {
  it('is read as people paste it', () => {
    expect(readBucket(typed)).toEqual({
      given: {
        ...typed,
        endpoint: 'https://s3.ap-northeast-2.amazonaws.com',
        prefix: 'openclaw',
        secretAccessKey: 'a/b+c',
      },
    });
    expect(readBucket({ ...typed, prefix: '' })).toMatchObject({ given: { prefix: '' } });
    const local = 'http://127.0.0.1:8086';
    expect(readBucket({ ...typed, endpoint: local })).toMatchObject({ given: { endpoint: local } });
  });

  it.each([
    ['endpoint', ''],
    ['endpoint', 'https://minio.example/browser/my-backups'],
    ['endpoint', 's3://my-backups'],
    ['region', 'Seoul'],
    ['bucket', 'My Backups'],
    ['bucket', ''],
    ['prefix', 'a//b'],
    ['prefix', '../b'],
    ['accessKeyId', ''],
    ['secretAccessKey', 'with a blank'],
  ] as const)('with a wrong %s ("%s") is not sent', (field, text) => {
    expect(readBucket({ ...typed, [field]: text })).toEqual({ wrong: field });
  });
});

it('the answer to a click counts until the row tells of the same', () => {
  const row = { keyAtMs: 1, bucketAtMs: null, newest: null, owedSinceMs: null };
  const told = { ...row, bucketAtMs: 2 };
  expect(newestState(row, null)).toBe(row);
  expect(newestState(row, told)).toBe(told);
  const later = { ...told, newest: { state: 'copied', code: null, atMs: 3 } as const };
  expect(newestState(later, told)).toBe(later);
});
