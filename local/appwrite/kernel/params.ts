/**
 * Reading parameters with Appwrite's own refusals: `Param "x" is not optional.` and
 * `Invalid \`x\` param: <what the value must be>`. As there, null and '' count as absent, and
 * numbers and booleans of form bodies may be written as text.
 */
import { AppwriteError } from './errors.ts';
import type { Json } from './types.ts';

/** Why a value was refused; the reading function adds the name of the parameter. */
export class Unfit extends Error {}

/** Returns the value in its proper type or throws Unfit with the description of what fits. */
export type Validator<T> = (value: unknown) => T;

function apply<T>(name: string, value: unknown, validator: Validator<T>): T {
  try {
    return validator(value);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    throw new AppwriteError(
      'general_argument_invalid',
      `Invalid \`${name}\` param: ${error.message}`,
    );
  }
}

export function required<T>(source: Json, name: string, validator: Validator<T>): T {
  const value = source[name];
  if (value === undefined || value === null || value === '') {
    throw new AppwriteError('general_argument_invalid', `Param "${name}" is not optional.`);
  }
  return apply(name, value, validator);
}

export function optional<T, F>(
  source: Json,
  name: string,
  validator: Validator<T>,
  fallback: F,
): T | F {
  const value = source[name];
  if (value === undefined || value === null) return fallback;
  // An empty text is not validated; where text is wanted it stands for itself.
  if (value === '') return typeof fallback === 'string' ? ('' as F) : fallback;
  return apply(name, value, validator);
}

/** Validates a value that is not in a body, such as a path or query parameter. */
export const checked = apply;

const thousands = (value: number | bigint): string => value.toLocaleString('en-US');

export const text =
  (maxChars: number, minChars = 1): Validator<string> =>
  (value) => {
    if (typeof value === 'string' && value.length >= minChars && fits(value, maxChars)) {
      return value;
    }
    const least = minChars > 0 ? ` and at least ${minChars} chars` : '';
    const most = maxChars > 0 ? ` and no longer than ${maxChars} chars` : '';
    throw new Unfit(`Value must be a valid string${least}${most}`);
  };

/** The server counts code points, JavaScript UTF-16 units. */
const codePoints = (value: string): number =>
  value.replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g, '.').length;

function fits(value: string, maxChars: number): boolean {
  return maxChars === 0 || value.length <= maxChars || codePoints(value) <= maxChars;
}

export const range =
  (min: number, max: number): Validator<number> =>
  (value) => {
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
    if (Number.isInteger(number) && typeof number === 'number') {
      if (number >= min && number <= max) return number;
    }
    throw new Unfit(`Value must be a valid range between ${thousands(min)} and ${thousands(max)}`);
  };

export const boolean: Validator<boolean> = (value) => {
  if (value === true || value === 'true' || value === 1 || value === '1') return true;
  if (value === false || value === 'false' || value === 0 || value === '0') return false;
  throw new Unfit('Value must be a valid boolean');
};

export const oneOf =
  <T extends string>(allowed: readonly T[]): Validator<T> =>
  (value) => {
    const found = allowed.find((entry) => entry === value);
    if (found !== undefined) return found;
    throw new Unfit(`Value must be one of (${allowed.join(', ')})`);
  };

export const arrayOf =
  <T>(item: Validator<T>, maxItems: number): Validator<T[]> =>
  (value) => {
    const prefix = `Value must a valid array no longer than ${maxItems} items`;
    try {
      if (Array.isArray(value) && value.length <= maxItems) {
        return value.map((entry: unknown) => item(entry));
      }
      item(undefined);
    } catch (error) {
      if (error instanceof Unfit) throw new Unfit(`${prefix} and ${error.message}`);
      throw error;
    }
    throw new Unfit(prefix);
  };

/** A JSON object, also as JSON text (form bodies). */
export const object: Validator<Json> = (value) => {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (isJsonObject(parsed)) return parsed;
  // PHP makes no difference between an empty list and an empty object.
  if (Array.isArray(parsed) && parsed.length === 0) return {};
  throw new Unfit('Value must be a valid object.');
};

export function isJsonObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Nesting the reference reads; deeper text is as good as malformed. */
const MAX_DEPTH = 512;

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((entry) => deeperThan(entry, levels - 1));
}

export function parseJson(value: string): unknown {
  try {
    const parsed = JSON.parse(value) as unknown;
    // Shorter text cannot open and close that many levels.
    return value.length > 2 * MAX_DEPTH && deeperThan(parsed, MAX_DEPTH) ? undefined : parsed;
  } catch {
    return undefined;
  }
}

/** Adds ` or null` to the refusal, as for parameters that may be null. */
export const nullable =
  <T>(validator: Validator<T>): Validator<T | null> =>
  (value) => {
    if (value === null) return null;
    try {
      return validator(value);
    } catch (error) {
      if (error instanceof Unfit) throw new Unfit(`${error.message} or null`);
      throw error;
    }
  };

const key =
  (maxChars: number): Validator<string> =>
  (value) => {
    if (
      typeof value === 'string' &&
      value.length <= maxChars &&
      /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(value)
    ) {
      return value;
    }
    throw new Unfit(
      `Parameter must contain at most ${maxChars} chars. Valid chars are a-z, A-Z, 0-9, period, ` +
        "hyphen, and underscore. Can't start with a special char",
    );
  };

/** An id of something that exists, a column key and the like. */
export const uid: Validator<string> = key(36);
export const roleName: Validator<string> = key(81);
/** An id for something new: `unique()` stays as it is, see `idOrNew`. */
export const customId: Validator<string> = (value) => (value === 'unique()' ? value : uid(value));

const EMAIL = /^[^\s@<>()[\],;:"\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/** Lower-cased: addresses that differ in case only are the same account. */
export const email: Validator<string> = (value) => {
  if (typeof value === 'string' && value.length <= 254 && EMAIL.test(value)) {
    return value.toLowerCase();
  }
  throw new Unfit('Value must be a valid email address');
};

export const password: Validator<string> = (value) => {
  if (typeof value === 'string' && value.length >= 8 && value.length <= 256) return value;
  throw new Unfit('Password must be between 8 and 256 characters long.');
};

/** `+` and up to fifteen digits. */
export const phone: Validator<string> = (value) => {
  if (typeof value === 'string' && /^\+[1-9]\d{6,14}$/.test(value)) return value;
  throw new Unfit("Phone number must start with a '+' can have a maximum of fifteen digits.");
};

/** A moment in any ISO spelling, as epoch milliseconds. */
export const datetime: Validator<number> = (value) => {
  const epochMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(epochMs)) return epochMs;
  throw new Unfit('Value must be valid date in ISO 8601 format');
};
