/**
 * Keys of this one installation, made once and kept in `.local/secrets.json` (mode 0600). They are
 * as long as real ones so that nothing only works with short keys.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod/mini';

const secrets = z.object({
  consolePassword: z.string(),
  operatorPassword: z.string(),
  appwriteKey: z.string(),
  dokployKey: z.string(),
  payappLinkKey: z.string(),
  payappLinkVal: z.string(),
  orderTokenKey: z.string(),
  /** Private Ed25519 JWK as JSON text. */
  ticketSigningKey: z.string(),
  /** An installation of before the bucket's stand-in gets one. */
  bucketSecretKey: z._default(z.string(), ''),
});
export type Secrets = z.infer<typeof secrets>;

const makeSigningKey = (): string => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return JSON.stringify({
    ...privateKey.export({ format: 'jwk' }),
    kid: `local-${randomBytes(4).toString('hex')}`,
    alg: 'EdDSA',
  });
};

/** 32 bytes in base64 that surely contain the characters form encoding damages. */
const makePayAppKey = (): string => {
  for (;;) {
    const key = randomBytes(32).toString('base64');
    if (key.includes('+') && key.includes('/')) return key;
  }
};

/** 40 characters, as Amazon's are. */
const makeBucketKey = (): string => randomBytes(30).toString('base64url');

const make = (): Secrets => ({
  // Hexadecimal: typed by people, and never taken for an option on a command line.
  consolePassword: randomBytes(18).toString('hex'),
  operatorPassword: randomBytes(12).toString('hex'),
  appwriteKey: `standard_${randomBytes(128).toString('hex')}`,
  dokployKey: randomBytes(32).toString('hex'),
  payappLinkKey: makePayAppKey(),
  payappLinkVal: makePayAppKey(),
  orderTokenKey: randomBytes(32).toString('base64'),
  ticketSigningKey: makeSigningKey(),
  bucketSecretKey: makeBucketKey(),
});

export const loadSecrets = (file: string): Secrets => {
  const known = existsSync(file)
    ? secrets.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
    : undefined;
  if (known !== undefined && known.bucketSecretKey !== '') return known;
  mkdirSync(dirname(file), { recursive: true });
  const made = known === undefined ? make() : { ...known, bucketSecretKey: makeBucketKey() };
  writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 });
  return made;
};
