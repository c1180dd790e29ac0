/** Accounts and the proof of who is calling. */
import * as z from 'zod/mini';
import type { Account, Accounts, Callers } from '#ports/accounts.ts';
import { StoreUnavailable } from '#ports/store.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { AppwriteSettings, Transport } from './transport.ts';
import { appwriteTransport, at, unexpected } from './transport.ts';

const accountBody = z.object({
  $id: z.string(),
  email: z.string(),
  name: z.string(),
  labels: z._default(z.array(z.string()), []),
});

const toAccount = (body: unknown): Account => {
  const parsed = accountBody.safeParse(body);
  if (!parsed.success) throw new StoreUnavailable('account: unexpected shape');
  const { $id: userId, email, name, labels } = parsed.data;
  return { userId, email, name, labels };
};

export const appwriteAccounts = (transport: Transport): Accounts => ({
  create: async (account) => {
    const answer = await transport({ method: 'POST', path: '/users', body: account });
    if (answer.ok) return succeed('created');
    if (answer.type === 'user_already_exists') return succeed('exists');
    // password_personal_data, password_recently_used and their kin; one from Appwrite's dictionary
    // of common passwords is an invalid argument like any other, but for the name in the message.
    const isPassword =
      answer.type.startsWith('password_') ||
      (answer.type === 'general_argument_invalid' && answer.message.includes('`password`'));
    if (isPassword) return fail('password_weak', { field: 'password' });
    if (answer.type === 'general_argument_invalid') return fail('body_invalid');
    throw unexpected('create user', answer);
  },
  get: async (userId) => {
    const answer = await transport({ method: 'GET', path: at('users', userId) });
    if (answer.ok) return toAccount(answer.body);
    if (answer.type === 'user_not_found') return null;
    throw unexpected('get user', answer);
  },
});

/** An invalid, expired or blocked caller is nobody; only an unreachable server is an error. */
export const appwriteCallers = (settings: AppwriteSettings): Callers => ({
  verify: async (jwt) => {
    if (jwt === '') return null;
    const answer = await appwriteTransport(settings, { jwt })({ method: 'GET', path: '/account' });
    return answer.ok ? toAccount(answer.body) : null;
  },
});
