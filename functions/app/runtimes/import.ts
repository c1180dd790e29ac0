/**
 * Lets a member's browser send an exported runtime to this one: straight to the tenant, with a ticket
 * that works once. What arrives there is sealed and proven as any backup, and changes nothing until
 * somebody restores it. Who asked stands in the history.
 */
import type { Account } from '#ports/accounts.ts';
import { succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { importRuntime } from '#schemas/contract/runtimes.ts';
import type { RuntimesDeps } from './deps.ts';
import { passToLiving } from './living-pass.ts';

/** Each costs about a minute of a core and 1.3 GiB of the server, as a backup; a bad network is allowed for. */
const perHour = 6;

export const requestImport = async (
  deps: RuntimesDeps,
  caller: Account,
  { runtimeId }: BodyOf<typeof importRuntime>,
): Promise<Result<ValueOf<typeof importRuntime>>> => {
  const wish = { runtimeId, to: 'operate', scope: 'import', perHour } as const;
  const passed = await passToLiving(deps, caller, wish);
  if (!passed.ok) return passed;
  const { endpoint, ticket, ticketExpiresAt } = passed.value;
  return succeed({ importEndpoint: endpoint, importTicket: ticket, ticketExpiresAt });
};
