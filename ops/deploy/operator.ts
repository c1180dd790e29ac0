/**
 * The first operator's account. It is made with the key, since nobody can sign up without an invite
 * and invites are made by operators. It also closes sign-up for good: the project's user limit of 1
 * lets one client in as long as there is no account at all.
 */
import * as z from 'zod/mini';
import { ApiError } from './api.ts';
import type { Api } from './api.ts';
import type { Change } from './change.ts';
import { SetupError } from './output.ts';
import type { Secret } from './secret.ts';

const label = 'operator';
const account = z.object({ $id: z.string(), labels: z._default(z.array(z.string()), []) });
const listed = z.object({ users: z.array(account) });

export interface OperatorAccount {
  readonly email: string;
  /** Used when the account is made, and never again. */
  readonly password: Secret;
}

const find = async (api: Api, email: string) => {
  const query = { method: 'equal', attribute: 'email', values: [email.toLowerCase()] };
  return listed.parse(await api.get('/users', [query])).users[0];
};

export const planOperator = async (api: Api, email: string): Promise<readonly Change[]> => {
  const found = await find(api, email);
  const change = { kind: 'account' as const, name: email };
  if (found === undefined) return [{ ...change, sign: 'create', detail: `label ${label}` }];
  if (found.labels.includes(label)) return [];
  return [{ ...change, sign: 'change', detail: `label ${label}` }];
};

const create = async (api: Api, { email, password }: OperatorAccount) => {
  const user = { userId: 'unique()', email, password: password.reveal(), name: 'Operator' };
  try {
    return account.parse(await api.send('POST', '/users', user));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 400) throw error;
    // The project's own rules: at least 8 characters, not a common one, no part of name or e-mail.
    throw new SetupError(`OPERATOR_PASSWORD or OPERATOR_EMAIL was refused (${error.type}).`);
  }
};

export const ensureOperator = async (
  api: Api,
  { email, password }: OperatorAccount,
): Promise<void> => {
  const found = await find(api, email);
  if (found?.labels.includes(label) === true) return;
  const made = found ?? (await create(api, { email, password }));
  await api.send('PUT', `/users/${made.$id}/labels`, { labels: [...made.labels, label] });
};
