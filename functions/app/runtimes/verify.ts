/** Asks for a fresh verification now; the reconciler climbs the ladder and writes the result. */
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { verifyRuntime } from '#schemas/contract/runtimes.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { Account } from '#ports/accounts.ts';
import { commandTarget, writeCommand } from './guard.ts';
import type { RuntimesDeps } from './deps.ts';

export const requestVerify = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof verifyRuntime>,
): Promise<Result<ValueOf<typeof verifyRuntime>>> => {
  const target = await commandTarget(deps, caller, body);
  if (!target.ok) return target;
  const now = deps.clock.now().toISOString();
  // A person asks again: earlier failures no longer hold the next try back.
  return writeCommand(deps, target.value, {
    verifyRequestedAt: now,
    nextCheckAt: now,
    failures: 0,
  });
};
