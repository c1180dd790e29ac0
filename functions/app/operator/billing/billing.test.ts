/** Legacy billing: from a document to a settled one, whatever PayApp and the clicks do in between. */
import { beforeEach, describe, expect, test } from 'vitest';
import { brokenAt } from '#app/timeline/append.ts';
import { deliverAll, sweep } from '#tests/support/shop.ts';
import type { World } from '#tests/support/world.ts';
import { deliver, makeWorld, noticeOf } from '#tests/support/world.ts';
import { StoreUnavailable } from '#ports/store.ts';
import { Crashed } from '#tests/support/memory-store.ts';
import { importBilling } from './import.ts';
import { lookUpBilling } from './look-up.ts';
import { cancelPayLink, makePayLink } from './pay-links.ts';

let world: World;
const csv = (...lines: readonly string[]): string =>
  ['documentId,tenantId,name,amountKrw,status,phone', ...lines].join('\n');
const take = (text: string, dryRun = false) =>
  importBilling(world, 'console', { format: 'csv', text, dryRun });

beforeEach(async () => {
  world = makeWorld();
  await take(csv('d1,acme,Acme,55000,due,010-1234-5678'));
});

const link = (more: object = {}) =>
  makePayLink(world, 'ops', { documentId: 'd1', amountKrw: 55_000, texts: false, ...more });
const made = async () => {
  const answer = await link();
  if (!answer.ok || answer.value.mulNo === null) throw new Error('no link');
  return { ...answer.value, mulNo: answer.value.mulNo };
};
const codeOf = async (answer: Promise<{ ok: boolean; error?: { code: string } }>) =>
  (await answer).error?.code ?? 'ok';
const document = async () => (await world.store.get('tenant_billing', 'd1')) ?? expect.fail();
const requests = () => world.store.rows('billing_requests').map(({ state }) => state);
const tasks = () => world.store.rows('tasks').map(({ kind }) => kind);
const kindsOf = (subjectId: string) =>
  world.store
    .rows('timeline')
    .filter((row) => row.subjectId === subjectId)
    .toSorted((a, b) => a.sequence - b.sequence);

describe('a link', () => {
  test('is over the document’s amount, and its payment settles the document and nothing else', async () => {
    const { requestId, mulNo, payUrl } = await made();
    expect(payUrl).toMatch(/^https:/);
    expect(world.payments.requests.get(mulNo)).toMatchObject({ priceKrw: 55_000 });
    await deliver(world, requestId, world.payments.pay(mulNo));
    await sweep(world);
    expect(await document()).toMatchObject({ status: 'paid', paidRequestId: requestId });
    expect(await document()).toMatchObject({ paidUntil: null });
    const looked = await lookUpBilling(world, { tenantId: 'acme' });
    expect(looked).toMatchObject({
      value: {
        name: 'Acme',
        documents: [{ documentId: 'd1', state: 'paid', hasPhone: true }],
        requests: [{ requestId, state: 'paid', payUrl: null, paidKrw: 55_000, createdBy: 'ops' }],
      },
    });
    expect(world.store.rows('runtimes')).toEqual([]);
    expect(world.store.rows('orders')).toEqual([]);
    expect(tasks()).toEqual([]);
    const history = kindsOf(requestId);
    expect(history.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['billing.requested', 'ops'],
      ['billing.link', 'ops'],
      ['billing.paid', 'payapp'],
    ]);
    expect(brokenAt(world.ids, history)).toBeNull();
    expect(await codeOf(link())).toBe('document_not_due');
  });

  test('is one, however often and by how many it is asked for at once', async () => {
    const answers = await Promise.all([link(), link(), link()]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(world.payments.requests.size).toBe(1);
    expect(requests()).toEqual(['link']);
    expect(await codeOf(link())).toBe('billing_link_open');
  });

  test('is not made over another amount than the document says', async () => {
    expect(await codeOf(link({ amountKrw: 54_000 }))).toBe('stale_revision');
    expect(await codeOf(link({ documentId: 'd2' }))).toBe('document_unknown');
    expect(requests()).toEqual([]);
  });

  test('is texted to the phone on file or to the one given, of which four digits are kept', async () => {
    const given = await link({ texts: true, phone: '010 9999 0000' });
    expect(given).toMatchObject({ value: { textedTo: '0000' } });
    expect(JSON.stringify(world.store.rows('billing_requests'))).not.toContain('99990000');
    expect(JSON.stringify(world.store.rows('timeline'))).not.toContain('99990000');
    await take(csv('d2,acme,Acme,30000,due,'));
    const without = { documentId: 'd2', amountKrw: 30_000, texts: true };
    expect(await codeOf(makePayLink(world, 'ops', without))).toBe('phone_invalid');
    expect(await codeOf(link({ phone: '02-123' }))).toBe('phone_invalid');
  });

  test('that PayApp refuses leaves the document free for another', async () => {
    world.payments.answers.push('refused');
    expect(await codeOf(link())).toBe('payment_feedback_unreachable');
    expect(requests()).toEqual(['failed']);
    expect((await link()).ok).toBe(true);
  });
});

