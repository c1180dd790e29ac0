/** Promises of the runtimes function: commands are for members, about runtimes that exist. */
import { Permission, Role } from 'node-appwrite';
import { expect, test } from 'vitest';
import { call } from '#local/customer/customer.ts';
import type { Customer } from '#local/customer/customer.ts';
import * as operations from '#schemas/contract/runtimes.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { eventually } from '#tests/support/http.ts';
import { codeOf, unique } from '#tests/support/product.ts';
import { noTermYet } from '#tests/support/term-columns.ts';
import type { Owner, TestProduct } from '#tests/support/product.ts';

const hourMs = 60 * 60_000;
const inTwoDays = (): string => new Date(Date.now() + 48 * hourMs).toISOString();

/** Suspended, so the reconciler lets it lie: a row to command, with no machine behind it. */
export const placeSuspended = async (
  product: TestProduct,
  owner: Owner,
  orderId = 'none',
): Promise<string> => {
  const rowId = unique('rt-');
  const data: RowOf<'runtimes'> = {
    workspaceId: owner.workspaceId,
    orderId,
    name: 'Suspended',
    host: `${owner.subdomain}.${product.world.runtimeDomain}`,
    planKey: 'basic',
    desired: 'suspended',
    status: 'provisioning',
    conditions: '[]',
    facts: '{}',
    receipt: null,
    revision: 7,
    paidUntil: inTwoDays(),
    verifyRequestedAt: null,
    smokeId: null,
    smokeNonce: null,
    smokeRequestedAt: null,
    restartId: null,
    failures: 0,
    nextCheckAt: new Date().toISOString(),
    inspectedAtMinute: null,
    ...noTermYet,
  };
  const permissions = [Permission.read(Role.team(owner.workspaceId))];
  await product.admin.rows.createRow({ databaseId, tableId: 'runtimes', rowId, data, permissions });
  await eventually(
    async () => {
      await product.sweep();
      return product.admin.get('runtimes', rowId);
    },
    // Its next look comes in a later write than its state; only then does nobody write it any more.
    ({ status, nextCheckAt }) =>
      status === 'suspended' && Date.parse(String(nextCheckAt)) > Date.now() + hourMs,
  );
  return rowId;
};

const updateTimes = { quietHour: 4, timeZone: 'UTC', heldUntil: null };

const codesOf = (
  { functions }: Customer,
  target: { readonly runtimeId: string; readonly revision: number },
): Promise<readonly string[]> => {
  const { runtimeId } = target;
  const calls: readonly Promise<unknown>[] = [
    call(functions, operations.verifyRuntime, target),
    call(functions, operations.startCodex, target),
    call(functions, operations.runSmoke, target),
    call(functions, operations.codexTicket, { runtimeId, attemptId: 'attempt' }),
    call(functions, operations.codexDevice, target),
    call(functions, operations.refreshRuntime, { runtimeId }),
    call(functions, operations.enterRuntime, { runtimeId }),
    call(functions, operations.restartRuntime, target),
    call(functions, operations.backupRuntime, target),
    call(functions, operations.restoreRuntime, { ...target, backupId: 'none' }),
    call(functions, operations.renameRuntime, { ...target, name: 'Mine' }),
    call(functions, operations.chooseUpdateTimes, { ...target, ...updateTimes }),
    call(functions, operations.watchRuntime, { runtimeId }),
  ];
  return Promise.all(calls.map(codeOf));
};

export const commands = (product: () => TestProduct): void => {
  test('a runtime that does not exist is unknown to every command', async () => {
    const member = await product().newMember();
    const codes = await codesOf(member, { runtimeId: 'nowhere', revision: 1 });
    expect(new Set(codes)).toEqual(new Set(['runtime_unknown']));
  });

  test('another workspace’s runtime is as unknown as one that does not exist', async () => {
    const owner = await product().newOwner();
    const runtimeId = await placeSuspended(product(), owner);
    const before = await product().admin.get('runtimes', runtimeId);
    const stranger = await product().newMember();
    const codes = await codesOf(stranger, { runtimeId, revision: Number(before['revision']) });
    expect(new Set(codes)).toEqual(new Set(['runtime_unknown']));
    expect(await product().admin.get('runtimes', runtimeId)).toEqual(before);
  });

  test('a suspended runtime takes no command, and a stale one is told so', async () => {
    const owner = await product().newOwner();
    const runtimeId = await placeSuspended(product(), owner);
    const revision = Number((await product().admin.get('runtimes', runtimeId))['revision']);
    const { functions } = owner.customer;
    const commandsAt = (seen: number): readonly Promise<unknown>[] => {
      const target = { runtimeId, revision: seen };
      return [
        call(functions, operations.verifyRuntime, target),
        call(functions, operations.startCodex, target),
        call(functions, operations.codexDevice, target),
        call(functions, operations.runSmoke, target),
        call(functions, operations.restartRuntime, target),
        call(functions, operations.backupRuntime, target),
        call(functions, operations.restoreRuntime, { ...target, backupId: 'none' }),
      ];
    };
    const now = await Promise.all(commandsAt(revision).map(codeOf));
    expect(new Set(now)).toEqual(new Set(['runtime_not_running']));
    expect(await codeOf(call(functions, operations.enterRuntime, { runtimeId }))).toBe(
      'runtime_not_running',
    );
    const late = await Promise.all(commandsAt(revision - 1).map(codeOf));
    expect(new Set(late)).toEqual(new Set(['stale_revision']));
  });
};
