/**
 * Who may: AWS Signature Version 4 in the `Authorization` header, checked from Amazon's description of
 * it (Signature Version 4 for the S3 REST API), without the client's own code. Pure.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

export interface Asked {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export type Refusal =
  | 'AccessDenied'
  | 'AuthorizationHeaderMalformed'
  | 'InvalidAccessKeyId'
  | 'RequestTimeTooSkewed'
  | 'SignatureDoesNotMatch';

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
const maxSkewMs = 15 * 60_000;
/** Without them anybody could send the rest again, elsewhere, later, with another body. */
const mustBeSigned = ['host', 'x-amz-content-sha256', 'x-amz-date'];

/** Null: it is the holder of the keys, now, and every signed header is as it was. */
export function refusalOf(asked: Asked, keys: Keys, nowMs: number): Refusal | null {
  const parts = form.exec(textOf(asked.headers['authorization']));
  if (parts === null) return 'AccessDenied';
  const [, accessKeyId = '', day = '', region = '', names = '', signature = ''] = parts;
  if (accessKeyId !== keys.accessKeyId) return 'InvalidAccessKeyId';
  if (region !== keys.region) return 'AuthorizationHeaderMalformed';
  const signed = names.split(';');
  if (!mustBeSigned.every((name) => signed.includes(name))) return 'AccessDenied';
  const date = textOf(asked.headers['x-amz-date']);
  const atMs = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  if (!date.startsWith(day) || !(Math.abs(nowMs - atMs) <= maxSkewMs))
    return 'RequestTimeTooSkewed';
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical(asked, signed))].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer | string>(
    (outer, inner) => hmac(outer, inner),
    `AWS4${keys.secretAccessKey}`,
  );
  const wanted = hmac(key, toSign);
  return timingSafeEqual(wanted, Buffer.from(signature, 'hex')) ? null : 'SignatureDoesNotMatch';
}

function canonical({ method, target, headers }: Asked, signed: readonly string[]): string {
  const [path = '', query = ''] = target.split('?', 2);
  const pairs = query === '' ? [] : query.split('&').map((pair) => pair.split('=', 2));
  const sorted = pairs
    .map(([name = '', value = '']) => `${again(name)}=${again(value)}`)
    .toSorted();
  const lines = signed.map(
    (name) => `${name}:${textOf(headers[name]).trim().replace(/\s+/g, ' ')}\n`,
  );
  const sum = textOf(headers['x-amz-content-sha256']);
  const address = path.split('/').map(again).join('/');
  return [method, address, sorted.join('&'), lines.join(''), signed.join(';'), sum].join('\n');
}

/** Encoded as RFC 3986 has it, however it came. */
const again = (text: string): string =>
  encodeURIComponent(decodeURIComponent(text)).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const textOf = (value: string | string[] | undefined): string =>
  typeof value === 'string' ? value : (value ?? []).join(',');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();
