/** Ids and names in Dokploy's own forms. */
import { randomInt } from 'node:crypto';

const idAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';
const suffixAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** 21 characters, as nanoid makes them. */
export function newId(): string {
  return pick(idAlphabet, 21);
}

/** The name asked for is never the name got: `-` and 6 random characters are added. */
export function withSuffix(name: string): string {
  return `${name.trim().toLowerCase()}-${pick(suffixAlphabet, 6)}`;
}

const words = ['reboot', 'parse', 'bypass', 'driver', 'panel', 'matrix', 'sensor', 'card'] as const;

/** For a compose or server created without an appName. */
export function inventedName(kind: 'compose' | 'server'): string {
  const three = Array.from({ length: 3 }, () => words[randomInt(words.length)]);
  return withSuffix([kind, ...three].join('-'));
}
