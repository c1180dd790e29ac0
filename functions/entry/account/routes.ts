/** What a signed-in user may ask about the own account. */
import { deleteAccount } from '#app/account/delete-account.ts';
import type { AccountDeps } from '#app/account/deps.ts';
import { surveyDeletion } from '#app/account/survey-deletion.ts';
import type { DeparturePorts } from '#adapters/appwrite/connect.ts';
import { member } from '#adapters/http/serve.ts';
import type { Route } from '#adapters/http/serve.ts';
import * as contract from '#schemas/contract/account.ts';
import { succeed } from '#schemas/contract/errors.ts';

export const accountRoutes = (
  deps: AccountDeps & Pick<DeparturePorts, 'callers'>,
): readonly Route[] => [
  member(contract.surveyDeletion, deps.callers, async ({ userId }) =>
    succeed(await surveyDeletion(deps, userId)),
  ),
  member(contract.deleteAccount, deps.callers, (caller, body) => deleteAccount(deps, caller, body)),
];
