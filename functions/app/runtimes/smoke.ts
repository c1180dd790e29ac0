/** Asks for a smoke: one real agent turn that must return a nonce. Its receipt makes `ready`. */
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { runSmoke } from '#schemas/contract/runtimes.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts, noFacts } from '#schemas/record/runtime.ts';
import type { Account } from '#ports/accounts.ts';
import type { RuntimesDeps } from './deps.ts';
import { commandTarget, writeCommand } from './guard.ts';

export const requestSmoke = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof runSmoke>,
): Promise<Result<ValueOf<typeof runSmoke>>> => {
  const target = await commandTarget(deps, caller, body);
  if (!target.ok) return target;
  const row = target.value;
  if (row.status === 'provisioning' || row.status === 'failed') return fail('runtime_not_running');
  const known = readJson(facts, row.facts, noFacts);
  if (known.smoke.report?.code === 'running') return fail('smoke_busy');
  const smokeId = deps.ids.newId();
  const now = deps.clock.now().toISOString();
  const written = await writeCommand(deps, row, {
    smokeId,
    smokeNonce: deps.ids.newToken(),
    smokeRequestedAt: now,
    nextCheckAt: now,
  });
  return written.ok ? succeed({ revision: written.value.revision, smokeId }) : written;
};
