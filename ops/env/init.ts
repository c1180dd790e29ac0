/** Makes a `.env` from `.env.example` with fresh keys, readable by its owner only. Shows none. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '#ops/deploy/stage.ts';
import { UsageError } from '#ops/cli/usage.ts';

const signingKey = (): string => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const kid = `k-${randomBytes(4).toString('hex')}`;
  return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid, alg: 'EdDSA' });
};

const made = (): Readonly<Record<string, string>> => ({
  ORDER_TOKEN_KEY: randomBytes(32).toString('base64'),
  TICKET_SIGNING_KEY: signingKey(),
  OPERATOR_PASSWORD: randomBytes(15).toString('base64url'),
});

/** Throws UsageError when the file is there: keys once used must not be replaced by accident. */
export const makeEnvironmentFile = (file: string): void => {
  if (existsSync(file)) throw new UsageError(`${file} is there already; its keys may be in use.`);
  const values = made();
  const text = readFileSync(join(root, '.env.example'), 'utf8').replaceAll(
    /^([A-Z_]+)=$/gm,
    (line, name: string) => (name in values ? `${name}=${values[name] ?? ''}` : line),
  );
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
};
