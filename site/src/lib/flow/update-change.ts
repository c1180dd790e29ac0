/** What an operator is about to decide about versions. */
import type { UpdateRing } from '#schemas/contract/updates.ts';

export type UpdateChange =
  | { readonly kind: 'floor' }
  | { readonly kind: 'target' | 'stop' | 'resume'; readonly ring: UpdateRing };
