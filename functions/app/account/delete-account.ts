/**
 * Deletes the caller's own account. Key: the user. The e-mail typed and the password given again
 * show that it is meant, and by whom; what is alive and has no other owner refuses it. From the
 * row in `deletions` on it is finished by whoever comes next: the same person asking again, or the
 * sweep.
 */
import { refusalFor } from '#core/account/deletion.ts';
import { normaliseEmail } from '#core/invite/usable.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import type { Account } from '#ports/accounts.ts';
import type { deleteAccount as deleteOperation } from '#schemas/contract/account.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import { carryOut, withdraw } from './carry-out.ts';
import type { AccountDeps } from './deps.ts';
import { surveyDeletion } from './survey-deletion.ts';

/** A key is not held back by Appwrite's own limit on passwords, so ours holds. */
const passwordsPerHour = 10;

export const deleteAccount = async (
  deps: AccountDeps,
  { userId, email }: Account,
  body: BodyOf<typeof deleteOperation>,
): Promise<Result<ValueOf<typeof deleteOperation>>> => {
  if (normaliseEmail(body.email) !== normaliseEmail(email)) {
    return fail('confirmation_mismatch', { field: 'email' });
  }
  const turn = { what: 'password', whom: userId, perHour: passwordsPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const { password } = body;
  if (!(await deps.departures.passwordFits({ userId, email, password }))) {
    return fail('password_wrong', { field: 'password' });
  }
  const refusal = refusalFor((await surveyDeletion(deps, userId)).obstacles);
  if (refusal !== null) return fail(refusal);
  await request(deps, userId);
  const outcome = await carryOut(deps, userId);
  return outcome === 'finished' ? succeed({ finished: true }) : fail(outcome);
};

const request = async (deps: AccountDeps, userId: string): Promise<void> => {
  const present = await deps.store.get('deletions', userId);
  // An earlier try that was taken back, and died before it was tidied up.
  if (present !== null && present.withdrawnAt !== null) await withdraw(deps, userId);
  const requestedAt = deps.clock.now().toISOString();
  const data = { requestedAt, withdrawnAt: null, confirmedAt: null, finishedAt: null };
  const outcome = await deps.store.create('deletions', userId, { data, readers: 'functions' });
  if (outcome === 'created') deps.log.info('account.deletion_requested', { userId });
};
