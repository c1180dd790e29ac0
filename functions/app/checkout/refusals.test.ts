/** Each way in which PayApp does not give a link: its own code, and who is told. */
import { expect, test } from 'vitest';
import { customer, openBody, workspaceOf } from '#tests/support/shop.ts';
import type { World } from '#tests/support/world.ts';
import { makeWorld } from '#tests/support/world.ts';
import type { PaymentRequestOutcome } from '#ports/payments.ts';
import { openOrder } from './open-order.ts';
import { refusalsOf, unknownRequestCodes } from './refusals.ts';
import { renewPayLink } from './renew-pay-link.ts';

const reasons = Object.keys(refusalsOf) as (keyof typeof refusalsOf)[];

/** A world whose PayApp ends every request the same way. */
const worldOf = (reason: keyof typeof refusalsOf): World => {
  const world = makeWorld();
  const silent = unknownRequestCodes.has(refusalsOf[reason].code);
  const outcome = { kind: silent ? 'unknown' : 'refused', reason } as PaymentRequestOutcome;
  world.payments.request = () => Promise.resolve(outcome);
  return world;
};

test('no two ways share a code', () => {
  const codes = reasons.map((reason) => refusalsOf[reason].code);
  expect(new Set(codes).size).toBe(reasons.length);
});

test.each(reasons)('%s has its own code, on the order too, and can be tried again', async (why) => {
  const world = worldOf(why);
  const { code, task } = refusalsOf[why];
  const workspaceId = await workspaceOf(world);
  const opened = await openOrder(world, customer, openBody(workspaceId));
  expect(opened).toMatchObject({ ok: false, error: { code } });
  const [order] = world.store.rows('orders');
  const silent = unknownRequestCodes.has(code);
  expect(order).toMatchObject({ state: silent ? 'draft' : 'payment_failed', failureCode: code });
  const history = world.store.rows('timeline').filter(({ subjectId }) => subjectId === order?.id);
  expect(history.at(-1)?.detail).toContain(code);
  const told = world.store.rows('tasks').filter(({ kind }) => kind === 'payment_provider_refused');
  expect(told).toHaveLength(task ? 1 : 0);
  if (task) expect(told[0]?.detail).toContain(refusalsOf[why].advice);
  const { id: orderId = '', revision = 0 } = order ?? {};
  const body = { orderId, revision, phone: '01012345678' };
  expect(await renewPayLink(world, customer, body)).toMatchObject({ error: { code } });
  expect(world.store.rows('tasks')).toHaveLength(told.length);
});
