/** Ids: random ones from the system's generator, derived ones from SHA-256. */
import { createHash, randomBytes } from 'node:crypto';
import type { Ids } from '#ports/system.ts';

const idBytes = 10;
const tokenLength = 32;
const derivedLength = 36;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

/** 32 characters of 62: 190 bits. Bytes that would favour some characters are thrown away. */
const newToken = (): string => {
  const fair = 256 - (256 % alphabet.length);
  let token = '';
  while (token.length < tokenLength) {
    for (const byte of randomBytes(tokenLength)) {
      if (byte < fair && token.length < tokenLength)
        token += alphabet.charAt(byte % alphabet.length);
    }
  }
  return token;
};

export const systemIds: Ids = {
  newId: () => randomBytes(idBytes).toString('hex'),
  newToken,
  // A single part hashes as itself; U+001F keeps ('a', 'bc') and ('ab', 'c') apart.
  idFrom: (...parts) => sha256Hex(parts.join('\u001f')).slice(0, derivedLength),
  sha256Hex,
};
