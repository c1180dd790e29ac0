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
});

export const loadSecrets = (file: string): Secrets => {
  if (existsSync(file)) {
    const parsed = secrets.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (parsed.success) return parsed.data;
  }
  mkdirSync(dirname(file), { recursive: true });
  const made = make();
  writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 });
  return made;
};
