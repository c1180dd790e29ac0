/** Ids and secrets as Appwrite spells them. */
import { hash, randomBytes } from 'node:crypto';

/** 20 hex characters, what `unique()` becomes. */
export function newId(): string {
  return randomBytes(10).toString('hex');
}

/** The id a caller asked for, or a new one for `unique()`. */
export function idOrNew(asked: string): string {
  return asked === 'unique()' ? newId() : asked;
}

export function newSecret(hexChars: number): string {
  return randomBytes(Math.ceil(hexChars / 2))
    .toString('hex')
    .slice(0, hexChars);
}

/** What is stored of a random secret; a slow hash would protect nothing here. */
export function secretHash(secret: string): string {
  return hash('sha256', secret, 'hex');
}
