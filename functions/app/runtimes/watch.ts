/**
 * Lets a member's browser read a runtime's log and what it uses, live, from the tenant itself: a
 * ticket of this user for this runtime, spent once. For those who may be inside. Given also while the
 * runtime is not proven or does not work: then its log is what one needs.
 */
import { takeTurn } from '#app/limits/take-turn.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { watchRuntime } from '#schemas/contract/runtimes.ts';
import type { Account } from '#ports/accounts.ts';
import type { RuntimesDeps } from './deps.ts';
import { runtimeFor } from './guard.ts';
import { passFor } from './pass.ts';

/** A stream lives a quarter of an hour; a bad network, several tabs and patience are allowed for. */
const watchesPerHour = 120;

export const watch = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof watchRuntime>,
): Promise<Result<ValueOf<typeof watchRuntime>>> => {
  const { runtimeId } = body;
  const found = await runtimeFor(deps, caller, { runtimeId, to: 'enter' });
  if (!found.ok) return found;
  const row = found.value;
  if (row.desired !== 'running') return fail('runtime_not_running');
  const { userId } = caller;
  const turn = { what: 'watch', whom: `${row.id} ${userId}`, perHour: watchesPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const { endpoint, ticket, ticketExpiresAt } = await passFor(deps, row, {
    userId,
    scope: 'watch',
  });
  deps.log.info('runtime.watched', { runtimeId: row.id, userId });
  return succeed({
    watchEndpoint: endpoint,
    watchTicket: ticket,
    ticketExpiresAt,
  });
};
