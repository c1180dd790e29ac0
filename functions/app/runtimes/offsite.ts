/**
 * Lets an owner's browser see and change, at the tenant itself, who can open this runtime's backups
 * elsewhere and which bucket they are copied to: a ticket for once. What is given there (a key's public
 * half, a bucket's address and secret) never comes here. Who asked stands in the history, before.
 */
import { takeTurn } from '#app/limits/take-turn.ts';
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { offsiteRuntime } from '#schemas/contract/runtimes.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { Account } from '#ports/accounts.ts';
import type { RuntimesDeps } from './deps.ts';
import { runtimeFor } from './guard.ts';
import { passFor } from './pass.ts';

/** Trying a bucket costs the tenant three small requests; a mistyped secret is allowed for. */
const asksPerHour = 30;

export const requestOffsite = async (
  deps: RuntimesDeps,
  caller: Account,
  { runtimeId }: BodyOf<typeof offsiteRuntime>,
): Promise<Result<ValueOf<typeof offsiteRuntime>>> => {
  const found = await runtimeFor(deps, caller, { runtimeId, to: 'offsite' });
  if (!found.ok) return found;
  const row = found.value;
  const { deployment } = readJson(factsSchema, row.facts, noFacts);
  const isThere = row.desired === 'running' && deployment.status === 'done';
  if (!isThere) return fail('runtime_not_running');
  const { userId } = caller;
  const turn = { what: 'offsite', whom: row.id, perHour: asksPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const at = deps.clock.now();
  await appendEvidence(deps, row, { kind: 'offsite_requested', detail: {}, actor: userId, at });
  const { endpoint, ticket, ticketExpiresAt } = await passFor(deps, row, {
    userId,
    scope: 'offsite',
  });
  deps.log.info('runtime.offsite_requested', { runtimeId: row.id, userId });
  return succeed({ offsiteEndpoint: endpoint, offsiteTicket: ticket, ticketExpiresAt });
};