describe('notices', () => {
  test('five times in any order, at once, settle once', async () => {
    const { requestId, mulNo } = await made();
    const paid = world.payments.pay(mulNo);
    const letters = [paid, noticeOf(mulNo, '1', 55_000), paid, paid, noticeOf(mulNo, '10', 55_000)];
    await Promise.all(letters.map((notice) => deliver(world, requestId, notice)));
    await Promise.all([sweep(world), sweep(world), sweep(world)]);
    await sweep(world);
    expect(requests()).toEqual(['paid']);
    expect((await document()).paidRequestId).toBe(requestId);
    const { writes } = world.store;
    await sweep(world);
    expect(world.store.writes).toBe(writes);
  });

  test('of another amount settle nothing and are told', async () => {
    const { requestId, mulNo } = await made();
    await deliver(world, requestId, world.payments.pay(mulNo, 54_999));
    await sweep(world);
    expect(requests()).toEqual(['mismatch']);
    expect(tasks()).toEqual(['billing_amount_mismatch']);
    expect((await document()).paidAt).toBeNull();
  });

  test('under a number that is another’s settle nothing and are told', async () => {
    const { requestId } = await made();
    await deliver(world, requestId, noticeOf('99', '4', 55_000));
    await sweep(world);
    expect(requests()).toEqual(['link']);
    expect(tasks()).toEqual(['billing_paid_again']);
  });

  test('bring the number of a link whose answer was lost', async () => {
    world.payments.answers.push('lost');
    expect(await codeOf(link())).toBe('payment_request_unknown');
    expect(requests()).toEqual(['unknown']);
    expect(await codeOf(link())).toBe('billing_link_open');
    const [{ orderId } = expect.fail()] = world.payments.mail;
    await deliverAll(world);
    const [mulNo = ''] = world.payments.requests.keys();
    await deliver(world, orderId, world.payments.pay(mulNo));
    await sweep(world);
    expect(requests()).toEqual(['paid']);
    expect((await document()).status).toBe('paid');
  });

  test('that the money went back make the document due again, and are told', async () => {
    const { requestId, mulNo } = await made();
    await deliver(world, requestId, world.payments.pay(mulNo));
    await sweep(world);
    await deliver(world, requestId, world.payments.returnAll(mulNo));
    await sweep(world);
    expect(requests()).toEqual(['returned']);
    expect(tasks()).toEqual(['billing_money_returned']);
    expect(await document()).toMatchObject({ status: 'due', paidAt: null, paidRequestId: null });
    // The payment told again, late, changes nothing.
    await deliver(world, requestId, { ...noticeOf(mulNo, '4', 55_000), payDate: 'later' });
    await sweep(world);
    expect((await document()).status).toBe('due');
  });

  test('for no request of ours are a task, like any other', async () => {
    await deliver(world, 'bill-nobody', noticeOf('1', '4'));
    await sweep(world);
    expect(tasks()).toEqual(['orphan_notice']);
  });
});

describe('a link that is cancelled', () => {
  const reason = 'wrong person';
  test('is dead at PayApp, and another can be made', async () => {
    const { requestId, mulNo } = await made();
    expect((await cancelPayLink(world, 'ops', { requestId, reason })).ok).toBe(true);
    expect(world.payments.requests.get(mulNo)?.state).toBe('dead');
    expect((await cancelPayLink(world, 'ops', { requestId, reason })).ok).toBe(true);
    await deliverAll(world);
    await sweep(world);
    expect(requests()).toEqual(['cancelled']);
    expect((await link()).ok).toBe(true);
    expect(kindsOf(requestId).at(-1)?.detail).toContain(reason);
  });

  test('is not, when it may be paid: nothing is written', async () => {
    const { requestId, mulNo } = await made();
    world.payments.pay(mulNo);
    expect(await codeOf(cancelPayLink(world, 'ops', { requestId, reason }))).toBe(
      'billing_possibly_paid',
    );
    world.payments.reachable = false;
    expect(await codeOf(cancelPayLink(world, 'ops', { requestId, reason }))).toBe(
      'payment_provider_unavailable',
    );
    expect(requests()).toEqual(['link']);
  });

  test('and paid all the same settles the document, or is told when another did', async () => {
    world.payments.answers.push('lost');
    await link();
    const [{ id: requestId } = expect.fail()] = world.store.rows('billing_requests');
    await cancelPayLink(world, 'ops', { requestId, reason });
    const second = await made();
    const [first = ''] = world.payments.requests.keys();
    await deliver(world, requestId, world.payments.pay(first));
    await sweep(world);
    expect((await document()).paidRequestId).toBe(requestId);
    await deliver(world, second.requestId, world.payments.pay(second.mulNo));
    await sweep(world);
    expect((await document()).paidRequestId).toBe(requestId);
    expect(requests()).toEqual(['paid', 'paid']);
    expect(tasks()).toEqual(['billing_paid_again']);
  });
});

