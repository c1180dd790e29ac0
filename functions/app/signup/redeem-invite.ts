/**
 * Turns an invite into an account, once. Key: the invite. The account's id is derived from the
 * invite's, so Appwrite itself lets exactly one of any number of callers create it; only that one
 * succeeds, because only its password is the account's. A crash after the account was made is
 * repaired by the next try with the same invite and e-mail, which then answers `invite_used`: the
 * account is there and can sign in.
 */
import { isWeakPassword } from '#core/invite/password.ts';
import { mayRedeem, normaliseEmail } from '#core/invite/usable.ts';
import type { Accounts } from '#ports/accounts.ts';
import type { Store, Stored } from '#ports/store.ts';
import type { Clock, FaultPoint, Ids, Log } from '#ports/system.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf } from '#schemas/contract/operation.ts';
import type { redeemInvite as redeemOperation } from '#schemas/contract/signup.ts';
import { accountIdOf, inviteIdOf } from './invite-id.ts';

export interface RedeemDeps {
  readonly store: Store;
  readonly accounts: Accounts;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
  readonly faults: FaultPoint;
}

type Body = BodyOf<typeof redeemOperation>;

export const redeemInvite = async (
  deps: RedeemDeps,
  body: Body,
): Promise<Result<{ readonly userId: string }>> => {
  const email = normaliseEmail(body.email);
  const invite = await deps.store.get('invites', inviteIdOf(deps.ids, body.token));
  if (invite === null) return fail('invite_unknown', { field: 'token' });
  const refusal = mayRedeem(invite, email, deps.clock.now());
  if (refusal !== null) {
    return fail(refusal, { field: refusal === 'invite_email_mismatch' ? 'email' : 'token' });
  }
  if (isWeakPassword(body.password, email)) return fail('password_weak', { field: 'password' });

  const userId = accountIdOf(deps.ids, invite.id);
  // Its account came to be and was deleted: the invite does not make a second one.
  if ((await deps.store.get('deletions', userId)) !== null) {
    return fail('invite_used', { field: 'token' });
  }
  const { password, name } = body;
  const created = await deps.accounts.create({ userId, email, password, name });
  if (!created.ok) return created;
  await deps.faults.reach('account.created');
  if (created.value === 'created') {
    await finish(deps, { invite, userId, email, body });
    deps.log.info('invite.redeemed', { inviteId: invite.id, userId });
    return succeed({ userId });
  }
  const account = await deps.accounts.get(userId);
  if (account === null) return fail('email_taken', { field: 'email' });
  if (normaliseEmail(account.email) === email) {
    await finish(deps, { invite, userId, email, body: { ...body, name: account.name } });
  }
  return fail('invite_used', { field: 'token' });
};

interface Redeemed {
  readonly invite: Stored<'invites'>;
  readonly userId: string;
  readonly email: string;
  readonly body: Body;
}

/** What follows from the account; each step may have been done by an earlier try. */
const finish = async (deps: RedeemDeps, redeemed: Redeemed): Promise<void> => {
  const { invite, userId, email, body } = redeemed;
  await deps.store.create('members', userId, {
    data: { email, name: body.name, locale: body.locale, inviteId: invite.id },
    readers: { user: userId },
  });
  await deps.faults.reach('member.created');
  await markUsed(deps, invite.id, userId);
};

/** Something else may write the row meanwhile (a revocation): the mark is made on top of it. */
const racesAtMost = 5;

const markUsed = async (deps: RedeemDeps, inviteId: string, usedBy: string): Promise<void> => {
  for (let race = 0; race < racesAtMost; race += 1) {
    const invite = await deps.store.get('invites', inviteId);
    if (invite === null || invite.usedAt !== null) return;
    const target = { id: inviteId, version: invite.version };
    const usedAt = deps.clock.now().toISOString();
    const outcome = await deps.store.update('invites', target, { usedAt, usedBy });
    if (outcome === 'updated') return;
  }
};
