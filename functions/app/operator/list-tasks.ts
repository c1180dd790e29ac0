/** What waits for a person, oldest first; a hundred open tasks is already an incident. */
import type { Store } from '#ports/store.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { succeed } from '#schemas/contract/errors.ts';
import type { ValueOf } from '#schemas/contract/operation.ts';
import type { listTasks as listOperation } from '#schemas/contract/operator.ts';

export const listTasks = async (deps: {
  readonly store: Store;
}): Promise<Result<ValueOf<typeof listOperation>>> => {
  const rows = await deps.store.list('tasks', { where: { closedAt: null }, limit: 100 });
  return succeed({
    tasks: rows.map((row) => ({
      taskId: row.id,
      kind: row.kind,
      subjectId: row.subjectId,
      detail: row.detail,
      createdAt: row.openedAt,
    })),
  });
};
