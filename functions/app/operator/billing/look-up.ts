/** What a legacy tenant owes and paid: its documents and every pay link made for them. */
import type { Store, Stored } from '#ports/store.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { lookUpBilling as lookUpOperation } from '#schemas/contract/operator-billing.ts';
import { documentView, requestView } from './views.ts';

/** Years of monthly documents. */
const rowsAtMost = 100;

export const lookUpBilling = async (
  deps: { readonly store: Store },
  { tenantId }: BodyOf<typeof lookUpOperation>,
): Promise<Result<ValueOf<typeof lookUpOperation>>> => {
  const documents = await documentsOf(deps.store, tenantId);
  const [newest] = documents;
  if (newest === undefined) return fail('tenant_unknown', { field: 'tenantId' });
  const requests = await deps.store.list('billing_requests', {
    where: { tenantId },
    newestFirst: true,
    limit: rowsAtMost,
  });
  return succeed({
    tenantId,
    name: newest.name,
    documents: documents.map(documentView),
    requests: requests.map(requestView),
  });
};

/** A row of before names no tenant: its own id is the tenant's. */
const documentsOf = async (
  store: Store,
  tenantId: string,
): Promise<readonly Stored<'tenant_billing'>[]> => {
  const named = await store.list('tenant_billing', {
    where: { tenantId },
    newestFirst: true,
    limit: rowsAtMost,
  });
  const old = await store.get('tenant_billing', tenantId);
  return old?.tenantId === null ? [...named, old] : named;
};
