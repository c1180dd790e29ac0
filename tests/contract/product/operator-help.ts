/** Promise of `GET /help`: what it says can be pasted works, on a product with rows in it. */
import { ExecutionMethod } from 'node-appwrite';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { call, order } from '#local/customer/customer.ts';
import { openclawImage } from '#local/supervisor/images.ts';
import { openclawVersion } from '#local/supervisor/openclaw.ts';
import { makePayLink } from '#schemas/contract/operator-billing.ts';
import { setTarget } from '#schemas/contract/operator-updates.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { appwriteCodeOf, unique } from '#tests/support/product.ts';
import type { TestProduct } from '#tests/support/product.ts';
import { placeSuspended } from './runtimes.ts';

const help = z.object({
  ok: z.literal(true),
  value: z.object({
    operations: z.array(
      z.object({
        path: z.string(),
        effect: z.enum(['reads', 'writes', 'asks', 'guarded']),
        body: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
});

const outcome = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.string() }) }),
]);

/** One row of each kind that samples are about. */
const furnish = async (product: TestProduct): Promise<void> => {
  const owner = await product.newOwner();
  const { orderId } = await order(owner.customer, owner.workspaceId, 'Told in the help');
  await placeSuspended(product, owner, orderId);
  const { rows } = product.admin;
  const openedAt = new Date().toISOString();
  const task = { kind: 'orphan_notice', subjectId: 'nobody', detail: '{}', openedAt };
  await rows.createRow({ databaseId, tableId: 'tasks', rowId: unique('task-'), data: task });
  for (const documentId of [unique('billed-'), unique('due-')]) {
    const data = { tenantId: 'old', name: 'Old', priceKrw: 55_000, status: 'due' };
    await rows.createRow({ databaseId, tableId: 'tenant_billing', rowId: documentId, data });
    if (documentId.startsWith('due-')) continue;
    await call(product.admin.functions, makePayLink, {
      documentId,
      amountKrw: 55_000,
      texts: false,
    });
  }
  await product.makeInvite({ note: 'told in the help' });
  // What runs already: samples speak of a ring that has a target, and nobody is updated by this one.
  await call(product.admin.functions, setTarget, {
    ...{ ring: 'canary', image: openclawImage(), version: openclawVersion() },
    ...{ noticeHours: 24, soakMinutes: 360, reason: 'told in the help', dryRun: false },
  });
};

export const operatorHelp = (product: () => TestProduct): void => {
  const run = async (xpath: string, method: ExecutionMethod, body?: string) => {
    const { functions } = product().admin;
    const functionId = 'operator';
    const call = { functionId, xpath, method, ...(body === undefined ? {} : { body }) };
    return (await functions.createExecution(call)).responseBody;
  };

  test.each(['/', '/help'])('GET %s is for operators only', async (xpath) => {
    const owner = await product().newOwner();
    for (const { functions } of [owner.customer, product().guest]) {
      const method = ExecutionMethod.GET;
      const starting = functions.createExecution({ functionId: 'operator', xpath, method });
      expect(await appwriteCodeOf(starting)).toBe('user_unauthorized');
    }
  });

  test('every sample of the help works as it stands, and reads as lines', async () => {
    await furnish(product());
    const told = await run('/help', ExecutionMethod.GET);
    expect(told.split('\n').length).toBeGreaterThan(50);
    const { operations } = help.parse(JSON.parse(told)).value;
    expect(operations.length).toBeGreaterThan(14);
    const wrong: string[] = [];
    for (const { path, effect, body } of operations) {
      const text = await run(path, ExecutionMethod.POST, JSON.stringify(body, null, 2));
      const answer = outcome.parse(JSON.parse(text));
      const said = answer.ok ? 'ok' : answer.error.code;
      const right = effect === 'guarded' ? /confirmation_mismatch$/ : /^ok$/;
      // No runtime is deployed here: of its log there is none to read.
      if (path === '/runtimes/log' && said === 'deployment_unknown') continue;
      if (!right.test(said) || !text.includes('\n  ')) wrong.push(`${path}: ${said}`);
    }
    expect(wrong).toEqual([]);
  });
};
