/**
 * What an export of a suspended runtime may and may not do to it (invariant 20), judged by what really
 * runs: no gateway in the window, nothing at all after it, and no deletion for want of a payment.
 */
import { isExportWanted } from '#core/runtime/export-plan.ts';
import { requestExport } from '#app/runtimes/export.ts';
import type { Account } from '#ports/accounts.ts';
import type { Stored } from '#ports/store.ts';
import { readJson } from '#schemas/record/json.ts';
import { conditions } from '#schemas/record/runtime.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import type { Functions } from './functions.ts';

type Runtime = RowOf<'runtimes'> & { readonly id: string };

/** Asks until it may download, or for as long as a person would. */
export const takeAlong = async (
  functions: Functions,
  me: Account,
  runtimeId: string,
): Promise<void> => {
  const { world } = functions;
  for (let ask = 0; ask < 4 && !world.isCalm; ask += 1) {
    const ended = await functions.command('export', (ports) =>
      requestExport(ports, me, { runtimeId }),
    );
    const isOpen =
      ended.kind === 'answered' && ended.value.ok && ended.value.value.state === 'open';
    if (isOpen) return;
    await world.scheduler.sleep(world.random.int(5_000, 60_000));
  }
};

/** At every write. */
export const checkExport = (
  { world, machines }: Functions,
  before: RowOf<'runtimes'> | undefined,
  row: Runtime,
): void => {
  const wasOpen =
    before !== undefined &&
    isExportWanted(
      { state: before.desired, exportUntil: before.exportUntil },
      new Date(world.nowMs),
    );
  const isUnpaid = row.suspendedFor === 'unpaid';
  if (wasOpen && isUnpaid && before.desired !== 'deleted' && row.desired === 'deleted') {
    world.violate(20, `runtime ${row.id} was deleted while it could be exported`);
  }
  const deployed = readJson(conditions, row.conditions, []).find(({ type }) => type === 'deployed');
  if (deployed?.reason !== 'export_open') return;
  world.seen.add('export_open');
  if (row.desired === 'suspended' && row.status !== 'suspended') {
    world.violate(20, `runtime ${row.id} is ${row.status} while it is exported`);
  }
  if (row.desired === 'suspended' && machines.running(row.id)?.hasGateway === true) {
    world.violate(20, `runtime ${row.id} runs a gateway while it is exported`);
  }
};

/** Once nothing is due any more, for one that is suspended. Whether something may run. */
export const mayRunFor = (
  { world, machines }: Functions,
  { id, desired: state, exportUntil }: Stored<'runtimes'>,
): boolean => {
  const isOpen = isExportWanted({ state, exportUntil }, new Date(world.nowMs));
  if (isOpen && machines.running(id)?.hasGateway === true) {
    world.violate(20, `runtime ${id} runs a gateway while it is exported`);
  }
  return isOpen;
};
