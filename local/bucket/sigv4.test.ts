/** Held against the examples of Amazon's own description of the signature. */
import { describe, expect, it } from 'vitest';
import { refusalOf } from './sigv4.ts';
import type { Asked } from './sigv4.ts';

const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
};
const nowMs = Date.UTC(2013, 4, 24);
const sumOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const signed = (names: string, signature: string): string =>
  'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
  `SignedHeaders=${names},Signature=${signature}`;

const common = { host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': '20130524T000000Z' };
const get: Asked = {
  method: 'GET',
  target: '/test.txt',
  headers: {
    ...common,
    range: 'bytes=0-9',
    'x-amz-content-sha256': sumOfNothing,
    authorization: signed(
      'host;range;x-amz-content-sha256;x-amz-date',
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ),
  },
};
const put: Asked = {
  method: 'PUT',
  target: '/test%24file.text',
  headers: {
    ...common,
    date: 'Fri, 24 May 2013 00:00:00 GMT',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    authorization: signed(
      'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ),
  },
};
const list: Asked = {
  method: 'GET',
  target: '/?max-keys=2&prefix=J',
  headers: {
    ...common,
    'x-amz-content-sha256': sumOfNothing,
    authorization: signed(
      'host;x-amz-content-sha256;x-amz-date',
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ),
  },
};

describe('a request', () => {
  it.each([
    ['to get', get],
    ['to put, with a sign in its name', put],
    ['with a query', list],
  ])('%s is let in as Amazon signs it', (_name, asked) => {
    expect(refusalOf(asked, keys, nowMs)).toBeNull();
  });

  it.each([
    ['method', { ...get, method: 'DELETE' }],
    ['path', { ...get, target: '/other.txt' }],
    ['query', { ...list, target: '/?max-keys=3&prefix=J' }],
    ['header', { ...get, headers: { ...get.headers, range: 'bytes=0-99' } }],
    ['host', { ...get, headers: { ...get.headers, host: 'other.example' } }],
  ])('with another %s is not', (_name, asked) => {
    expect(refusalOf(asked, keys, nowMs)).toBe('SignatureDoesNotMatch');
  });

  it('is refused late, early, unsigned, or with other keys', () => {
    const hour = 3_600_000;
    expect(refusalOf(get, keys, nowMs + hour)).toBe('RequestTimeTooSkewed');
    expect(refusalOf(get, keys, nowMs - hour)).toBe('RequestTimeTooSkewed');
    const { authorization: _none, ...bare } = get.headers;
    expect(refusalOf({ ...get, headers: bare }, keys, nowMs)).toBe('AccessDenied');
    expect(refusalOf(get, { ...keys, accessKeyId: 'B' }, nowMs)).toBe('InvalidAccessKeyId');
    expect(refusalOf(get, { ...keys, secretAccessKey: 'B' }, nowMs)).toBe('SignatureDoesNotMatch');
    const elsewhere = { ...keys, region: 'eu-west-1' };
    expect(refusalOf(get, elsewhere, nowMs)).toBe('AuthorizationHeaderMalformed');
    const loose = get.headers['authorization'] as string;
    const headers = { ...get.headers, authorization: loose.replace('host;', '') };
    expect(refusalOf({ ...get, headers }, keys, nowMs)).toBe('AccessDenied');
  });
});
