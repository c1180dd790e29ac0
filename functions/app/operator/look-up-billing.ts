/** A legacy tenant's billing document. */
import type { Store } from '#ports/store.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { lookUpBilling as lookUpOperation } from '#schemas/contract/operator.ts';

export const lookUpBilling = async (
  deps: { readonly store: Store },
  body: BodyOf<typeof lookUpOperation>,
): Promise<Result<ValueOf<typeof lookUpOperation>>> => {
  const { tenantId } = body;
  const tenant = await deps.store.get('tenant_billing', tenantId);
  if (tenant === null) return fail('tenant_unknown', { field: 'tenantId' });
  const { name, priceKrw, status, paidUntil } = tenant;
  return succeed({ tenantId, name, priceKrw, status, paidUntil });
};
