/**
 * Lets a member's browser send an exported runtime to this one: straight to the tenant, with a ticket
 * that works once. What arrives there is sealed and proven as any backup, and changes nothing until
 * somebody restores it. Who asked stands in the history.
 */
import { takeTurn } from '#app/limits/take-turn.ts';
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { importRuntime } from '#schemas/contract/runtimes.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { Account } from '#ports/accounts.ts';
import type { RuntimesDeps } from './deps.ts';
import { runtimeFor } from './guard.ts';
import { passFor } from './pass.ts';

/** Each costs about a minute of a core and 1.3 GiB of the server, as a backup; a bad network is allowed for. */
const importsPerHour = 6;

export const requestImport = async (
  deps: RuntimesDeps,
  caller: Account,
  { runtimeId }: BodyOf<typeof importRuntime>,
): Promise<Result<ValueOf<typeof importRuntime>>> => {
  const found = await runtimeFor(deps, caller, { runtimeId, to: 'operate' });
  if (!found.ok) return found;
  const row = found.value;
  const { deployment } = readJson(factsSchema, row.facts, noFacts);
  const isThere = row.desired === 'running' && deployment.status === 'done';
  if (!isThere) return fail('runtime_not_running');
  const { userId } = caller;
  const turn = { what: 'import', whom: row.id, perHour: importsPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const at = deps.clock.now();
  await appendEvidence(deps, row, { kind: 'import_requested', detail: {}, actor: userId, at });
  const { endpoint, ticket, ticketExpiresAt } = await passFor(deps, row, {
    userId,
    scope: 'import',
  });
  deps.log.info('runtime.import_requested', { runtimeId: row.id, userId });
  return succeed({
    importEndpoint: endpoint,
    importTicket: ticket,
    ticketExpiresAt,
  });
};
