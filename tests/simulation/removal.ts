/**
 * Invariant 21, against the truth of the machines: what is `deleted` has a receipt, the receipt says
 * no more than what is true, and nothing goes before its owner's date. Kept by whoever judges writes.
 */
import { composeName } from '#core/runtime/names.ts';
import { deletionOf } from '#app/runtimes/deletion.ts';
import type { Stored } from '#ports/store.ts';
import type { Functions } from './functions.ts';

type Runtime = Stored<'runtimes'>;

/** An execution's clock may be a little beside the true one. */
const skewMs = 10_000;

/** Of every write that made `row` of `was`. */
export const checkRemoval = (
  functions: Functions,
  was: Runtime | undefined,
  row: Runtime,
): void => {
  const { world } = functions;
  const violate = (what: string): void => world.violate(21, `runtime ${row.id} ${what}`);
  const receipt = deletionOf(row)?.receipt ?? null;
  const before = was === undefined ? null : (deletionOf(was)?.receipt ?? null);
  if (before !== null && JSON.stringify(before) !== JSON.stringify(receipt)) {
    violate('had another receipt');
  }
  if (was !== undefined && was.deletesAt !== null && row.desired === 'deleted') {
    const early = Date.parse(was.deletesAt) - world.functionNowMs;
    const isWished = deletionOf(row)?.reason === 'customer';
    if (isWished && early > skewMs) violate('went before its date');
  }
  if (was === undefined || was.status === 'deleted' || row.status !== 'deleted') return;
  if (receipt === null) {
    violate('is deleted without a receipt');
    return;
  }
  if (receipt.runtimeId !== row.id) violate('has the receipt of another');
  checkNothingLeft(functions, row, receipt.declaredBy !== null);
};

const checkNothingLeft = (
  { world, machines }: Functions,
  { id }: Runtime,
  isDeclared: boolean,
): void => {
  const violate = (what: string): void =>
    world.violate(21, `runtime ${id} has a receipt, and ${what}`);
  if (machines.named(composeName(id)) !== undefined && !machines.drifted) {
    violate('its service stands');
  }
  const isLeft = [...machines.left.keys()].some((name) => name.startsWith(`${composeName(id)}-`));
  if (isLeft && !isDeclared) violate('something of it is left on its machine');
  const holds = world.rows.all('slots').some(({ runtimeId }) => runtimeId === id);
  if (holds) violate('it holds a slot');
  const told = world.rows
    .all('timeline')
    .some(({ subjectId, kind }) => subjectId === id && kind === 'deletion_receipt');
  if (!told) violate('its history does not tell of it');
};
