/** Makes the runtime due now. Harmless to repeat: it only asks to look again. */
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { refreshRuntime } from '#schemas/contract/runtimes.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { Account } from '#ports/accounts.ts';
import type { RuntimesDeps } from './deps.ts';
import { runtimeFor, writeCommand } from './guard.ts';

export const refresh = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof refreshRuntime>,
): Promise<Result<ValueOf<typeof refreshRuntime>>> => {
  const { runtimeId } = body;
  const found = await runtimeFor(deps, caller, { runtimeId, to: 'operate' });
  if (!found.ok) return found;
  return writeCommand(deps, found.value, { nextCheckAt: deps.clock.now().toISOString() });
};
