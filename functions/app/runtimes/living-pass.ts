/**
 * A ticket of this member for a runtime that runs, to be spent once at the tenant itself: asked for in
 * bounds, and told in the history before it is given.
 */
import { takeTurn } from '#app/limits/take-turn.ts';
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import type { Account } from '#ports/accounts.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { RuntimesDeps } from './deps.ts';
import { runtimeFor } from './guard.ts';
import { passFor } from './pass.ts';
import type { Pass } from './pass.ts';

interface Asked {
  readonly runtimeId: string;
  /** What the member must be allowed to do. */
  readonly to: 'operate' | 'offsite';
  readonly scope: 'import' | 'offsite';
  readonly perHour: number;
}

export const passToLiving = async (
  deps: RuntimesDeps,
  caller: Account,
  { runtimeId, to, scope, perHour }: Asked,
): Promise<Result<Pass>> => {
  const found = await runtimeFor(deps, caller, { runtimeId, to });
  if (!found.ok) return found;
  const row = found.value;
  const { deployment } = readJson(factsSchema, row.facts, noFacts);
  const isThere = row.desired === 'running' && deployment.status === 'done';
  if (!isThere) return fail('runtime_not_running');
  const { userId } = caller;
  if (!(await takeTurn(deps, { what: scope, whom: row.id, perHour }))) {
    return fail('too_many_requests');
  }
  const at = deps.clock.now();
  const kind = `${scope}_requested` as const;
  await appendEvidence(deps, row, { kind, detail: {}, actor: userId, at });
  const pass = await passFor(deps, row, { userId, scope });
  deps.log.info(`runtime.${kind}`, { runtimeId: row.id, userId });
  return succeed(pass);
};
