/**
 * The account that an invite, or an invitation into a workspace, becomes. Its id is derived from the
 * invite's, so Appwrite itself lets exactly one of any number of callers create it; only that one
 * succeeds, because only its password is the account's. What follows is done by the next try with
 * the same e-mail, should the first have died: it is told that the account is there.
 */
import { isWeakPassword } from '#core/invite/password.ts';
import { normaliseEmail } from '#core/invite/usable.ts';
import type { Accounts } from '#ports/accounts.ts';
import type { Store } from '#ports/store.ts';
import type { Clock, FaultPoint, Ids, Log } from '#ports/system.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf } from '#schemas/contract/operation.ts';
import type { redeemInvite } from '#schemas/contract/signup.ts';
import { accountIdOf } from './invite-id.ts';

export interface SignupDeps {
  readonly store: Store;
  readonly accounts: Accounts;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
  readonly faults: FaultPoint;
}

export type Application = BodyOf<typeof redeemInvite>;

export interface OpenedAccount {
  readonly userId: string;
  /** Made by this very call; else an earlier one made it. */
  readonly isNew: boolean;
  /** Normalised, of the applicant. */
  readonly email: string;
  /** Whether the account is the applicant's: everybody else is told nothing and changes nothing. */
  readonly isOwn: boolean;
}

/** With the account comes its member row, as long as the account is the applicant's. */
export const openAccount = async (
  deps: SignupDeps,
  inviteId: string,
  body: Application,
): Promise<Result<OpenedAccount>> => {
  const email = normaliseEmail(body.email);
  if (isWeakPassword(body.password, email)) return fail('password_weak', { field: 'password' });
  const userId = accountIdOf(deps.ids, inviteId);
  // Its account came to be and was deleted: the invite does not make a second one.
  if ((await deps.store.get('deletions', userId)) !== null) {
    return succeed({ userId, isNew: false, email, isOwn: false });
  }
  const { password, name } = body;
  const created = await deps.accounts.create({ userId, email, password, name });
  if (!created.ok) return created;
  await deps.faults.reach('account.created');
  if (created.value === 'created') {
    await makeMember(deps, { userId, inviteId, body, name });
    return succeed({ userId, isNew: true, email, isOwn: true });
  }
  const account = await deps.accounts.get(userId);
  if (account === null) return fail('email_taken', { field: 'email' });
  const isOwn = normaliseEmail(account.email) === email;
  if (isOwn) await makeMember(deps, { userId, inviteId, body, name: account.name });
  return succeed({ userId, isNew: false, email, isOwn });
};

const makeMember = async (
  deps: SignupDeps,
  made: {
    readonly userId: string;
    readonly inviteId: string;
    readonly body: Application;
    readonly name: string;
  },
): Promise<void> => {
  const { userId, inviteId, body, name } = made;
  const email = normaliseEmail(body.email);
  await deps.store.create('members', userId, {
    data: { email, name, locale: body.locale, inviteId },
    readers: { user: userId },
  });
  await deps.faults.reach('member.created');
};
