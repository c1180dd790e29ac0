/** Whether a name could be claimed now; a hint for the field, the claim itself decides. */
import { checkSubdomain as check } from '#core/workspace/subdomain.ts';
import type { Store } from '#ports/store.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { succeed } from '#schemas/contract/errors.ts';
import type { checkSubdomain as checkOperation } from '#schemas/contract/workspaces.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';

export const checkSubdomain = async (
  deps: { readonly store: Store },
  body: BodyOf<typeof checkOperation>,
): Promise<Result<ValueOf<typeof checkOperation>>> => {
  const checked = check(body.subdomain);
  const subdomain = checked.name;
  if (!checked.ok) return succeed({ subdomain, available: false, reason: checked.code });
  const taken = (await deps.store.get('subdomains', subdomain)) !== null;
  return succeed({ subdomain, available: !taken, reason: taken ? 'subdomain_taken' : null });
};
