/**
 * Passwords are kept as scrypt hashes in the form `$scrypt$<cost>$<salt>$<hash>`.
 * The cost is far below what a public server should use: this one serves one machine, and its
 * tests sign up by the hundred. Hashing runs in the thread pool, never on the request thread.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const COST = 1024;
const BLOCK_SIZE = 8;
const PARALLEL = 1;
const KEY_BYTES = 32;

export const HASH_NAME = 'scrypt';
export const HASH_OPTIONS = {
  type: 'scrypt',
  costCpu: COST,
  costMemory: BLOCK_SIZE,
  costParallel: PARALLEL,
  length: KEY_BYTES,
} as const;

function derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, { N: cost, r: BLOCK_SIZE, p: PARALLEL }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return `$scrypt$${COST}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** False for a missing or foreign hash, at the same cost as for a wrong password. */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  const [, kind, cost, salt = '', key = ''] = (stored ?? '').split('$');
  const known = kind === 'scrypt';
  const wanted = Buffer.from(key, 'base64url');
  const usedCost = known ? Number(cost) : COST;
  const given = await derive(password, Buffer.from(salt, 'base64url'), usedCost);
  return known && wanted.length === given.length && timingSafeEqual(wanted, given);
}
