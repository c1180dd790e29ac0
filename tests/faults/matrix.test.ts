/**
 * The fault matrix: every plan of the hostile PayApp sandbox against the deployed functions, many
 * orders at once. What is compared is the ledger at rest: nothing granted without a confirmed
 * payment of the right amount, one runtime for a paid order, nothing lost, nothing doubled, and a
 * task for whatever a person has to decide. The machines' side is down throughout: money must come
 * out right without it, and no gateway is started.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAULT_PLAN_NAMES } from '#local/payapp/plans.ts';
import { startTestProduct } from '#tests/support/product.ts';
import type { Owner, TestProduct } from '#tests/support/product.ts';
import { cases } from './cases.ts';
import { Counter, lookIntoPayApp } from './counter.ts';
import { readLedger } from './ledger.ts';

/** Each may open twenty orders an hour. */
const ownersNeeded = Math.ceil(cases.length / 15);
const caseTimeoutMs = 180_000;

let product: TestProduct;
let owners: readonly Owner[];
const opened: string[] = [];

beforeAll(async () => {
  product = await startTestProduct();
  await product.parts.find(({ name }) => name === 'dokploy')?.stop();
  owners = await Promise.all(Array.from({ length: ownersNeeded }, () => product.newOwner()));
}, caseTimeoutMs);

afterAll(async () => {
  await product.close();
});

const ownerOf = (index: number): Owner => {
  const owner = owners[index % owners.length];
  if (owner === undefined) throw new Error('there are no owners');
  return owner;
};

test('every plan that has a name is played', () => {
  expect(new Set(cases.map(({ plan }) => plan))).toEqual(new Set(FAULT_PLAN_NAMES));
});

describe.concurrent('the ledger comes out right under', () => {
  test.each(cases.map((each, index) => ({ ...each, index })))(
    '$plan: $story',
    async ({ plan, play, ends, heard, index }) => {
      const at = new Counter(product, ownerOf(index));
      await at.plan(plan);
      try {
        await play(at);
        const { workLeft: _none, ...ledger } = await at.atRest();
        expect(ledger).toEqual(ends);
        if (heard !== null) expect(await at.heard()).toBe(heard);
      } finally {
        opened.push(at.orderId);
      }
    },
    caseTimeoutMs,
  );
});

describe('money and books agree in the end', () => {
  /** What became of a payment: its order stands for it, or a person was asked. */
  test('for every payment PayApp holds there is one runtime, or a task', async () => {
    const { requests } = await lookIntoPayApp(product);
    const held = requests.filter(({ status }) => status === 'paid');
    expect(held.length).toBeGreaterThan(0);
    for (const { var1 } of held) {
      const { state, runtimes, tasks } = await readLedger(product, var1);
      if (state === 'fulfilled') expect(runtimes).toEqual(['running']);
      else expect([var1, state, tasks.length > 0]).toEqual([var1, state, true]);
    }
  });

  test('for every runtime PayApp holds one payment, and one only', async () => {
    const { requests } = await lookIntoPayApp(product);
    for (const orderId of opened) {
      const { runtimes } = await readLedger(product, orderId);
      const paid = requests.filter(({ var1, status }) => var1 === orderId && status === 'paid');
      expect(paid.length).toBeLessThanOrEqual(1);
      const running = runtimes.filter((desired) => desired === 'running');
      expect(running.length).toBeLessThanOrEqual(paid.length);
    }
  });

  test('nothing is written any more', async () => {
    const picture = async (): Promise<string> =>
      JSON.stringify(await Promise.all(opened.map((id) => readLedger(product, id))));
    const before = await picture();
    await product.sweep();
    expect(await picture()).toBe(before);
  });
});
