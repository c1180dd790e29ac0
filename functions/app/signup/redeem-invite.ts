/**
 * Turns an invite into an account, once. Key: the invite. A crash after the account was made is
 * repaired by the next try with the same invite and e-mail, which then answers `invite_used`: the
 * account is there and can sign in.
 */
import { mayRedeem, normaliseEmail } from '#core/invite/usable.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import { inviteIdOf } from './invite-id.ts';
import type { Application, SignupDeps } from './open-account.ts';
import { openAccount } from './open-account.ts';

export const redeemInvite = async (
  deps: SignupDeps,
  body: Application,
): Promise<Result<{ readonly userId: string }>> => {
  const email = normaliseEmail(body.email);
  const invite = await deps.store.get('invites', inviteIdOf(deps.ids, body.token));
  if (invite === null) return fail('invite_unknown', { field: 'token' });
  const refusal = mayRedeem(invite, email, deps.clock.now());
  if (refusal !== null) {
    return fail(refusal, { field: refusal === 'invite_email_mismatch' ? 'email' : 'token' });
  }
  const opened = await openAccount(deps, invite.id, body);
  if (!opened.ok) return opened;
  const { userId, isNew, isOwn } = opened.value;
  if (isOwn) await markUsed(deps, invite.id, userId);
  if (!isNew) return fail('invite_used', { field: 'token' });
  deps.log.info('invite.redeemed', { inviteId: invite.id, userId });
  return succeed({ userId });
};

/** Something else may write the row meanwhile (a revocation): the mark is made on top of it. */
const racesAtMost = 5;

const markUsed = async (deps: SignupDeps, inviteId: string, usedBy: string): Promise<void> => {
  for (let race = 0; race < racesAtMost; race += 1) {
    const invite = await deps.store.get('invites', inviteId);
    if (invite === null || invite.usedAt !== null) return;
    const target = { id: inviteId, version: invite.version };
    const usedAt = deps.clock.now().toISOString();
    const outcome = await deps.store.update('invites', target, { usedAt, usedBy });
    if (outcome === 'updated') return;
  }
};
