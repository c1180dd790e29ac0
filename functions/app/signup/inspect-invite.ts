/** Says whether an invite could be redeemed now, and nothing about who was invited. */
import { whyUnusable } from '#core/invite/usable.ts';
import type { Store } from '#ports/store.ts';
import type { Clock, Ids } from '#ports/system.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import { inviteIdOf } from './invite-id.ts';

interface InspectDeps {
  readonly store: Store;
  readonly ids: Ids;
  readonly clock: Clock;
}

export const inspectInvite = async (
  deps: InspectDeps,
  body: { readonly token: string },
): Promise<Result<{ readonly usable: true; readonly expiresAt: string | null }>> => {
  const invite = await deps.store.get('invites', inviteIdOf(deps.ids, body.token));
  if (invite === null) return fail('invite_unknown');
  const refusal = whyUnusable(invite, deps.clock.now());
  if (refusal !== null) return fail(refusal);
  return succeed({ usable: true, expiresAt: invite.expiresAt });
};
