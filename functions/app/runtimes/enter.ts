/**
 * Lets a member's browser into the runtime's Control UI, where the role allows it: a ticket of this
 * user for this runtime, to be spent once and at once. What the runtime is must have been verified, and shown to be closed to
 * strangers, since it was deployed. Who asked is kept in its history.
 */
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { enterRuntime } from '#schemas/contract/runtimes.ts';
import type { Account } from '#ports/accounts.ts';
import type { RuntimesDeps } from './deps.ts';
import { isHandedOver, runtimeFor } from './guard.ts';
import { passFor } from './pass.ts';

/** Far more than a person opens it, far less than a script that fills the history. */
const entriesPerHour = 60;

export const openRuntime = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof enterRuntime>,
): Promise<Result<ValueOf<typeof enterRuntime>>> => {
  const { runtimeId } = body;
  const found = await runtimeFor(deps, caller, { runtimeId, to: 'enter' });
  if (!found.ok) return found;
  const row = found.value;
  if (row.desired !== 'running') return fail('runtime_not_running');
  if (!isHandedOver(row)) return fail('runtime_not_verified');
  const { userId } = caller;
  const turn = { what: 'enter', whom: `${row.id} ${userId}`, perHour: entriesPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  // Told first: whoever holds a ticket stands in the history.
  const at = deps.clock.now();
  await appendEvidence(deps, row, { kind: 'entered', detail: {}, actor: userId, at });
  const { endpoint, ticket, ticketExpiresAt } = await passFor(deps, row, {
    userId,
    scope: 'enter',
  });
  deps.log.info('runtime.entered', { runtimeId: row.id, userId });
  return succeed({
    enterEndpoint: endpoint,
    enterTicket: ticket,
    ticketExpiresAt,
  });
};
