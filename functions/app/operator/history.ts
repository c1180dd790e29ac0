/**
 * The history of one subject as an operator sees it: an order, a runtime, or `audit-<order>`. The
 * whole chain is checked, the newest entries are handed out. A subject without history has none.
 */
import { pagesOf } from '#app/pages.ts';
import { brokenAt } from '#app/timeline/append.ts';
import type { TimelineDeps } from '#app/timeline/append.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { history as historyOperation } from '#schemas/contract/operator.ts';
import { historyEntriesAtMost } from '#schemas/contract/operator.ts';

export const readHistory = async (
  deps: TimelineDeps,
  { subjectId }: BodyOf<typeof historyOperation>,
): Promise<Result<ValueOf<typeof historyOperation>>> => {
  const rows = await pagesOf(deps.store, 'timeline', { subjectId });
  const chain = rows.toSorted((left, right) => left.sequence - right.sequence);
  return succeed({
    entries: chain
      .slice(-historyEntriesAtMost)
      .map(({ sequence, kind, actor, at, detail }) => ({ sequence, kind, actor, at, detail })),
    total: chain.length,
    brokenAt: brokenAt(deps.ids, chain),
  });
};
