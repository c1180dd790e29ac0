/** Creating, reading, listing, changing and deleting users with a key. */
import { AppwriteError } from '../kernel/errors.ts';
import { idOrNew } from '../kernel/ids.ts';
import { listRows, type ListColumn } from '../kernel/lists.ts';
import {
  Unfit,
  arrayOf,
  boolean,
  customId,
  email,
  object,
  optional,
  password,
  phone,
  required,
  text,
  type Validator,
} from '../kernel/params.ts';
import { isUniqueViolation } from '../kernel/store.ts';
import { formatTime } from '../kernel/time.ts';
import type { Answer, RequestContext, Route } from '../kernel/types.ts';
import type { House } from '../account/house.ts';
import { publishUser } from '../account/publish.ts';
import { publishMembership } from '../teams/publish.ts';
import { hashPassword } from './password.ts';
import { forgetPasswords, refuseByPolicy, rememberPassword } from './password-rules.ts';
import { userJson } from './user-json.ts';
import type { UserChange, UserRow } from './user-store.ts';

const NAME_CHARS = 128;
const MAX_LABELS = 1000;

const ATTRIBUTES: Readonly<Record<string, ListColumn>> = {
  name: { sql: 'name', kind: 'text' },
  email: { sql: 'email', kind: 'text' },
  phone: { sql: 'phone', kind: 'text' },
  status: { sql: 'status', kind: 'boolean' },
  passwordUpdate: { sql: 'password_updated_at', kind: 'text' },
  registration: { sql: 'created_at', kind: 'text' },
  emailVerification: { sql: 'email_verified', kind: 'boolean' },
  phoneVerification: { sql: 'phone_verified', kind: 'boolean' },
  labels: { sql: 'labels', kind: 'list' },
  accessedAt: { sql: 'accessed_at', kind: 'text' },
};

const LABEL_CHARS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const label: Validator<string> = (value) => {
  if (typeof value === 'string' && /^[0-9A-Za-z]{1,36}$/.test(value)) return value;
  throw new Unfit(
    'Value must be a valid string and at least 1 chars and no longer than 36 chars and only ' +
      `consist of '${LABEL_CHARS.replace(/\B/g, ', ')}' chars`,
  );
};

export const askedUser = (house: House, context: RequestContext): UserRow =>
  house.users.get(context.project.id, context.params['userId'] ?? '');

async function create(house: House, context: RequestContext): Promise<Answer> {
  const { body, project } = context;
  const id = idOrNew(required(body, 'userId', customId));
  const address = optional(body, 'email', email, null);
  const number = optional(body, 'phone', phone, null);
  const secret = optional(body, 'password', password, null);
  const name = optional(body, 'name', text(NAME_CHARS, 0), '');
  const owner = { id, name, email: address, phone: number };
  if (secret !== null) refuseByPolicy(project, secret, owner);
  const passwordHash = secret === null ? null : await hashPassword(secret);
  const user = house.users.create(project.id, { ...owner, passwordHash });
  if (passwordHash !== null) rememberPassword(house, project, id, passwordHash);
  publishUser(context, user, { action: 'create' });
  return { status: 201, body: userJson(user) };
}

function list(context: RequestContext): Answer {
  const page = listRows(context.services.store, {
    table: 'users',
    where: 'project_id = ?',
    args: [context.project.id],
    attributes: ATTRIBUTES,
    queries: context.queries,
    search: context.query.get('search') ?? '',
    searchColumns: ['name', 'email', 'id', 'phone'],
    noun: 'User',
  });
  const rows: unknown = page.rows;
  return { status: 200, body: { total: page.total, users: (rows as UserRow[]).map(userJson) } };
}

export interface UpdateNote {
  readonly detail: string;
  readonly taken?: 'user_email_already_exists' | 'user_phone_already_exists';
}

export function updateUser(
  house: House,
  context: RequestContext,
  change: UserChange,
  note: UpdateNote,
): UserRow {
  try {
    const user = house.users.update(askedUser(house, context), change);
    const { detail } = note;
    publishUser(context, user, { action: 'update', detail, rolesChanged: detail === 'labels' });
    return user;
  } catch (error) {
    if (note.taken !== undefined && isUniqueViolation(error)) throw new AppwriteError(note.taken);
    throw error;
  }
}