test('a death after any write leaves nothing that the next sweep does not finish', async () => {
  for (let writes = 0; writes < 12; writes += 1) {
    world = makeWorld();
    await take(csv('d1,acme,Acme,55000,due,'));
    const { requestId, mulNo } = await made();
    await deliver(world, requestId, world.payments.pay(mulNo));
    world.store.crashAfterWrites(writes);
    await sweep(world).catch(() => undefined);
    world.store.revive();
    world.clock.advance(7 * 60 * 60_000);
    await sweep(world);
    expect(requests(), `after ${writes}`).toEqual(['paid']);
    expect((await document()).paidRequestId, `after ${writes}`).toBe(requestId);
    expect(kindsOf(requestId).at(-1)?.kind).toBe('billing.paid');
  }
});

test('a death while a link is made never leaves one that nobody knows of', async () => {
  for (let writes = 0; writes < 8; writes += 1) {
    world = makeWorld();
    await take(csv('d1,acme,Acme,55000,due,'));
    world.store.crashAfterWrites(writes);
    await link().catch((error: unknown) => {
      if (!(error instanceof Crashed || error instanceof StoreUnavailable)) throw error;
    });
    world.store.revive();
    if (world.payments.requests.size === 0) continue;
    // What PayApp made is found by its notice, and its payment settles.
    const [{ orderId } = expect.fail()] = world.payments.mail;
    const [mulNo = ''] = world.payments.requests.keys();
    await deliver(world, orderId, world.payments.pay(mulNo));
    await sweep(world);
    expect((await document()).paidRequestId, `after ${writes}`).toBe(orderId);
  }
});

describe('an import', () => {
  test('tells in a dry run what it would do, and does that', async () => {
    const text = csv(
      'd1,acme,Acme,55000,due,010-1234-5678',
      'd2,acme,Acme,1,due,',
      'd3,beta,Beta,70000,paid,',
    );
    const report = { added: 1, changed: 0, unchanged: 1 };
    const refused = [{ record: 2, documentId: 'd2', code: 'amount_invalid' }];
    const { writes } = world.store;
    expect(await take(text, true)).toMatchObject({ value: { dryRun: true, ...report, refused } });
    expect(world.store.writes).toBe(writes);
    expect(await take(text)).toMatchObject({ value: { dryRun: false, ...report, refused } });
    expect(await take(text)).toMatchObject({ value: { added: 0, unchanged: 2 } });
    expect(
      kindsOf('audit-billing-import').map(({ detail }) => JSON.parse(detail) as unknown),
    ).toEqual([
      { added: 1, changed: 0, refused: 0 },
      { added: 1, changed: 0, refused: 1 },
    ]);
  });

  test('never changes the money of a document that is settled, or has a link', async () => {
    const { requestId, mulNo } = await made();
    const dearer = csv('d1,acme,Acme,60000,due,010-1234-5678');
    const refusedWith = (code: string) => ({ value: { changed: 0, refused: [{ code }] } });
    expect(await take(dearer)).toMatchObject(refusedWith('document_has_link'));
    await deliver(world, requestId, world.payments.pay(mulNo));
    await sweep(world);
    expect(await take(dearer)).toMatchObject(refusedWith('document_settled'));
    expect(await take(csv('d1,acme,Acme,55000,due,010-1234-5678'))).toMatchObject(
      refusedWith('document_settled'),
    );
    expect(await document()).toMatchObject({ priceKrw: 55_000, status: 'paid' });
  });

  test('that cannot be read changes nothing', async () => {
    expect(await codeOf(take('nonsense'))).toBe('import_unreadable');
  });
});

test('a row of before is found by its tenant’s id, and can be billed', async () => {
  await world.store.create('tenant_billing', 'old-1', {
    data: {
      name: 'Old',
      priceKrw: 55_000,
      status: 'active',
      paidUntil: null,
      tenantId: null,
      title: null,
      dueAt: null,
      phone: null,
      requestId: null,
      paidAt: null,
      paidRequestId: null,
    },
    readers: 'functions',
  });
  expect(await lookUpBilling(world, { tenantId: 'old-1' })).toMatchObject({
    value: { documents: [{ documentId: 'old-1', state: 'due', title: 'Old' }] },
  });
  const billed = { documentId: 'old-1', amountKrw: 55_000, texts: false };
  expect((await makePayLink(world, 'ops', billed)).ok).toBe(true);
  expect(await codeOf(lookUpBilling(world, { tenantId: 'old-2' }))).toBe('tenant_unknown');
});
