/**
 * Lets an owner's browser see and change, at the tenant itself, who can open this runtime's backups
 * elsewhere and which bucket they are copied to: a ticket for once. What is given there (a key's public
 * half, a bucket's address and secret) never comes here. Who asked stands in the history, before.
 */
import type { Account } from '#ports/accounts.ts';
import { succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { offsiteRuntime } from '#schemas/contract/runtimes.ts';
import type { RuntimesDeps } from './deps.ts';
import { passToLiving } from './living-pass.ts';

/** Trying a bucket costs the tenant three small requests; a mistyped secret is allowed for. */
const perHour = 30;

export const requestOffsite = async (
  deps: RuntimesDeps,
  caller: Account,
  { runtimeId }: BodyOf<typeof offsiteRuntime>,
): Promise<Result<ValueOf<typeof offsiteRuntime>>> => {
  const wish = { runtimeId, to: 'offsite', scope: 'offsite', perHour } as const;
  const passed = await passToLiving(deps, caller, wish);
  if (!passed.ok) return passed;
  const { endpoint, ticket, ticketExpiresAt } = passed.value;
  return succeed({ offsiteEndpoint: endpoint, offsiteTicket: ticket, ticketExpiresAt });
};