/** A route that changes one thing of a user and answers the user. */
function change(
  house: House,
  path: string,
  note: UpdateNote & { readonly method?: 'PUT' },
  read: (context: RequestContext) => UserChange,
): Route {
  return {
    method: note.method ?? 'PATCH',
    path: `/users/:userId/${path}`,
    scope: 'users.write',
    handler: (context) => ({
      status: 200,
      body: userJson(updateUser(house, context, read(context), note)),
    }),
  };
}

function remove(house: House, context: RequestContext): Answer {
  const user = askedUser(house, context);
  const memberships = house.services.store.transaction(() => {
    house.sessions.forgetUser(user.project_id, user.id);
    forgetPasswords(house, user.project_id, user.id);
    const left = house.teams.forgetUser(user.project_id, user.id);
    house.users.remove(user);
    return left;
  });
  for (const membership of memberships) publishMembership(house, context, membership, 'delete');
  publishUser(context, user, { action: 'delete', rolesChanged: true });
  return { status: 204 };
}

function prefsRoutes(house: House): Route[] {
  return [
    {
      method: 'GET',
      path: '/users/:userId/prefs',
      scope: 'users.read',
      handler: (context) => ({ status: 200, body: userJson(askedUser(house, context))['prefs'] }),
    },
    {
      method: 'PATCH',
      path: '/users/:userId/prefs',
      scope: 'users.write',
      handler(context) {
        const prefs = required(context.body, 'prefs', object);
        updateUser(house, context, { prefs: JSON.stringify(prefs) }, { detail: 'prefs' });
        return { status: 200, body: prefs };
      },
    },
  ];
}

function changeRoutes(house: House): Route[] {
  const flag = (context: RequestContext, name: string): number =>
    required(context.body, name, boolean) ? 1 : 0;
  return [
    change(house, 'name', { detail: 'name' }, ({ body }) => ({
      name: optional(body, 'name', text(NAME_CHARS, 0), ''),
    })),
    change(house, 'email', { detail: 'email', taken: 'user_email_already_exists' }, (context) => ({
      email: optional(context.body, 'email', email, null),
      email_verified: 0,
      target_updated_at: formatTime(context.services.clock.now()),
    })),
    change(house, 'phone', { detail: 'phone', taken: 'user_phone_already_exists' }, ({ body }) => ({
      phone: optional(body, 'number', phone, null),
      phone_verified: 0,
    })),
    change(house, 'status', { detail: 'status' }, (context) => ({
      status: flag(context, 'status'),
    })),
    change(house, 'labels', { detail: 'labels', method: 'PUT' }, ({ body }) => ({
      labels: JSON.stringify([...new Set(required(body, 'labels', arrayOf(label, MAX_LABELS)))]),
    })),
    change(house, 'verification', { detail: 'verification' }, (context) => ({
      email_verified: flag(context, 'emailVerification'),
    })),
    change(house, 'verification/phone', { detail: 'verification' }, (context) => ({
      phone_verified: flag(context, 'phoneVerification'),
    })),
  ];
}

export function userRoutes(house: House): Route[] {
  return [
    {
      method: 'POST',
      path: '/users',
      scope: 'users.write',
      handler: (context) => create(house, context),
    },
    { method: 'GET', path: '/users', scope: 'users.read', handler: list },
    {
      method: 'GET',
      path: '/users/identities',
      scope: 'users.read',
      // Nobody signs in through another provider here.
      handler: () => ({ status: 200, body: { total: 0, identities: [] } }),
    },
    {
      method: 'GET',
      path: '/users/:userId',
      scope: 'users.read',
      handler: (context) => ({ status: 200, body: userJson(askedUser(house, context)) }),
    },
    {
      method: 'DELETE',
      path: '/users/:userId',
      scope: 'users.write',
      handler: (context) => remove(house, context),
    },
    ...changeRoutes(house),
    ...prefsRoutes(house),
  ];
}
