/**
 * Roles and permission strings: parsing with Appwrite's refusals, expansion of `write`, and the
 * one question asked of them, whether a caller's roles meet the roles that are allowed.
 */
import { Unfit, type Validator } from './params.ts';

export const ACTIONS = ['create', 'read', 'update', 'delete', 'write'] as const;
export type Action = (typeof ACTIONS)[number];

const ROLE_NAMES = ['any', 'guests', 'users', 'user', 'team', 'member', 'label'] as const;
const ID = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,35}$/;
const DIMENSION = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,80}$/;
const PERMISSION = /^(\w+)\("(.*)"\)$/;

/** Throws Unfit with the text of the server; returns nothing because a role is its own value. */
export function checkRole(role: string): void {
  const [head = '', dimension] = role.split('/', 2);
  const [name = '', id] = head.split(':', 2);
  if (!ROLE_NAMES.some((known) => known === name)) {
    throw new Unfit(`Role "${name}" is not allowed. Must be one of: ${ROLE_NAMES.join(', ')}.`);
  }
  const plain = name === 'any' || name === 'guests' || name === 'users';
  if (plain && id !== undefined) throw new Unfit(`Role "${name}" can not have an ID value.`);
  if (!plain && (id === undefined || id === '')) {
    throw new Unfit(`Role "${name}" must have an ID value.`);
  }
  if (id !== undefined && !ID.test(id)) {
    throw new Unfit(`Role "${name}" identifier value is invalid: ${idRule()}`);
  }
  checkDimension(name, dimension);
}

function idRule(): string {
  return (
    'Parameter must contain at most 36 chars. Valid chars are a-z, A-Z, 0-9, period, hyphen, ' +
    "and underscore. Can't start with a special char"
  );
}

function checkDimension(name: string, dimension: string | undefined): void {
  if (dimension === undefined) return;
  if (name === 'users' || name === 'user') {
    if (dimension === 'verified' || dimension === 'unverified') return;
    throw new Unfit(
      `Role "${name}" dimension value is invalid. Must be one of: verified, unverified.`,
    );
  }
  if (name !== 'team') throw new Unfit(`Role "${name}" can not have a dimension value.`);
  if (!DIMENSION.test(dimension)) throw new Unfit(`Role "${name}" dimension value is invalid.`);
}

export interface Permission {
  readonly action: Action;
  readonly role: string;
}

/** `read("user:a")` → its parts; undefined if it has not that shape. */
export function parsePermission(value: string): { action: string; role: string } | undefined {
  const match = PERMISSION.exec(value);
  return match === null ? undefined : { action: match[1] ?? '', role: match[2] ?? '' };
}

export const formatPermission = (action: string, role: string): string => `${action}("${role}")`;

function checkPermission(value: unknown, allowed: readonly string[]): string {
  if (typeof value !== 'string') throw new Unfit('Every permission must be of type string.');
  const parsed = parsePermission(value);
  if (parsed === undefined || !allowed.includes(parsed.action)) {
    throw new Unfit(`Permission "${value}" is not allowed. Must be one of: ${allowed.join(', ')}.`);
  }
  checkRole(parsed.role);
  return value;
}

const MAX_PERMISSIONS = 100;

/** Permission strings of a row (default) or a table (all actions); `write` is not expanded. */
export const permissions =
  (
    allowed: readonly string[] = ['create', 'read', 'update', 'delete', 'write'],
  ): Validator<string[]> =>
  (value) => {
    if (!Array.isArray(value)) throw new Unfit('Permissions must be an array of strings.');
    if (value.length > MAX_PERMISSIONS) {
      throw new Unfit(`You can only provide up to ${MAX_PERMISSIONS} permissions.`);
    }
    return value.map((entry: unknown) => checkPermission(entry, allowed));
  };

/** Role strings, as in `execute` of a function. */
export const roles: Validator<string[]> = (value) => {
  if (!Array.isArray(value)) throw new Unfit('Roles must be an array of strings.');
  if (value.length > MAX_PERMISSIONS) {
    throw new Unfit(`You can only provide up to ${MAX_PERMISSIONS} roles.`);
  }
  return value.map((entry: unknown) => {
    if (typeof entry !== 'string') throw new Unfit('Every role must be of type string.');
    checkRole(entry);
    return entry;
  });
};

/** Replaces `write("r")` by the given actions and drops repeats, keeping the order. */
export function expandWrite(list: readonly string[], into: readonly string[]): string[] {
  const expanded = list.flatMap((entry) => {
    const parsed = parsePermission(entry);
    if (parsed?.action !== 'write') return [entry];
    return into.map((action) => formatPermission(action, parsed.role));
  });
  return [...new Set(expanded)];
}

/** Roles a list of permission strings gives for one action. */
export function rolesFor(action: string, list: readonly string[]): string[] {
  const prefix = `${action}("`;
  return list
    .filter((entry) => entry.startsWith(prefix) && entry.endsWith('")'))
    .map((entry) => entry.slice(prefix.length, -2));
}

export function meets(held: readonly string[], allowed: readonly string[]): boolean {
  return allowed.some((role) => held.includes(role));
}
