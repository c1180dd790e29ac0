/** Promises of legacy billing, over HTTP: a document, its link, PayApp's page, the settled document. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { call, payByCard } from '#local/customer/customer.ts';
import type { Customer } from '#local/customer/customer.ts';
import type { BodyOf } from '#schemas/contract/operation.ts';
import * as operations from '#schemas/contract/operator-billing.ts';
import { history } from '#schemas/contract/operator.ts';
import { eventually } from '#tests/support/http.ts';
import { codeOf, unique } from '#tests/support/product.ts';
import type { TestProduct } from '#tests/support/product.ts';

interface SandboxRequest {
  readonly mulNo: string;
  readonly texted: boolean;
  readonly priceKrw: number;
  readonly returnUrl: string;
}

const toolsOf = (product: () => TestProduct, operator: () => Customer) => {
  const ask = (body: BodyOf<typeof operations.makePayLink>) =>
    call(operator().functions, operations.makePayLink, body);
  const take = (text: string, dryRun: boolean) =>
    call(operator().functions, operations.importBilling, { format: 'csv', text, dryRun });
  const lookUp = (tenantId: string) =>
    call(operator().functions, operations.lookUpBilling, { tenantId });
  const newDocument = async () => {
    const [tenantId, documentId] = [unique('tenant-'), unique('doc-')];
    const header = 'documentId,tenantId,name,amountKrw,phone';
    const text = `${header}\n${documentId},${tenantId},Acme,55000,010-2345-6789`;
    expect(await take(text, true)).toMatchObject({ added: 1, dryRun: true });
    expect(await codeOf(lookUp(tenantId))).toBe('tenant_unknown');
    expect(await take(text, false)).toMatchObject({ added: 1, refused: [] });
    return { tenantId, documentId };
  };
  const sandboxRequest = async (mulNo: string): Promise<SandboxRequest | undefined> => {
    const answer = await fetch(`${product().world.payappUrl}/_ctl`);
    const { requests } = (await answer.json()) as { requests: SandboxRequest[] };
    return requests.find((request) => request.mulNo === mulNo);
  };
  return { ask, lookUp, newDocument, sandboxRequest };
};
type Tools = ReturnType<typeof toolsOf>;
type Theme = (product: () => TestProduct, operator: () => Customer, tools: Tools) => void;

export const legacyBilling = (product: () => TestProduct, operator: () => Customer): void => {
  const tools = toolsOf(product, operator);
  fromImportToPayment(product, operator, tools);
  linksAndPhones(product, operator, tools);
};

const fromImportToPayment: Theme = (product, operator, tools) => {
  const { ask, lookUp, newDocument, sandboxRequest } = tools;
  test('a document that is imported is billed, paid on PayApp’s page, and settled', async () => {
    const { tenantId, documentId } = await newDocument();
    const body = { documentId, amountKrw: 55_000, texts: false };
    const [first, second] = await Promise.allSettled([ask(body), ask(body)]);
    const links = [first, second].flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    expect(links).toHaveLength(1);
    const [{ requestId, payUrl, mulNo } = expect.fail()] = links;
    if (payUrl === null || mulNo === null) throw new Error('no link');
    expect(await sandboxRequest(mulNo)).toMatchObject({ priceKrw: 55_000, texted: false });
    expect((await sandboxRequest(mulNo))?.returnUrl).not.toContain('order');
    await payByCard(payUrl);
    const settled = await eventually(
      async () => {
        await product().sweep();
        return lookUp(tenantId);
      },
      ({ documents }) => documents[0]?.state === 'paid',
    );
    expect(settled.requests).toMatchObject([
      { requestId, state: 'paid', paidKrw: 55_000, createdBy: operator().userId, payUrl: null },
    ]);
    const told = await call(operator().functions, history, { subjectId: requestId });
    expect(told.brokenAt).toBeNull();
    expect(told.entries.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['billing.requested', operator().userId],
      ['billing.link', operator().userId],
      ['billing.paid', 'payapp'],
    ]);
  });
};

const linksAndPhones: Theme = (product, operator, tools) => {
  const { ask, lookUp, newDocument, sandboxRequest } = tools;
  test('PayApp texts a link to the phone on file, and no answer of ours names it', async () => {
    const { documentId, tenantId } = await newDocument();
    const body = { documentId, amountKrw: 55_000, texts: true };
    const { mulNo } = await ask(body);
    expect(await sandboxRequest(mulNo ?? '')).toMatchObject({ texted: true });
    const looked = await lookUp(tenantId);
    expect(looked.requests).toMatchObject([{ textedTo: '6789', state: 'link' }]);
    expect(JSON.stringify(looked)).not.toContain('23456789');
    expect(readFileSync(`${product().logs}/appwrite.log`, 'utf8')).not.toContain('0123456789');
  });

  test('a link that is cancelled is dead, and the document can be billed again', async () => {
    const { documentId } = await newDocument();
    const body = { documentId, amountKrw: 55_000, texts: false };
    const { requestId, payUrl } = await ask(body);
    expect(await codeOf(ask(body))).toBe('billing_link_open');
    const cancelling = { requestId, reason: 'wrong person' };
    const cancelled = await call(operator().functions, operations.cancelPayLink, cancelling);
    expect(cancelled).toMatchObject({ state: 'cancelled', payUrl: null });
    await expect(payByCard(payUrl ?? '')).rejects.toThrow();
    expect((await ask(body)).state).toBe('link');
  });

  test.each([
    ['another amount', { amountKrw: 54_000 }, 'stale_revision'],
    ['no document', { documentId: 'nothing' }, 'document_unknown'],
    ['a phone that is none', { texts: true, phone: '12' }, 'phone_invalid'],
  ])('a link over %s is refused', async (_, changes, code) => {
    const { documentId } = await newDocument();
    const body = { documentId, amountKrw: 55_000, texts: false, ...changes };
    expect(await codeOf(ask(body))).toBe(code);
  });
};
