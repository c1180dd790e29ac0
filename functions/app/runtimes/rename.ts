/**
 * Gives a runtime another name. Only what people read: its address, its volume and every id stay.
 * Told in the history first, with who did it and without either name: the history stays when an account
 * is deleted, and what people called things goes. The same name again writes nothing.
 */
import { takeTurn } from '#app/limits/take-turn.ts';
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { renameRuntime } from '#schemas/contract/runtimes.ts';
import type { Account } from '#ports/accounts.ts';
import type { RuntimesDeps } from './deps.ts';
import { runtimeFor, writeCommand } from './guard.ts';

/** Each adds an entry to the history. */
const renamesPerHour = 20;

export const rename = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof renameRuntime>,
): Promise<Result<ValueOf<typeof renameRuntime>>> => {
  const { runtimeId, revision, name } = body;
  const found = await runtimeFor(deps, caller, { runtimeId, to: 'operate' });
  if (!found.ok) return found;
  const row = found.value;
  if (row.revision !== revision) return fail('stale_revision');
  // Also while it is suspended; what is gone keeps the name it went with.
  if (row.desired === 'deleted') return fail('runtime_not_running');
  if (row.name === name) return succeed({ revision });
  const turn = { what: 'rename', whom: row.id, perHour: renamesPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  await appendEvidence(deps, row, {
    kind: 'rename_requested',
    detail: {},
    actor: caller.userId,
    at: deps.clock.now(),
  });
  const written = await writeCommand(deps, row, { name });
  if (written.ok) deps.log.info('runtime.renamed', { runtimeId: row.id });
  return written;
};
