/** What waits for a person, oldest first; a hundred open tasks is already an incident. */
import type { Store } from '#ports/store.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type {
  closeTask as closeOperation,
  listTasks as listOperation,
} from '#schemas/contract/operator.ts';
import type { OperatorDeps } from './deps.ts';

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

/** Key: the task. Closed again is closed as it was. */
export const closeTask = async (
  deps: OperatorDeps,
  actor: string,
  { taskId, note = '' }: BodyOf<typeof closeOperation>,
): Promise<Result<ValueOf<typeof closeOperation>>> => {
  const task = await deps.store.get('tasks', taskId);
  if (task === null) return fail('task_unknown');
  if (task.closedAt !== null) return succeed({ taskId, closedAt: task.closedAt });
  const closedAt = deps.clock.now().toISOString();
  const target = { id: taskId, version: task.version };
  const outcome = await deps.store.update('tasks', target, { closedAt });
  if (outcome !== 'updated') return fail('stale_revision');
  deps.log.info('task.closed', { taskId, kind: task.kind, subjectId: task.subjectId, actor, note });
  return succeed({ taskId, closedAt });
};
