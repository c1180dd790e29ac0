/** Promises of what an operator does with a runtime, over HTTP. No gateway is started for it. */
import { expect, test } from 'vitest';
import { call, order } from '#local/customer/customer.ts';
import type { Customer } from '#local/customer/customer.ts';
import type { BodyOf } from '#schemas/contract/operation.ts';
import { composeStatus, history } from '#schemas/contract/operator.ts';
import { overview } from '#schemas/contract/operator-overview.ts';
import * as operations from '#schemas/contract/operator-runtimes.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { codeOf } from '#tests/support/product.ts';
import type { TestProduct } from '#tests/support/product.ts';
import { placeSuspended } from './runtimes.ts';

type Act = BodyOf<typeof operations.actOnRuntime>;

const toolsOf = (product: () => TestProduct, operator: () => Customer) => {
  const ask = (body: Omit<Act, 'dryRun'> & { readonly dryRun?: boolean }) =>
    call(operator().functions, operations.actOnRuntime, { dryRun: false, ...body });
  const show = (runtimeId: string) =>
    call(operator().functions, operations.showRuntime, { runtimeId });
  const place = async () => {
    const owner = await product().newOwner();
    const { orderId } = await order(owner.customer, owner.workspaceId, 'Looked after');
    return { owner, orderId, runtimeId: await placeSuspended(product(), owner, orderId) };
  };
  return { ask, show, place };
};
type Tools = ReturnType<typeof toolsOf>;
type Theme = (product: () => TestProduct, operator: () => Customer, tools: Tools) => void;

export const runtimeActs = (product: () => TestProduct, operator: () => Customer): void => {
  const tools = toolsOf(product, operator);
  looking(product, operator, tools);
  acting(product, operator, tools);
};

const looking: Theme = (_product, operator, { ask, show, place }) => {
  test('one is found by its id, its order, its workspace, and a part of its host', async () => {
    const { owner, orderId, runtimeId } = await place();
    const { host } = await show(runtimeId);
    for (const search of [runtimeId, orderId, owner.workspaceId, host.slice(0, -2).toUpperCase()]) {
      const { runtimes } = await call(operator().functions, composeStatus, { search });
      expect([search, runtimes.map((row) => row.runtimeId)]).toEqual([search, [runtimeId]]);
    }
    const body = { search: runtimeId, status: 'ready' as const };
    expect((await call(operator().functions, composeStatus, body)).runtimes).toEqual([]);
  });

  test('a dry run says what would happen and changes nothing', async () => {
    const { runtimeId } = await place();
    const before = await show(runtimeId);
    expect(before.possible).toEqual(['retry', 'give_time', 'delete']);
    const wish = { runtimeId, revision: before.revision, reason: 'only looking' };
    const told = await ask({ ...wish, action: 'delete', dryRun: true });
    expect(told.effects).toContain('volumes_deleted');
    expect(await show(runtimeId)).toEqual(before);
    const audit = await call(operator().functions, history, { subjectId: `audit-${runtimeId}` });
    expect(audit.entries).toEqual([]);
  });
};

const acting: Theme = (_product, operator, { ask, show, place }) => {
  test('who did what and why is kept for operators, and for nobody else', async () => {
    const { owner, runtimeId } = await place();
    const { revision } = await show(runtimeId);
    const wish = { runtimeId, revision, action: 'retry' as const, reason: '고객 요청' };
    expect((await ask(wish)).revision).toBe(revision + 1);
    expect(await codeOf(ask(wish))).toBe('stale_revision');
    const { entries, brokenAt } = await call(operator().functions, history, {
      subjectId: `audit-${runtimeId}`,
    });
    expect(brokenAt).toBeNull();
    expect(entries).toMatchObject([{ kind: 'operator.retry', actor: operator().userId }]);
    expect(entries[0]?.detail).toContain('고객 요청');
    const seen = await owner.customer.rows.listRows({ databaseId, tableId: 'timeline' });
    expect(JSON.stringify(seen.rows)).not.toContain('고객 요청');
  });

  test('one that nobody pays for is not resumed', async () => {
    const { runtimeId } = await place();
    const { revision } = await show(runtimeId);
    const wish = { runtimeId, revision, reason: 'asked', action: 'resume' as const };
    expect(await codeOf(ask(wish))).toBe('runtime_not_paid');
    expect(await codeOf(ask({ ...wish, runtimeId: 'nowhere' }))).toBe('runtime_unknown');
    const log = { runtimeId, deploymentId: 'nothing' };
    expect(await codeOf(call(operator().functions, operations.deploymentLog, log))).toBe(
      'deployment_unknown',
    );
  });

  test('the overview counts what was done here', async () => {
    const before = await call(operator().functions, overview, { days: 7 });
    await place();
    const after = await call(operator().functions, overview, { days: 7 });
    const ordered = (told: typeof before): number => told.perDay.at(-1)?.orders ?? 0;
    expect(ordered(after)).toBe(ordered(before) + 1);
    expect(after.funnel.map(({ step }) => step).at(-1)).toBe('ready');
    const stopped = (told: typeof before): number =>
      told.runtimes.find(({ status }) => status === 'suspended')?.count ?? 0;
    expect(stopped(after)).toBeGreaterThan(stopped(before));
  });
};
